using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Calls.CallEvent>;

namespace CallCenter.Domain.Calls;

/// <summary>What may happen to a call. Pure: same command and state, same answer.</summary>
public static class CallDecider
{
    public static Decision<CallEvent> Decide(CallCommand command, Call call)
    {
        var at = command.At.NotBefore(call.LastAt);
        return (command, call.Phase) switch
        {
            (ReceiveCall c, CallPhase.None) =>
                Accept(new CallReceived(c.CallId, c.Direction, c.From, c.To, at, c.SipCallId, c.CustomerNumber, c.Segment, c.Topic)),
            (ReceiveCall, _) => Refuse("CALL_EXISTS", "The call has been received already."),
            (_, CallPhase.None) => Refuse("CALL_NOT_FOUND", "There is no such call."),

            (RecordingCommand c, _) => CallRecording.Decide(c, call, at),
            (DropVoicemail c, _) => Accept(new CallVoicemailDropped(call.Id, c.VoicemailId, c.Failure, at)),
            (MeasureMedia c, _) => Accept(new CallMediaMeasured(call.Id, c.Party, c.AgentId, c.Figures, at)),
            (CompleteWrapUp c, CallPhase.WrapUp) when call.AgentId is { } agent =>
                Accept(new WrapUpCompleted(call.Id, agent, at, c.Disposition, c.Resolved, c.Notes)),
            (CompleteWrapUp, _) => Refuse("CALL_NOT_IN_WRAP_UP", $"The call is not in wrap-up but {Name(call.Phase)}."),
            (_, CallPhase.WrapUp or CallPhase.Ended) => Refuse("CALL_ENDED", "The call has ended."),

            (DeskCommand c, _) => DeskDecider.Decide(c, call, at),
            (EndCall c, CallPhase.Parked) => Accept(Ended(c, CallOutcome.Handled)),
            (TransferToQueue c, CallPhase.Parked) when call.Parked is { } parked =>
                Accept(new CallTransferred(call.Id, parked.AgentId, null, c.QueueId, TransferKind.Blind, at), new CallQueued(call.Id, c.QueueId, at, Needs: c.Needs)),

            (EnterIvr, CallPhase.Received) => Accept(new CallEnteredIvr(call.Id, at)),
            (IvrCommand c, CallPhase.InIvr) => IvrDecider.Decide(c, call, at),
            (SetAttribute c, _) => Accept(new CallAttributeSet(call.Id, c.Name, c.Value, at)),
            (ClassifyCall c, _) => Accept(new CallClassified(call.Id, c.Topic, c.Segment, at)),
            (EnqueueCall c, CallPhase.Received or CallPhase.InIvr) when c.HeadStartSeconds < 0 =>
                Refuse("HEAD_START_NEGATIVE", $"A head start is 0 or more seconds, not {c.HeadStartSeconds}."),
            (EnqueueCall c, CallPhase.Received or CallPhase.InIvr) => Accept(new CallQueued(call.Id, c.QueueId, at, c.HeadStartSeconds, c.Needs)),
            (OfferCall c, CallPhase.Offered) when call.OfferedTo.Contains(c.AgentId) => Refuse("CALL_OFFERED_ALREADY", "The call is offered to that agent already."),
            (OfferCall c, CallPhase.Queued or CallPhase.Received or CallPhase.InIvr or CallPhase.Offered) => Accept(new CallOffered(call.Id, c.AgentId, at)),
            (MissOffer c, CallPhase.Offered) when call.OfferedTo.Contains(c.AgentId) => Accept(new CallOfferNotAnswered(call.Id, c.AgentId, c.Reason, at)),
            (AnswerCall c, CallPhase.Queued) => Accept(new CallAnswered(call.Id, c.AgentId, at)),
            (AnswerCall { AgentId: { } agent } c, CallPhase.Offered) when call.OfferedTo.Contains(agent) => Accept(new CallAnswered(call.Id, c.AgentId, at)),
            (MissOffer or AnswerCall, CallPhase.Offered) => Refuse("CALL_OFFERED_TO_ANOTHER", "The call is offered to another agent."),
            (TransferToAgent c, CallPhase.Connected or CallPhase.OnHold) when c.AgentId == call.AgentId =>
                Refuse("TRANSFER_TO_SELF", "The call is with that agent already."),
            (TransferToAgent c, CallPhase.Connected or CallPhase.OnHold) when call.AgentId is { } from => Accept(new CallTransferred(call.Id, from, c.AgentId, null, c.Kind, at)),
            (TransferToQueue c, CallPhase.Connected or CallPhase.OnHold) when call.AgentId is { } from =>
                Accept(new CallTransferred(call.Id, from, null, c.QueueId, TransferKind.Blind, at), new CallQueued(call.Id, c.QueueId, at, Needs: c.Needs)),
            (OverflowCall c, CallPhase.Queued or CallPhase.Offered) when call.QueueId is { } queue => Accept(new CallOverflowed(call.Id, queue, c.To, c.Cause, at)),
            (BlockCall c, CallPhase.Received or CallPhase.InIvr) => Accept(new CallEnded(call.Id, CallParty.System, c.Cause, CallOutcome.Blocked, at)),
            (StartVoicemail c, CallPhase.Received or CallPhase.InIvr) => Accept(new CallVoicemailStarted(call.Id, c.VoicemailId, c.MailboxId, c.Owner, c.File, at)),
            (LeaveForCallback c, CallPhase.Received or CallPhase.InIvr) => Accept(new CallLeftForCallback(call.Id, c.CallbackId, at)),
            (HoldCall, CallPhase.Connected) => Accept(new CallHeld(call.Id, at)),
            (RetrieveCall, CallPhase.OnHold) => Accept(new CallRetrieved(call.Id, at)),

            (EndCall c, CallPhase.Connected or CallPhase.OnHold) => c.WrapUp && call.AgentId is { } agent
                ? Accept(Ended(c, CallOutcome.Handled), new WrapUpStarted(call.Id, agent, at))
                : Accept(Ended(c, CallOutcome.Handled)),
            (EndCall { By: CallParty.Caller } c, CallPhase.Offered) when call.IsDirect => Accept(Ended(c, CallOutcome.Abandoned)),
            (EndCall { By: CallParty.Caller } c, CallPhase.Queued or CallPhase.Offered) =>
                Accept(new CallAbandoned(call.Id, at), Ended(c, CallOutcome.Abandoned)),
            (EndCall c, CallPhase.Received or CallPhase.InIvr) when call.IsServedElsewhere => Accept(Ended(c, CallOutcome.Overflowed)),
            (EndCall { By: CallParty.Caller } c, CallPhase.InIvr) => Accept(Ended(c, IvrDecider.Outcome(call))),
            (EndCall c, _) => Accept(Ended(c, CallOutcome.Failed)),
            (FailCall c, _) => Accept(new CallEnded(call.Id, CallParty.System, c.Cause, CallOutcome.Failed, at)),
            (LoseTrackOfCall, _) => Accept(new CallEnded(call.Id, CallParty.Unknown, "unknown", CallOutcome.Unknown, at)),

            (EnterIvr or IvrCommand or EnqueueCall or OfferCall or MissOffer or AnswerCall or TransferToAgent or TransferToQueue or HoldCall or RetrieveCall or OverflowCall or BlockCall or StartVoicemail or LeaveForCallback, _) =>
                Refuse("CALL_STATE", $"{Name(command)} is not possible while the call is {Name(call.Phase)}."),
            _ => throw new UnreachableException($"Call does not decide {command.GetType().Name}."),
        };

        CallEnded Ended(EndCall c, CallOutcome outcome) => new(call.Id, c.By, c.Cause, outcome, at);
    }

    private static string Name(CallCommand command) => command.GetType().Name;

    internal static string Name(CallPhase phase) => phase switch
    {
        CallPhase.InIvr => "in the IVR",
        CallPhase.OnHold => "on hold",
        CallPhase.WrapUp => "in wrap-up",
        _ => phase.ToString().ToLowerInvariant(),
    };
}
