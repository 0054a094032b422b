using CallCenter.Domain.Calls;

using static CallCenter.Domain.Tests.Calls.CallHistories;

namespace CallCenter.Domain.Tests.Calls;

/// <summary>How calls count that end in the IVR (KPI.md, selfServiceRate and ivrAbandonmentRate).</summary>
public sealed class IvrDeciderTests
{
    private static readonly CallEvent[] Served = [.. OfPhase[CallPhase.InIvr], new SelfServiceCompleted(CallId, "bank", "balance", At(2))];

    [Theory]
    [InlineData("end by caller")]
    [InlineData("end in ivr")]
    public void Who_ends_in_the_ivr_after_a_completed_step_has_served_himself(string end)
    {
        CallDecider.Decide(Commands[end], Fold(Served)).Events.ShouldHaveSingleItem().ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.SelfServed);
        CallDecider.Decide(Commands[end], Fold(OfPhase[CallPhase.InIvr])).Events.ShouldHaveSingleItem().ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.LeftInIvr);
    }

    [Fact]
    public void Who_goes_on_to_an_agent_after_it_is_handled_and_who_leaves_the_queue_has_abandoned()
    {
        CallEvent[] queued = [.. Served, new CallQueued(CallId, QueueId, At(3))];
        CallDecider.Decide(Commands["end by caller"], Fold(queued)).Events[^1].ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Abandoned);
        CallDecider.Decide(Commands["end by caller"], Fold([.. queued, new CallAnswered(CallId, AgentId, At(4))])).Events[0].ShouldBeOfType<CallEnded>().Outcome.ShouldBe(CallOutcome.Handled);
    }

    [Fact]
    public void A_number_that_a_flow_sends_to_is_not_told() =>
        CallDecider.Decide(new LeaveIvr(new Destination(DestinationKind.Number, "5559876"), At(9)), Fold(OfPhase[CallPhase.InIvr])).Events.ShouldBe([new CallLeftIvr(CallId, new Destination(DestinationKind.Number), At(9))]);

    [Fact]
    public void A_score_off_its_scale_is_refused() =>
        CallDecider.Decide(new AnswerSurvey("content", 6, 1, 5, At(9)), Fold(OfPhase[CallPhase.InIvr])).Refusal!.Code.ShouldBe("SCORE");
}
