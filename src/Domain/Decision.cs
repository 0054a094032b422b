namespace CallCenter.Domain;

/// <summary>Why a command was not carried out: a fact for the caller, not an exception.</summary>
/// <param name="Code">Stable, SCREAMING_SNAKE_CASE, e.g. <c>CALL_ENDED</c>.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record Refusal(string Code, string Message);

/// <summary>What a decider answers: the events that follow from a command, or the refusal. Never both.</summary>
public sealed record Decision<TEvent> where TEvent : DomainEvent
{
    private Decision(IReadOnlyList<TEvent> events, Refusal? refusal) => (Events, Refusal) = (events, refusal);

    /// <summary>In order; empty when the command is already fulfilled or was refused.</summary>
    public IReadOnlyList<TEvent> Events { get; }

    public Refusal? Refusal { get; }

    public static Decision<TEvent> Accept(params IReadOnlyList<TEvent> events) => new(events, null);

    public static Decision<TEvent> Refuse(string code, string message) => new([], new Refusal(code, message));
}
