namespace CallCenter.EventStore;

/// <summary>A node's part in a unit of work.</summary>
public enum LeadershipState
{
    /// <summary>Another node leads; this one would take over.</summary>
    Standby,

    /// <summary>This node leads.</summary>
    Leading,

    /// <summary>The work failed here, or the database is lost; it is taken up again by itself.</summary>
    Failed,
}

/// <summary>A node's part in a unit of work.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="State">What this node does about it.</param>
/// <param name="Error">Why it failed last, while it has not led since.</param>
public sealed record LeadershipStatus(string Unit, LeadershipState State, string? Error);
