namespace CallCenter.EventStore;

/// <summary>What a shard has to apply next: its events in a range of positions.</summary>
/// <param name="After">Positions above this one.</param>
/// <param name="UpTo">Up to and with this one: all of the shard's events between are in the page.</param>
/// <param name="Events">In the order of their positions; empty when they stay in the server.</param>
/// <param name="IsEmpty">True when there is nothing to apply between.</param>
internal sealed record ProjectionPage(long After, long UpTo, IReadOnlyList<StoredEvent> Events, bool IsEmpty)
{
    /// <summary>True when it cannot be halved: one event, or one position whose event stays in the server.</summary>
    public bool IsSingle => Events.Count == 1 || (Events.Count == 0 && UpTo == After + 1);

    public (ProjectionPage First, ProjectionPage Second) Halves()
    {
        var half = Events.Count / 2;
        var middle = half > 0 ? Events[half - 1].Position : After + ((UpTo - After) / 2);
        return (new ProjectionPage(After, middle, [.. Events.Take(half)], IsEmpty: false), new ProjectionPage(middle, UpTo, [.. Events.Skip(half)], IsEmpty: false));
    }
}
