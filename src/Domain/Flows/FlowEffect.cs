using System.Collections.Immutable;

using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Flows;

/// <summary>What a machine wants done, in order.</summary>
public abstract record FlowEffect;

/// <summary>Play this; <see cref="FlowPlayed"/> with the number when it ends.</summary>
public sealed record FlowPlay(int Serial, ImmutableArray<FlowSound> Sounds) : FlowEffect;

/// <param name="File">A recorded file; null for a text to speak.</param>
/// <param name="Text">What is said.</param>
/// <param name="Language">In which voice.</param>
/// <param name="HasValues">The text has values of this call in it: it is said once, and kept nowhere.</param>
public sealed record FlowSound(string? File, string Text, string Language, bool HasValues);

/// <summary>Be silent now.</summary>
public sealed record FlowHush : FlowEffect;

/// <summary>Tell <see cref="FlowTimeUp"/> with the number after this time.</summary>
public sealed record FlowWait(int Serial, TimeSpan Time) : FlowEffect;

/// <summary>Ask another system; <see cref="FlowAnswered"/> with the number.</summary>
public sealed record FlowAsk(int Serial, string Flow, string Step, FlowQuestion Question) : FlowEffect;

/// <summary>Look whether a calendar is open now; <see cref="FlowHours"/> with the number.</summary>
public sealed record FlowAskHours(int Serial, string Calendar) : FlowEffect;

/// <summary>A step is done: to be recorded.</summary>
/// <param name="Result">A word in kebab-case, or the key of a menu: <c>played</c>, <c>silent</c>, <c>found</c>.</param>
/// <param name="Input">What the caller keyed in; <see cref="FlowMachine.Masked"/> for a PIN, null where there was none.</param>
public sealed record FlowStepTaken(string Flow, int Version, string Step, string Kind, string Result, string? Input) : FlowEffect;

/// <summary>An attribute of the call is set.</summary>
/// <param name="HasValues">Values of this call are in it, which may be a person's: it goes into no figures.</param>
public sealed record FlowAttribute(string Name, string Value, bool HasValues) : FlowEffect;

/// <summary>The caller has been served by the flow.</summary>
public sealed record FlowCompleted(string Flow, string Step) : FlowEffect;

public sealed record FlowScored(string Question, int Score, int Lowest, int Highest) : FlowEffect;

/// <summary>The call leaves the flow; the last effect of a machine.</summary>
/// <param name="Failed">Why the flow could not go on; null when it came to its end. The destination is then <see cref="DestinationKind.HangUp"/>.</param>
/// <param name="Needs">For a queue: what the call needs of whoever takes it; null for nothing of its own.</param>
public sealed record FlowLeft(Destination To, string? Failed = null, FlowNeeds? Needs = null) : FlowEffect;

/// <param name="Skills">Beside those of the queue.</param>
/// <param name="Agent">Extension, name or id of who is waited for first, if there is such an agent; null for anybody.</param>
/// <param name="AgentPatienceSeconds">How long, 1..3600.</param>
public sealed record FlowNeeds(IReadOnlyList<SkillNeed> Skills, string? Agent, int AgentPatienceSeconds);

/// <summary>A question to another system, with the caller's values in it: they may be secret, and it is never written out.</summary>
public abstract record FlowQuestion(TimeSpan Timeout, int Retries)
{
    public sealed override string ToString() => GetType().Name;
}

/// <param name="Url">Absolute; a path from / where there is a connection.</param>
/// <param name="Body">JSON; null for none.</param>
/// <param name="Connection">Name of a web service in the server's configuration; null for none.</param>
public sealed record FlowHttpQuestion(string Method, string Url, ImmutableDictionary<string, string> Headers, string? Body, TimeSpan Timeout, int Retries, string? Connection = null) : FlowQuestion(Timeout, Retries);

public sealed record FlowSqlQuestion(string Connection, string Query, ImmutableArray<string> Parameters, TimeSpan Timeout, int Retries) : FlowQuestion(Timeout, Retries);
