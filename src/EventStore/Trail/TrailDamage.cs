namespace CallCenter.EventStore;

/// <summary>What can be wrong with the trail.</summary>
public enum TrailDamageKind
{
    /// <summary>An event is not what it was when it was sealed.</summary>
    Changed,

    /// <summary>A sealed event is gone.</summary>
    Removed,

    /// <summary>An event has come into a range after it was sealed.</summary>
    Inserted,

    /// <summary>An event lies at another event's place.</summary>
    Reordered,

    /// <summary>A seal is not the one that was signed.</summary>
    SealRewritten,

    /// <summary>A seal is gone, but the events after it are there.</summary>
    SealRemoved,

    /// <summary>All events from this position on are gone.</summary>
    TailCut,

    /// <summary>The head file is gone, so a cut tail could not be seen.</summary>
    HeadMissing,

    /// <summary>The head file is not the one that was signed.</summary>
    HeadRewritten,

    /// <summary>There is no key, so nothing could be verified.</summary>
    KeyMissing,
}

/// <summary>One thing that is wrong.</summary>
/// <param name="Position">Where; null when it is about the trail's folder.</param>
/// <param name="Detail">The same for people.</param>
public sealed record TrailDamage(long? Position, TrailDamageKind Kind, string Detail);
