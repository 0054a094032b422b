namespace CallCenter.Domain.Calls;

/// <summary>What an IVR flow does with a call that is in it.</summary>
public abstract record IvrCommand(DateTimeOffset At) : CallCommand(At);

public sealed record TakeIvrStep(string Flow, int Version, string Step, string Kind, string Result, string? Input, DateTimeOffset At) : IvrCommand(At);

public sealed record CompleteSelfService(string Flow, string Step, DateTimeOffset At) : IvrCommand(At);

public sealed record AnswerSurvey(string Question, int Score, int Lowest, int Highest, DateTimeOffset At) : IvrCommand(At);

/// <summary>The flow has come to its end, and the call with it.</summary>
public sealed record EndInIvr(DateTimeOffset At) : IvrCommand(At);

/// <summary>The flow sends the call elsewhere.</summary>
public sealed record LeaveIvr(Destination To, DateTimeOffset At) : IvrCommand(At);

/// <summary>Possible as long as the call lives, wherever it is.</summary>
public sealed record SetAttribute(string Name, string Value, DateTimeOffset At) : CallCommand(At);

/// <summary>Possible as long as the call lives, wherever it is. Never with a person's own words or numbers: topic and segment are read in plain.</summary>
public sealed record ClassifyCall(string? Topic, string? Segment, DateTimeOffset At) : CallCommand(At);
