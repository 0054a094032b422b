using CallCenter.Domain.Calls;

using static CallCenter.Domain.Tests.Calls.CallHistories;

namespace CallCenter.Domain.Tests.Calls;

public sealed class CallTests
{
    [Fact]
    public void Each_history_folds_to_its_phase() =>
        OfPhase.ShouldAllBe(history => Fold(history.Value).Phase == history.Key);

    [Fact]
    public void A_missed_offer_leaves_the_call_waiting_in_its_queue()
    {
        var call = Fold([.. OfPhase[CallPhase.Offered], new CallOfferNotAnswered(CallId, AgentId, NonResponse.TimedOut, At(9))]);
        call.ShouldBe(new Call(CallId, CallPhase.Queued, QueueId, null, null, At(9)));
    }

    [Fact]
    public void An_abandoned_call_ends_with_that_outcome()
    {
        var call = Fold([.. OfPhase[CallPhase.Offered], new CallAbandoned(CallId, At(9)), new CallEnded(CallId, CallParty.Caller, "hang-up", CallOutcome.Abandoned, At(9))]);
        call.ShouldBe(new Call(CallId, CallPhase.Ended, QueueId, null, CallOutcome.Abandoned, At(9)));
    }

    [Theory]
    [InlineData(CallPhase.None, false)]
    [InlineData(CallPhase.Received, true)]
    [InlineData(CallPhase.Queued, true)]
    [InlineData(CallPhase.OnHold, true)]
    [InlineData(CallPhase.WrapUp, false)]
    [InlineData(CallPhase.Ended, false)]
    public void A_call_is_live_while_the_caller_is_on_the_line(CallPhase phase, bool live) => Fold(OfPhase[phase]).IsLive.ShouldBe(live);
}
