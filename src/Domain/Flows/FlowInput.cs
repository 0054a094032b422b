using System.Text.Json;

namespace CallCenter.Domain.Flows;

/// <summary>What a machine is told.</summary>
public abstract record FlowInput;

/// <summary>The caller can be heard and spoken to.</summary>
public sealed record FlowBegun : FlowInput;

/// <summary>A playback has come to its end, or could not be played.</summary>
public sealed record FlowPlayed(int Serial) : FlowInput;

/// <param name="Key">0 to 9, *, #; others are passed over.</param>
public sealed record FlowKey(char Key) : FlowInput
{
    public override string ToString() => nameof(FlowKey);
}

/// <summary>The time of a timer is up.</summary>
public sealed record FlowTimeUp(int Serial) : FlowInput;

/// <param name="Open">Null when there is no such calendar.</param>
public sealed record FlowHours(int Serial, bool? Open) : FlowInput;

/// <summary>Where the flow sent the call, it was not taken; the call is back.</summary>
public sealed record FlowNotTaken : FlowInput;

/// <summary>What became of a question to another system.</summary>
public sealed record FlowAnswered(int Serial, FlowAnswer Answer) : FlowInput;

/// <summary>Another system's answer.</summary>
public abstract record FlowAnswer
{
    private FlowAnswer()
    {
    }

    /// <param name="Document">What it said.</param>
    public sealed record Found(JsonElement Document) : FlowAnswer;

    /// <summary>It is well, and knows nothing of it.</summary>
    public sealed record Missing : FlowAnswer;

    /// <param name="Reason">For people: in the log, not in the events.</param>
    public sealed record Failed(string Reason) : FlowAnswer;
}
