namespace CallCenter.Domain.Calls;

/// <summary>The call has gone through a step of an IVR flow.</summary>
/// <param name="Flow">The flow's name.</param>
/// <param name="Version">Its version; a call keeps the one it began with.</param>
/// <param name="Step">The step's name.</param>
/// <param name="Kind">What it does, e.g. <c>menu</c>.</param>
/// <param name="Result">What came of it, e.g. <c>key-1</c>, <c>played</c>, <c>silent</c>, <c>failed</c>.</param>
/// <param name="Input">What the caller keyed in; for a PIN a mask, null where there was nothing.</param>
public sealed record IvrStepTaken(
    Guid CallId, string Flow, int Version, string Step, string Kind, string Result, DateTimeOffset OccurredAt, string? Input = null) : CallEvent(CallId, OccurredAt);

/// <summary>The flow has sent the call elsewhere; what becomes of it there is told by the events that follow.</summary>
/// <param name="To">Where; of a number only that it is one, because it may be a person's.</param>
public sealed record CallLeftIvr(Guid CallId, Destination To, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>Something is known of the call from now on; it travels with the call.</summary>
/// <param name="Name">Letters, digits and _.</param>
public sealed record CallAttributeSet(Guid CallId, string Name, string Value, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>What the call is about, or whose it is, was found out on its way: figures by topic and segment count it there from now on.</summary>
/// <param name="Topic">Null leaves what was known.</param>
/// <param name="Segment">Null leaves what was known.</param>
public sealed record CallClassified(Guid CallId, string? Topic, string? Segment, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>What the caller wanted was done without a person: should the call end in the IVR, it counts as self-served (KPI.md).</summary>
public sealed record SelfServiceCompleted(Guid CallId, string Flow, string Step, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The caller has answered a question of a survey.</summary>
/// <param name="Question">Its name.</param>
/// <param name="Score">From <paramref name="Lowest"/> to <paramref name="Highest"/>.</param>
public sealed record SurveyAnswered(Guid CallId, string Question, int Score, int Lowest, int Highest, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);
