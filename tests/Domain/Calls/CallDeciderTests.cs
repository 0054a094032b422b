using CallCenter.Domain.Calls;

using static CallCenter.Domain.Tests.Calls.CallHistories;

namespace CallCenter.Domain.Tests.Calls;

public sealed class CallDeciderTests
{
    /// <summary>Every phase x command cell: the event types that follow (joined by +), or the refusal's code in capitals.</summary>
    private static readonly string[] Columns = ["None", "Received", "InIvr", "Queued", "Offered", "Connected", "OnHold", "WrapUp", "Ended", "Parked"];

    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("receive", ["CallReceived", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS", "CALL_EXISTS"]),
        ("ivr", ["CALL_NOT_FOUND", "CallEnteredIvr", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("enqueue", ["CALL_NOT_FOUND", "CallQueued", "CallQueued", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("offer", ["CALL_NOT_FOUND", "CallOffered", "CallOffered", "CallOffered", "CALL_OFFERED_ALREADY", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("offer other", ["CALL_NOT_FOUND", "CallOffered", "CallOffered", "CallOffered", "CallOffered", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("miss", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallOfferNotAnswered", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("miss other", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_OFFERED_TO_ANOTHER", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("answer", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CallAnswered", "CallAnswered", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("answer other", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CallAnswered", "CALL_OFFERED_TO_ANOTHER", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("transfer", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallTransferred", "CallTransferred", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("transfer to self", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "TRANSFER_TO_SELF", "TRANSFER_TO_SELF", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("transfer to queue", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallTransferred+CallQueued", "CallTransferred+CallQueued", "CALL_ENDED", "CALL_ENDED", "CallTransferred+CallQueued"]),
        ("hold", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallHeld", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("retrieve", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallRetrieved", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("end by caller", ["CALL_NOT_FOUND", "CallEnded Failed", "CallEnded LeftInIvr", "CallAbandoned+CallEnded Abandoned", "CallAbandoned+CallEnded Abandoned",
            "CallEnded Handled+WrapUpStarted", "CallEnded Handled+WrapUpStarted", "CALL_ENDED", "CALL_ENDED", "CallEnded Handled"]),
        ("end by agent", ["CALL_NOT_FOUND", "CallEnded Failed", "CallEnded Failed", "CallEnded Failed", "CallEnded Failed", "CallEnded Handled", "CallEnded Handled", "CALL_ENDED", "CALL_ENDED", "CallEnded Handled"]),
        ("fail", ["CALL_NOT_FOUND", "CallEnded Failed", "CallEnded Failed", "CallEnded Failed", "CallEnded Failed", "CallEnded Failed", "CallEnded Failed", "CALL_ENDED", "CALL_ENDED", "CallEnded Failed"]),
        ("lose track", ["CALL_NOT_FOUND", "CallEnded Unknown", "CallEnded Unknown", "CallEnded Unknown", "CallEnded Unknown", "CallEnded Unknown", "CallEnded Unknown", "CALL_ENDED", "CALL_ENDED", "CallEnded Unknown"]),
        ("measure", ["CALL_NOT_FOUND", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured", "CallMediaMeasured"]),
        ("overflow", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CallOverflowed", "CallOverflowed", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("block", ["CALL_NOT_FOUND", "CallEnded Blocked", "CallEnded Blocked", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("wrapped up", ["CALL_NOT_FOUND", "CALL_NOT_IN_WRAP_UP", "CALL_NOT_IN_WRAP_UP", "CALL_NOT_IN_WRAP_UP", "CALL_NOT_IN_WRAP_UP", "CALL_NOT_IN_WRAP_UP", "CALL_NOT_IN_WRAP_UP",
            "WrapUpCompleted", "CALL_NOT_IN_WRAP_UP", "CALL_NOT_IN_WRAP_UP"]),
        ("take ivr step", ["CALL_NOT_FOUND", "CALL_STATE", "IvrStepTaken", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("complete self-service", ["CALL_NOT_FOUND", "CALL_STATE", "SelfServiceCompleted", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("answer survey", ["CALL_NOT_FOUND", "CALL_STATE", "SurveyAnswered", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("end in ivr", ["CALL_NOT_FOUND", "CALL_STATE", "CallEnded LeftInIvr", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("leave ivr", ["CALL_NOT_FOUND", "CALL_STATE", "CallLeftIvr", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("classify", ["CALL_NOT_FOUND", "CallClassified", "CallClassified", "CallClassified", "CallClassified", "CallClassified", "CallClassified", "CALL_ENDED", "CALL_ENDED", "CallClassified"]),
        ("set attribute", ["CALL_NOT_FOUND", "CallAttributeSet", "CallAttributeSet", "CallAttributeSet", "CallAttributeSet", "CallAttributeSet", "CallAttributeSet", "CALL_ENDED", "CALL_ENDED", "CallAttributeSet"]),
        ("mute", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallMuted", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("unmute", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "", "", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("dial outside", ["CALL_NOT_FOUND", "CallDialled", "CallDialled", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("outside answered", ["CALL_NOT_FOUND", "CallAnswered", "CallAnswered", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("join", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "PartyJoined", "PartyJoined", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("leave", ["CALL_NOT_FOUND", "", "", "", "", "", "", "CALL_ENDED", "CALL_ENDED", ""]),
        ("leave conference", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("park", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallParked", "CallParked", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("park times out", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "ParkTimedOut"]),
        ("retrieve parked", ["CALL_NOT_FOUND", "CALL_NOT_PARKED", "CALL_NOT_PARKED", "CALL_NOT_PARKED", "CALL_NOT_PARKED", "CALL_NOT_PARKED", "CALL_NOT_PARKED", "CALL_ENDED", "CALL_ENDED", "ParkedCallRetrieved"]),
        ("pick up", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CallPickedUp+CallAnswered", "CallPickedUp+CallAnswered", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("forward", ["CALL_NOT_FOUND", "CallForwarded", "CALL_STATE", "CALL_STATE", "CallForwarded", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("transfer to number", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallTransferred", "CallTransferred", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("transfer to flow", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallTransferred", "CallTransferred", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("warn", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallLengthWarned", "CallLengthWarned", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("signal waiting", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CallWaitingSignalled", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("supervise", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "SupervisionStarted", "SupervisionStarted", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("stop supervising", ["CALL_NOT_FOUND", "", "", "", "", "", "", "CALL_ENDED", "CALL_ENDED", ""]),
        ("take over", ["CALL_NOT_FOUND", "SUPERVISION", "SUPERVISION", "SUPERVISION", "SUPERVISION", "SUPERVISION", "SUPERVISION", "CALL_ENDED", "CALL_ENDED", "SUPERVISION"]),
        ("voicemail", ["CALL_NOT_FOUND", "CallVoicemailStarted", "CallVoicemailStarted", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("callback", ["CALL_NOT_FOUND", "CallLeftForCallback", "CallLeftForCallback", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_ENDED", "CALL_ENDED", "CALL_STATE"]),
        ("no voicemail", ["CALL_NOT_FOUND", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped", "CallVoicemailDropped"]),
        ("record", ["CALL_NOT_FOUND", "CallRecordingStarted", "CallRecordingStarted", "CallRecordingStarted", "CallRecordingStarted", "CallRecordingStarted", "CallRecordingStarted", "CALL_ENDED", "CALL_ENDED", "CallRecordingStarted"]),
        ("pause recording", ["CALL_NOT_FOUND", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_ENDED", "CALL_ENDED", "CALL_NOT_RECORDED"]),
        ("resume recording", ["CALL_NOT_FOUND", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_NOT_RECORDED", "CALL_ENDED", "CALL_ENDED", "CALL_NOT_RECORDED"]),
        ("recorded", ["CALL_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND", "RECORDING_NOT_FOUND"]),
        ("delete recording", ["CALL_NOT_FOUND", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "CALL_STATE", "RECORDING_NOT_FOUND", "CALL_STATE"]),
    ];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (command, expectations) in Matrix)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                cells.Add(Columns[i], command, expectations[i]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Given_a_phase_when_commanded_then(string phase, string command, string expected) =>
        Tell(CallDecider.Decide(Commands[command], Fold(OfPhase[Enum.Parse<CallPhase>(phase)]))).ShouldBe(expected);

    [Fact]
    public void The_matrix_has_every_phase_and_every_command()
    {
        Columns.ShouldBe(Enum.GetNames<CallPhase>());
        Matrix.Select(row => row.Command).ShouldBe(Commands.Keys);
        Matrix.ShouldAllBe(row => row.Cells.Length == Columns.Length);
        Commands.Values.Select(c => c.GetType()).Distinct().Count()
            .ShouldBe(typeof(CallCommand).Assembly.GetTypes().Count(t => !t.IsAbstract && t.IsSubclassOf(typeof(CallCommand))));
    }

    [Fact]
    public void Received_keeps_all_that_is_known_of_the_caller() =>
        CallDecider.Decide(Commands["receive"], Call.Initial).Events.ShouldBe(
            [new CallReceived(CallId, CallDirection.Inbound, "5551234", "1000", At(10), "sip-call-id", "c-7", "high", "loans")]);

    [Fact]
    public void Who_overflowed_is_in_no_queue_and_by_leaving_neither_abandons_nor_fails()
    {
        var call = Fold([.. OfPhase[CallPhase.Queued], new CallOverflowed(CallId, QueueId, new Destination(DestinationKind.Voicemail), "no-agents", At(4))]);
        (call.Phase, call.IsDirect).ShouldBe((CallPhase.Received, true));
        CallDecider.Decide(Commands["end by caller"], call).Events.ShouldHaveSingleItem().ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Overflowed);
        CallDecider.Decide(Commands["end by caller"], Call.Evolve(call, new CallQueued(CallId, QueueId, At(5)))).Events.OfType<CallEnded>().Single().Outcome.ShouldBe(CallOutcome.Abandoned);
    }

    [Fact]
    public void A_negative_head_start_is_refused() =>
        CallDecider.Decide(new EnqueueCall(QueueId, At(10), -1), Fold(OfPhase[CallPhase.Received])).Refusal!.Code.ShouldBe("HEAD_START_NEGATIVE");

    [Fact]
    public void An_answered_call_whose_agent_is_unknown_has_no_wrap_up()
    {
        var call = Fold([.. OfPhase[CallPhase.Queued], new CallAnswered(CallId, null, At(4))]);
        CallDecider.Decide(Commands["end by caller"], call).Events.ShouldHaveSingleItem().ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Handled);
    }

    [Fact]
    public void A_transferred_call_is_the_other_agents_from_then_on()
    {
        var call = Fold([.. OfPhase[CallPhase.OnHold], .. CallDecider.Decide(Commands["transfer"], Fold(OfPhase[CallPhase.OnHold])).Events]);
        (call.Phase, call.AgentId, call.QueueId).ShouldBe((CallPhase.Connected, OtherAgentId, QueueId));
    }

    [Fact]
    public void A_call_transferred_to_a_queue_waits_there_without_an_agent()
    {
        var call = Fold([.. OfPhase[CallPhase.Connected], .. CallDecider.Decide(new TransferToQueue(OtherAgentId, At(10)), Fold(OfPhase[CallPhase.Connected])).Events]);
        (call.Phase, call.AgentId, call.QueueId).ShouldBe((CallPhase.Queued, null, OtherAgentId));
    }

    [Theory]
    [InlineData("end by caller")]
    [InlineData("end by agent")]
    public void Who_left_the_queue_for_elsewhere_is_neither_abandoned_nor_failed_until_queued_again(string end)
    {
        CallEvent[] overflowed = [.. OfPhase[CallPhase.Offered], new CallOverflowed(CallId, QueueId, new Destination(DestinationKind.Voicemail), "key", At(5))];
        (Fold(overflowed).Phase, Fold(overflowed).OfferedTo.Count).ShouldBe((CallPhase.Received, 0));
        CallDecider.Decide(Commands[end], Fold(overflowed)).Events.ShouldHaveSingleItem().ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Overflowed);
        var again = Fold([.. overflowed, new CallQueued(CallId, OtherAgentId, At(6))]);
        again.IsServedElsewhere.ShouldBeFalse();
    }

    [Fact]
    public void One_agents_call_to_another_visits_no_queue()
    {
        CallEvent[] offered = [new CallReceived(CallId, CallDirection.Internal, "2001", "2002", At(0)), new CallOffered(CallId, AgentId, At(1))];
        Fold([.. offered, new CallOfferNotAnswered(CallId, AgentId, NonResponse.Refused, At(2))]).Phase.ShouldBe(CallPhase.Received);
        CallDecider.Decide(Commands["end by caller"], Fold(offered)).Events.ShouldHaveSingleItem().ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Abandoned);
    }

    [Fact]
    public void A_call_that_rings_at_two_phones_waits_again_when_both_have_not_answered_and_rings_nowhere_when_one_has()
    {
        CallEvent[] ringing = [.. OfPhase[CallPhase.Offered], new CallOffered(CallId, OtherAgentId, At(4))];
        Fold(ringing).OfferedTo.ShouldBe([AgentId, OtherAgentId]);
        CallEvent[] missed = [.. ringing, new CallOfferNotAnswered(CallId, AgentId, NonResponse.Refused, At(5))];
        (Fold(missed).Phase, Fold(missed).OfferedTo.Single()).ShouldBe((CallPhase.Offered, OtherAgentId));
        CallDecider.Decide(Commands["answer"], Fold(missed)).Refusal!.Code.ShouldBe("CALL_OFFERED_TO_ANOTHER");
        Fold([.. missed, new CallOfferNotAnswered(CallId, OtherAgentId, NonResponse.TimedOut, At(6))]).Phase.ShouldBe(CallPhase.Queued);
        var answered = Fold([.. ringing, new CallAnswered(CallId, OtherAgentId, At(6))]);
        (answered.Phase, answered.AgentId, answered.OfferedTo.Count).ShouldBe((CallPhase.Connected, OtherAgentId, 0));
    }

    [Fact]
    public void A_clock_that_steps_back_never_makes_an_event_earlier_than_its_predecessor()
    {
        var call = Fold(OfPhase[CallPhase.Connected]);
        CallDecider.Decide(new HoldCall(At(-100)), call).Events.ShouldHaveSingleItem().OccurredAt.ShouldBe(At(4));
    }

    private static string Tell(Decision<CallEvent> decision) => decision.Refusal is { } refusal
        ? refusal.Code
        : string.Join('+', decision.Events.Select(e => e is CallEnded { Outcome: var outcome } ? $"CallEnded {outcome}" : e.GetType().Name));
}
