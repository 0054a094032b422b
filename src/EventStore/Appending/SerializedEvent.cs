namespace CallCenter.EventStore;

/// <summary>An event as it is sent.</summary>
internal readonly record struct SerializedEvent(Guid Id, string Type, string DotNetType, byte[] Json)
{
    /// <param name="data">The event.</param>
    /// <param name="types">The registry.</param>
    /// <param name="texts">The personal texts of the append, sealed.</param>
    /// <exception cref="UnknownEventTypeException">Its type is not registered.</exception>
    /// <exception cref="EventTooLargeException">It exceeds <see cref="AppendLimits.EventBytes"/>.</exception>
    public static SerializedEvent From(EventData data, EventTypes types, SealedTexts texts)
    {
        var names = types.NamesOf(data.Data.GetType());
        var json = texts.PutInto(EventJson.Write(data.Data), data);
        return json.Length <= AppendLimits.EventBytes
            ? new SerializedEvent(data.Id, names.Alias, names.DotNetType, json)
            : throw new EventTooLargeException(data.Id, names.Alias, json.Length);
    }
}
