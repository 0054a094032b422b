using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;

namespace CallCenter.Domain.Tests.Calls;

/// <summary>One history for each phase that a call can be in, and one command of each kind.</summary>
internal static class CallHistories
{
    public static readonly Guid CallId = new("0194f000-0000-7000-8000-000000000001");
    public static readonly Guid QueueId = new("0194f000-0000-7000-8000-000000000002");
    public static readonly Guid AgentId = new("0194f000-0000-7000-8000-000000000003");
    public static readonly Guid OtherAgentId = new("0194f000-0000-7000-8000-000000000004");

    public static readonly Guid PartyId = new("0194f000-0000-7000-8000-000000000005");

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static readonly CallEvent[] Queued =
    [
        new CallReceived(CallId, CallDirection.Inbound, "5551234", "1000", At(0)),
        new CallEnteredIvr(CallId, At(1)),
        new CallQueued(CallId, QueueId, At(2)),
    ];

    private static readonly CallEvent[] Connected = [.. Queued, new CallOffered(CallId, AgentId, At(3)), new CallAnswered(CallId, AgentId, At(4))];

    private static readonly CallEvent[] Handled = [.. Connected, new CallEnded(CallId, CallParty.Agent, "hang-up", CallOutcome.Handled, At(5))];

    public static readonly IReadOnlyDictionary<CallPhase, CallEvent[]> OfPhase = new Dictionary<CallPhase, CallEvent[]>
    {
        [CallPhase.None] = [],
        [CallPhase.Received] = Queued[..1],
        [CallPhase.InIvr] = Queued[..2],
        [CallPhase.Queued] = Queued,
        [CallPhase.Offered] = Connected[..4],
        [CallPhase.Connected] = Connected,
        [CallPhase.OnHold] = [.. Connected, new CallHeld(CallId, At(5))],
        [CallPhase.WrapUp] = [.. Handled, new WrapUpStarted(CallId, AgentId, At(5))],
        [CallPhase.Ended] = Handled,
        [CallPhase.Parked] = [.. Connected, new CallParked(CallId, AgentId, 3, At(5))],
    };

    public static readonly IReadOnlyDictionary<string, CallCommand> Commands = new Dictionary<string, CallCommand>(StringComparer.Ordinal)
    {
        ["receive"] = new ReceiveCall(CallId, CallDirection.Inbound, "5551234", "1000", At(10), "sip-call-id", "c-7", "high", "loans"),
        ["ivr"] = new EnterIvr(At(10)),
        ["enqueue"] = new EnqueueCall(QueueId, At(10), 90),
        ["offer"] = new OfferCall(AgentId, At(10)),
        ["offer other"] = new OfferCall(OtherAgentId, At(10)),
        ["miss"] = new MissOffer(AgentId, NonResponse.Refused, At(10)),
        ["miss other"] = new MissOffer(OtherAgentId, NonResponse.TimedOut, At(10)),
        ["answer"] = new AnswerCall(AgentId, At(10)),
        ["answer other"] = new AnswerCall(OtherAgentId, At(10)),
        ["transfer"] = new TransferToAgent(OtherAgentId, TransferKind.Attended, At(10)),
        ["transfer to self"] = new TransferToAgent(AgentId, TransferKind.Blind, At(10)),
        ["transfer to queue"] = new TransferToQueue(QueueId, At(10)),
        ["hold"] = new HoldCall(At(10)),
        ["retrieve"] = new RetrieveCall(At(10)),
        ["end by caller"] = new EndCall(CallParty.Caller, "hang-up", At(10), WrapUp: true),
        ["end by agent"] = new EndCall(CallParty.Agent, "hang-up", At(10)),
        ["fail"] = new FailCall("system-restart", At(10)),
        ["lose track"] = new LoseTrackOfCall(At(10)),
        ["measure"] = new MeasureMedia(CallParty.Agent, AgentId, new MediaFigures("PCMA", 500, 498, 2, null, 1.25, null, null, 4.21, null, 0), At(10)),
        ["overflow"] = new OverflowCall(new Destination(DestinationKind.Queue, "Sales"), "after-seconds", At(10)),
        ["block"] = new BlockCall("closed", At(10)),
        ["wrapped up"] = new CompleteWrapUp(At(10), "sold", true, "happy"),
        ["take ivr step"] = new TakeIvrStep("bank", 3, "account", "collect", "entered", "1234", At(10)),
        ["complete self-service"] = new CompleteSelfService("bank", "balance", At(10)),
        ["answer survey"] = new AnswerSurvey("content", 4, 1, 5, At(10)),
        ["end in ivr"] = new EndInIvr(At(10)),
        ["leave ivr"] = new LeaveIvr(new Destination(DestinationKind.Queue, "Support"), At(10)),
        ["classify"] = new ClassifyCall("loans", null, At(10)),
        ["set attribute"] = new SetAttribute("account", "1234", At(10)),
        ["mute"] = new MuteCall(At(10)),
        ["unmute"] = new UnmuteCall(At(10)),
        ["dial outside"] = new DialOutside(AgentId, "city", At(10)),
        ["outside answered"] = new OutsideAnswered(AgentId, At(10)),
        ["join"] = new JoinParty(PartyId, OtherAgentId, null, At(10)),
        ["leave"] = new LeaveParty(PartyId, At(10)),
        ["leave conference"] = new LeaveConference(OtherAgentId, At(10)),
        ["park"] = new ParkCall(3, At(10)),
        ["park times out"] = new TimeOutPark(At(10)),
        ["retrieve parked"] = new RetrieveParked(OtherAgentId, At(10)),
        ["pick up"] = new PickUpCall(OtherAgentId, At(10)),
        ["forward"] = new ForwardCall(AgentId, ForwardKind.Always, new Destination(DestinationKind.Number, "2009"), At(10)),
        ["transfer to number"] = new TransferToNumber("5559876", TransferKind.Blind, At(10)),
        ["transfer to flow"] = new TransferToFlow("main", At(10)),
        ["warn"] = new WarnOfLength(30, At(10)),
        ["signal waiting"] = new SignalWaiting(AgentId, QueueId, At(10)),
        ["supervise"] = new StartSupervision(OtherAgentId, SupervisionMode.Listen, false, At(10)),
        ["stop supervising"] = new EndSupervision(OtherAgentId, At(10)),
        ["take over"] = new TakeOverCall(OtherAgentId, At(10)),
        ["voicemail"] = new StartVoicemail(OtherAgentId, QueueId, MailboxOwner.Queue, "2026/a.wav", At(10)),
        ["callback"] = new LeaveForCallback(OtherAgentId, At(10)),
        ["no voicemail"] = new DropVoicemail(OtherAgentId, null, At(10)),
        ["record"] = new StartRecording(OtherAgentId, "2026/a.wav", At(10)),
        ["pause recording"] = new PauseRecording("ann", At(10)),
        ["resume recording"] = new ResumeRecording("ann", At(10)),
        ["recorded"] = new FinishRecording(OtherAgentId, "aa", 1, 2, null, At(10)),
        ["delete recording"] = new DeleteRecording(QueueId, "retention", At(10)),
    };

    public static Call Fold(IEnumerable<CallEvent> events) => events.Aggregate(Call.Initial, Call.Evolve);
}
