using System.Collections.Immutable;

namespace CallCenter.Domain.Flows;

/// <summary>One version of a flow.</summary>
/// <param name="Version">1 for the first that was saved.</param>
public sealed record FlowVersion(string Name, int Version, FlowDocument Document);

/// <summary>What a machine waits for.</summary>
public enum FlowPhase
{
    /// <summary>Nothing has been asked of the machine yet.</summary>
    Ready,

    /// <summary>The end of what is played.</summary>
    Playing,

    /// <summary>A key, or the end of the time for one.</summary>
    Listening,

    /// <summary>An answer of another system, or of a calendar.</summary>
    Asking,

    /// <summary>Nothing: the call has left the flow.</summary>
    Left,
}

/// <summary>Where a call is in a flow. What the caller keyed in last is in it, so it is never written out whole.</summary>
public sealed class FlowState
{
    private FlowState(FlowVersion flow, ImmutableDictionary<string, FlowVersion> library, ImmutableDictionary<string, string> variables) =>
        (Flow, Library, Variables, Step) = (flow, library, variables, flow.Document.Start);

    internal FlowState(FlowState other)
    {
        (Flow, Library, Variables, Step, Callers, Serial, Phase) = (other.Flow, other.Library, other.Variables, other.Step, other.Callers, other.Serial, other.Phase);
        (Keys, TypedAhead, Failures, Taken) = (other.Keys, other.TypedAhead, other.Failures, other.Taken);
    }

    /// <summary>The version that the call goes through; the one it began with, whatever is activated meanwhile.</summary>
    public FlowVersion Flow { get; internal set; }

    /// <summary>The step that the call is at.</summary>
    public string Step { get; internal set; }

    public FlowPhase Phase { get; internal set; }

    public ImmutableDictionary<string, string> Variables { get; internal set; }

    /// <summary>The call has been sent elsewhere, and the flow knows how to go on should it not be taken there.</summary>
    public bool GoesOnIfNotTaken => Phase == FlowPhase.Left && Flow.Document.Steps[Step] is LeaveStep { Failed: not null };

    /// <summary>The voice that speaks.</summary>
    public string Language => Variables.GetValueOrDefault(FlowNames.Language, "") is var language && FlowNames.IsLanguage(language) ? language : Flow.Document.Language;

    /// <summary>All active versions of the moment at which the call began: what other flows are gone through.</summary>
    internal ImmutableDictionary<string, FlowVersion> Library { get; }

    /// <summary>Where other flows return to.</summary>
    internal ImmutableStack<(FlowVersion Flow, string Next)> Callers { get; set; } = [];

    /// <summary>Tells playbacks, timers and questions apart: those of another number are over.</summary>
    public int Serial { get; internal set; }

    /// <summary>What was keyed in at this step so far.</summary>
    internal string Keys { get; set; } = "";

    /// <summary>What was keyed in before it was asked for.</summary>
    internal string TypedAhead { get; set; } = "";

    /// <summary>Tries at this step that have failed.</summary>
    internal int Failures { get; set; }

    /// <summary>Steps taken by this call.</summary>
    internal int Taken { get; set; }

    /// <summary>The state of a call that is about to enter a flow.</summary>
    /// <param name="flow">Its name, among the active ones.</param>
    /// <param name="library">The active versions by name.</param>
    /// <param name="brought">What is known of the call: caller, dialled, language, attributes.</param>
    /// <returns>Null when there is no such flow.</returns>
    public static FlowState? Of(string flow, ImmutableDictionary<string, FlowVersion> library, IReadOnlyDictionary<string, string> brought) =>
        library.GetValueOrDefault(flow) is { } version ? new FlowState(version, library, version.Document.Variables.SetItems(brought)) : null;

    public override string ToString() => $"{Flow.Name} {Flow.Version} at {Step}, {Phase}";
}
