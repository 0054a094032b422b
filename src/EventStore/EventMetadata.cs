namespace CallCenter.EventStore;

/// <summary>Who and why: kept beside every event of an append.</summary>
/// <param name="CorrelationId">One id for all that follows from one outside cause, for instance a SIP Call-ID.</param>
/// <param name="CausationId">What led directly to this append: a command's or an event's id.</param>
/// <param name="UserName">The signed-in user, agent or system part that acted.</param>
public sealed record EventMetadata(string? CorrelationId, string? CausationId, string? UserName)
{
    /// <summary>Whatever else belongs beside an event, as text by name; null when there is nothing.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Nothing known.</summary>
    public static EventMetadata None { get; } = new(null, null, null);
}
