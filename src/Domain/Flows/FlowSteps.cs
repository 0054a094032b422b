using System.Collections.Immutable;

using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Flows;

/// <summary>One step of a flow.</summary>
/// <param name="Name">Unique in the flow.</param>
/// <param name="Kind">What <c>do</c> says, e.g. <c>menu</c>.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Completed">Whoever has gone through this step has been served by the flow (KPI.md, selfServiceRate).</param>
public abstract record FlowStep(string Name, string Kind, FlowPlace Place, bool Completed);

/// <summary>Where a step goes on to, with the place where that is said.</summary>
public sealed record FlowTarget(string Step, FlowPlace Place);

/// <summary>Say and play: a prompt, no input.</summary>
public sealed record PromptStep(string Name, string Kind, FlowPlace Place, bool Completed, FlowPrompt Prompt, bool BargeIn, FlowTarget Next) : FlowStep(Name, Kind, Place, Completed);

/// <summary>A step that the caller answers by keys.</summary>
/// <param name="Input">What is asked, and how long and how often.</param>
public abstract record InputStep(string Name, string Kind, FlowPlace Place, bool Completed, FlowInputRules Input) : FlowStep(Name, Kind, Place, Completed);

/// <summary>How input is asked for.</summary>
/// <param name="Prompt">What is asked.</param>
/// <param name="BargeIn">A key interrupts the prompt; otherwise keys count from its end on.</param>
/// <param name="Timeout">From the prompt's end to the first key.</param>
/// <param name="Tries">How often it is asked in all, 1..10.</param>
/// <param name="AfterSilence">Said before asking again when no key came.</param>
/// <param name="AfterInvalid">Said before asking again when the input was wrong.</param>
/// <param name="Silent">Goes on there when the last try brought no key.</param>
/// <param name="Invalid">Goes on there when the last try was wrong.</param>
public sealed record FlowInputRules(
    FlowPrompt Prompt, bool BargeIn, TimeSpan Timeout, int Tries, FlowPrompt AfterSilence, FlowPrompt AfterInvalid, FlowTarget Silent, FlowTarget Invalid);

/// <summary>Several digits as one answer.</summary>
/// <param name="Min">Fewest digits.</param>
/// <param name="Max">With so many, it is complete without a further key.</param>
/// <param name="End">The key that completes it; null for none.</param>
/// <param name="BetweenKeys">So long after a key, it is taken as it is.</param>
public sealed record FlowDigits(int Min, int Max, char? End, TimeSpan BetweenKeys);

public sealed record MenuStep(string Name, string Kind, FlowPlace Place, bool Completed, FlowInputRules Input, ImmutableDictionary<char, FlowTarget> Keys)
    : InputStep(Name, Kind, Place, Completed, Input);

/// <param name="Into">The variable that takes the digits.</param>
/// <param name="Incomplete">Goes on there when the last try had too few digits.</param>
public sealed record CollectStep(string Name, string Kind, FlowPlace Place, bool Completed, FlowInputRules Input, FlowDigits Digits, string Into, FlowTarget Incomplete, FlowTarget Next)
    : InputStep(Name, Kind, Place, Completed, Input);

/// <summary>Asks for a PIN and has it checked elsewhere: the digits go there and nowhere else.</summary>
/// <param name="Valid">JSON pointer to the answer's <c>true</c>.</param>
/// <param name="Failed">Goes on there when nobody could check it.</param>
public sealed record VerifyStep(
    string Name, string Kind, FlowPlace Place, bool Completed, FlowInputRules Input, FlowDigits Digits, FlowRequest Request, string Valid, FlowTarget Failed, FlowTarget Next)
    : InputStep(Name, Kind, Place, Completed, Input);

/// <summary>One question with a score as its answer.</summary>
public sealed record SurveyStep(
    string Name, string Kind, FlowPlace Place, bool Completed, FlowInputRules Input, string Question, int Lowest, int Highest, FlowTarget Next) : InputStep(Name, Kind, Place, Completed, Input)
{
    /// <summary>A score of two digits needs a pause, or the hash key, to be told from its first.</summary>
    public FlowDigits Digits => new(1, Highest > 9 ? 2 : 1, '#', TimeSpan.FromSeconds(3));
}

