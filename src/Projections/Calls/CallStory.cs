using System.Diagnostics;
using System.Globalization;

using CallCenter.Domain;
using CallCenter.Domain.Calls;

namespace CallCenter.Projections.Calls;

/// <summary>Tells an event of a call as a sentence.</summary>
/// <param name="names">Names of agents and queues; an id that is not among them is told as it is.</param>
public sealed class CallStory(IReadOnlyDictionary<Guid, string> names)
{
    /// <param name="event">Numbers and notes in plain.</param>
    public string Tell(CallEvent @event) => @event switch
    {
        CallReceived e => $"{Or(e.From, "a withheld number")} calls {e.To}{(e.Segment is null ? "" : $", segment {e.Segment}")}{(e.Topic is null ? "" : $", topic {e.Topic}")}",
        CallEnteredIvr => "enters the IVR",
        IvrStepTaken e => $"flow {e.Flow} (version {e.Version}), step {e.Step} ({e.Kind}): {e.Result}{(e.Input is null ? "" : $" {e.Input}")}",
        CallLeftIvr e => $"leaves the IVR for {Place(e.To)}",
        CallAttributeSet e => $"{e.Name} is {e.Value}",
        SelfServiceCompleted e => $"was served by flow {e.Flow}, step {e.Step}",
        SurveyAnswered e => $"answers {e.Score} of {e.Lowest} to {e.Highest} to {e.Question}",
        CallQueued e => $"waits in queue {Name(e.QueueId)}{(e.HeadStartSeconds > 0 ? Format($", {e.HeadStartSeconds} s ahead") : "")}",
        CallOffered e => $"rings at {Name(e.AgentId)}",
        CallOfferNotAnswered e => e.Reason switch
        {
            NonResponse.Refused => $"{Name(e.AgentId)} refuses",
            NonResponse.TimedOut => $"{Name(e.AgentId)} does not answer",
            _ => $"{Name(e.AgentId)} cannot be reached",
        },
        CallAnswered e => e.AgentId is { } agent ? $"{Name(agent)} answers" : "is answered outside",
        CallHeld => "is put on hold",
        CallRetrieved => "is taken from hold",
        CallTransferred e => $"{Name(e.FromAgentId)} hands over {(e.Kind == TransferKind.Attended ? "after a talk " : "")}to {((e.ToAgentId ?? e.ToQueueId) is { } to ? Name(to) : e.ToNumber ?? e.ToFlow)}",
        CallOverflowed e => $"goes on from queue {Name(e.QueueId)} to {Place(e.To)}: {e.Cause}",
        CallAbandoned => "hangs up before anybody has answered",
        CallVoicemailStarted e => $"is asked for a message to {Name(e.MailboxId)}",
        CallVoicemailDropped e => e.Failure is null ? "leaves no message" : $"leaves no message: {e.Failure}",
        CallLeftForCallback => "is to be called back",
        CallRecordingStarted => "is recorded from here on",
        CallRecordingPaused e => $"{Or(e.By, "somebody")} pauses the recording",
        CallRecordingResumed e => $"{Or(e.By, "somebody")} resumes the recording",
        CallRecorded e => e.Failure is null ? Format($"the recording is closed: {e.Seconds:0.0} s") : Format($"the recording is closed: {e.Seconds:0.0} s, {e.Failure}"),
        CallRecordingDeleted e => $"the recording is deleted by {e.By}",
        CallClassified e => $"is{(e.Topic is null ? "" : $" about {e.Topic}")}{(e.Segment is null ? "" : $" of segment {e.Segment}")}",
        CallWithdrawn => "is withdrawn with the batch that brought it",
        CallMediaMeasured e => Format($"audio of the {e.Party.ToString().ToLowerInvariant()}: {e.Figures.Codec}, {e.Figures.PacketsLost} of {e.Figures.PacketsReceived + e.Figures.PacketsLost} packets lost, jitter {e.Figures.JitterMs:0.0} ms, MOS {e.Figures.Mos:0.0}"),
        CallEnded e => $"ends by {e.EndedBy.ToString().ToLowerInvariant()}: {e.Cause}, {e.Outcome.ToString().ToLowerInvariant()}",
        WrapUpStarted e => $"{Name(e.AgentId)} wraps up",
        WrapUpCompleted e => $"{Name(e.AgentId)} has wrapped up{(e.Disposition is null ? "" : $": {e.Disposition}")}{(e.Resolved switch { true => ", resolved", false => ", not resolved", null => "" })}{(e.Notes is null ? "" : $" ({e.Notes})")}",
        DeskEvent e => Tell(e),
        _ => throw new UnreachableException($"No sentence tells of {@event.GetType().Name}."),
    };

    private string Tell(DeskEvent @event) => @event switch
    {
        CallWaitingSignalled e => $"waits at the phone of {Name(e.AgentId)}, who talks",
        CallMuted e => $"{Name(e.AgentId)} is muted",
        CallUnmuted e => $"{Name(e.AgentId)} is heard again",
        CallDialled e => $"goes out over trunk {e.Trunk}",
        PartyJoined e => $"{(e.AgentId is { } agent ? Name(agent) : e.Number)} joins",
        PartyLeft => "a party leaves",
        CallParked e => Format($"{Name(e.AgentId)} parks the call in slot {e.Slot}"),
        ParkTimedOut e => Format($"has been parked too long in slot {e.Slot}: {Name(e.AgentId)} is rung"),
        ParkedCallRetrieved e => Format($"{Name(e.AgentId)} fetches the call from slot {e.Slot}"),
        CallPickedUp e => $"{Name(e.AgentId)} picks the call up{(e.FromAgentId is { } from ? $" from {Name(from)}" : "")}",
        CallForwarded e => $"is forwarded by {Name(e.AgentId)} ({e.Kind.ToString().ToLowerInvariant()}) to {Place(e.To)}",
        CallLengthWarned e => Format($"is warned: {e.SecondsLeft} s are left"),
        SupervisionStarted e => $"{Name(e.SupervisorId)} supervises: {e.Mode.ToString().ToLowerInvariant()}{(e.Shown ? ", shown" : "")}",
        SupervisionEnded e => $"{Name(e.SupervisorId)} supervises no more",
        CallTakenOver e => $"{Name(e.SupervisorId)} takes over from {Name(e.FromAgentId)}",
        _ => throw new UnreachableException($"No sentence tells of {@event.GetType().Name}."),
    };

    private string Name(Guid id) => names.TryGetValue(id, out var name) ? name : id.ToString();

    private string Place(Destination to) => Guid.TryParse(to.Target, out var id) ? $"{to.Kind.ToString().ToLowerInvariant()} {Name(id)}" : to.ToString();

    private static string Or(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text;

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
