namespace CallCenter.EventStore.Crash;

/// <summary>An event that tells by itself what should be beside it.</summary>
/// <param name="Request">The append that it came with; a command's id is its request's. A bulk append is one request a stream.</param>
/// <param name="Of">How many events that request has, over all its streams.</param>
/// <param name="Amount">Something to be summed up, from 0 to 999.</param>
public sealed record Written(Guid Request, int Of, int Amount)
{
    /// <summary>All that is appended here.</summary>
    public static EventTypes Types { get; } = new EventTypes().Add<Written>();
}