/// <param name="On">What is looked at.</param>
/// <param name="Cases">The first that holds counts.</param>
public sealed record BranchStep(string Name, string Kind, FlowPlace Place, bool Completed, FlowText On, ImmutableArray<FlowCase> Cases, FlowTarget Otherwise) : FlowStep(Name, Kind, Place, Completed);

/// <summary>One condition: equal to a text, or a number below or from a bound on.</summary>
public sealed record FlowCase(FlowText? Is, decimal? Below, decimal? From, FlowTarget Next);

/// <summary>Attributes of the call: whoever takes it next sees them, and the flow has them as variables.</summary>
public sealed record SetStep(string Name, string Kind, FlowPlace Place, bool Completed, ImmutableArray<(string Name, FlowText Value)> Values, FlowTarget Next) : FlowStep(Name, Kind, Place, Completed);

public sealed record HoursStep(string Name, string Kind, FlowPlace Place, bool Completed, string Calendar, FlowTarget Open, FlowTarget Closed) : FlowStep(Name, Kind, Place, Completed);

/// <param name="Into">Variables, and the JSON pointers to their values in the answer.</param>
/// <param name="Missing">Goes on there when nothing is known (HTTP 404, no row).</param>
/// <param name="Failed">Goes on there when there is no usable answer.</param>
public sealed record LookupStep(
    string Name, string Kind, FlowPlace Place, bool Completed, FlowRequest Request, ImmutableDictionary<string, string> Into, FlowTarget Missing, FlowTarget Failed, FlowTarget Next)
    : FlowStep(Name, Kind, Place, Completed);

/// <summary>Another flow's steps, then on from here; variables are shared.</summary>
public sealed record SubFlowStep(string Name, string Kind, FlowPlace Place, bool Completed, string Flow, FlowTarget Next) : FlowStep(Name, Kind, Place, Completed);

/// <summary>The call leaves the flow: for a queue, a number, a mailbox, a callback, or its end.</summary>
/// <param name="Target">Which; null where the kind needs none.</param>
/// <param name="Failed">Goes on there when the call is not taken; null ends the call.</param>
/// <param name="Queueing">Of a queue: what its calls need and how they rank there; null for nothing of their own.</param>
public sealed record LeaveStep(
    string Name, string Kind, FlowPlace Place, bool Completed, DestinationKind To, FlowText? Target, FlowTarget? Failed = null, FlowQueueing? Queueing = null) : FlowStep(Name, Kind, Place, Completed);

/// <summary>What a step asks of a queue for its calls.</summary>
/// <param name="Skills">Beside those of the queue.</param>
/// <param name="Agent">Extension, name or id of who is waited for first; null for anybody.</param>
/// <param name="AgentPatienceSeconds">How long, 1..3600.</param>
/// <param name="Attributes">The call's priority and segment from here on, as set would give them.</param>
public sealed record FlowQueueing(ImmutableArray<FlowSkill> Skills, FlowText? Agent, FlowPlace AgentPlace, int AgentPatienceSeconds, ImmutableArray<(string Name, FlowText Value)> Attributes);

/// <param name="Place">Where it is asked for.</param>
public sealed record FlowSkill(SkillNeed Need, FlowPlace Place);

/// <summary>A question to another system.</summary>
/// <param name="Timeout">Of each try, 0.1 to 30 s.</param>
/// <param name="Retries">Further tries after one that failed, 0..5.</param>
public abstract record FlowRequest(TimeSpan Timeout, int Retries);

/// <param name="Method">GET or POST.</param>
/// <param name="Url">Absolute; variables come after the host, each escaped.</param>
/// <param name="Body">Sent as a JSON object of texts; empty for none.</param>
public sealed record FlowHttpRequest(string Method, FlowText Url, ImmutableDictionary<string, string> Headers, ImmutableDictionary<string, FlowText> Body, TimeSpan Timeout, int Retries, string? Connection = null)
    : FlowRequest(Timeout, Retries);

/// <param name="Connection">Its name in the server's configuration.</param>
/// <param name="Query">One statement with <c>$1</c>, <c>$2</c>, ... in it.</param>
/// <param name="Parameters">Their values.</param>
public sealed record FlowSqlRequest(string Connection, string Query, ImmutableArray<FlowText> Parameters, TimeSpan Timeout, int Retries) : FlowRequest(Timeout, Retries);
