namespace CallCenter.EventStore;

/// <summary>A side effect of events: a web hook, a mail, a message to another system.</summary>
public interface ISubscription
{
    /// <summary>1 to 40 lower-case letters, digits and underscores; the same on every node and for ever.</summary>
    string Name { get; }

    /// <summary>The event types that it takes; others are not read for it.</summary>
    IReadOnlyCollection<Type> Handles { get; }

    /// <summary>Where it begins when it first runs.</summary>
    SubscriptionStart Start { get; }

    /// <summary>What becomes of an event that it fails at; one that it fails at with a <see cref="PermanentFailureException"/> is not tried again.</summary>
    RetryPolicy Retry => RetryPolicy.Default;

    /// <summary>
    /// Handles one event. Each comes at least once; again after a failure, a kill or a change of the leader, so the effect should carry <see cref="StoredEvent.Id"/>, by which the other side
    /// knows it. Events of one stream come one after another in their order; those of other streams meanwhile.
    /// </summary>
    Task HandleAsync(StoredEvent stored, CancellationToken ct);
}

/// <summary>Where a subscription begins.</summary>
public enum SubscriptionStart
{
    /// <summary>With the first event of the log.</summary>
    FromBeginning,

    /// <summary>With what is appended after it was first started.</summary>
    FromNow,
}

/// <summary>How far a subscription is.</summary>
/// <param name="Name">The subscription.</param>
/// <param name="State">This node's part in it.</param>
/// <param name="Checkpoint">All its events up to here are handled or parked, as far as this node knows: only the leader does.</param>
/// <param name="HighWaterMark">The safe mark last seen; the difference is its lag.</param>
/// <param name="Error">Why it does not run here, when it failed as a whole.</param>
public sealed record SubscriptionStatus(string Name, LeadershipState State, long Checkpoint, long HighWaterMark, string? Error);
