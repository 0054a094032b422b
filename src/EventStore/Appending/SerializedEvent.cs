namespace CallCenter.EventStore;

/// <summary>An event as it is sent.</summary>
internal readonly record struct SerializedEvent(Guid Id, string Type, string DotNetType, byte[] Json)
{
    /// <exception cref="UnknownEventTypeException">Its type is not registered.</exception>
    /// <exception cref="EventTooLargeException">It exceeds <see cref="AppendLimits.EventBytes"/>.</exception>
    public static SerializedEvent From(EventData data, EventTypes types)
    {
        var names = types.NamesOf(data.Data.GetType());
        var json = EventJson.Write(data.Data);
        return json.Length <= AppendLimits.EventBytes
            ? new SerializedEvent(data.Id, names.Alias, names.DotNetType, json)
            : throw new EventTooLargeException(data.Id, names.Alias, json.Length);
    }
}
