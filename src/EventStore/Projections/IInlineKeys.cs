namespace CallCenter.EventStore;

/// <summary>An inline projection that can name the views that events change; for others two appending transactions never work on the projection at once.</summary>
internal interface IInlineKeys
{
    /// <summary>The views, by any text that is the same for the same view.</summary>
    IEnumerable<string> KeysOf(IReadOnlyList<StoredEvent> events);
}
