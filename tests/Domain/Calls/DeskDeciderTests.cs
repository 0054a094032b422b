using CallCenter.Domain.Calls;

using static CallCenter.Domain.Tests.Calls.CallHistories;

namespace CallCenter.Domain.Tests.Calls;

/// <summary>What hands do with a call, one after the other.</summary>
public sealed class DeskDeciderTests
{
    [Fact]
    public void A_muted_call_is_heard_again_when_it_is_another_agents()
    {
        var call = Do(Connected(), new MuteCall(At(10)));
        call.IsMuted.ShouldBeTrue();
        CallDecider.Decide(new MuteCall(At(11)), call).Events.ShouldBeEmpty();
        Do(call, new UnmuteCall(At(11))).IsMuted.ShouldBeFalse();
        Do(call, new TransferToAgent(OtherAgentId, TransferKind.Blind, At(11))).IsMuted.ShouldBeFalse();
    }

    [Fact]
    public void A_conference_takes_agents_and_numbers_once_each_up_to_its_limit()
    {
        var call = Do(Connected(), new JoinParty(PartyId, OtherAgentId, null, At(10)), new JoinParty(Guid.NewGuid(), null, "555", At(11)));
        call.Parties.Select(party => (party.AgentId, party.Number)).ShouldBe([(OtherAgentId, null), (null, "555")]);
        CallDecider.Decide(new JoinParty(PartyId, null, "556", At(12)), call).Refusal!.Code.ShouldBe("PARTY_EXISTS");
        CallDecider.Decide(new JoinParty(Guid.NewGuid(), OtherAgentId, null, At(12)), call).Refusal!.Code.ShouldBe("PARTY_EXISTS");
        CallDecider.Decide(new JoinParty(Guid.NewGuid(), AgentId, null, At(12)), call).Refusal!.Code.ShouldBe("PARTY_EXISTS");
        CallDecider.Decide(new ParkCall(1, At(12)), call).Refusal!.Code.ShouldBe("CALL_STATE");
        while (call.Parties.Count < DeskDecider.MostParties)
        {
            call = Do(call, new JoinParty(Guid.NewGuid(), null, "557", At(12)));
        }

        CallDecider.Decide(new JoinParty(Guid.NewGuid(), null, "558", At(13)), call).Refusal!.Code.ShouldBe("CONFERENCE_FULL");
        Do(call, new LeaveParty(PartyId, At(13))).Parties.Count.ShouldBe(DeskDecider.MostParties - 1);
    }

    [Fact]
    public void Who_leaves_a_conference_leaves_the_caller_to_an_agent_or_to_those_outside()
    {
        var call = Do(Connected(), new JoinParty(PartyId, OtherAgentId, null, At(10)), new JoinParty(Guid.NewGuid(), null, "555", At(11)));
        var left = Do(call, new LeaveConference(OtherAgentId, At(12)));
        (left.AgentId, left.Parties.Count, left.Phase).ShouldBe((OtherAgentId, 1, CallPhase.Connected));
        left = Do(left, new LeaveConference(null, At(13)));
        (left.AgentId, left.Parties.Count, left.Phase).ShouldBe((null, 0, CallPhase.Connected));
    }

    [Fact]
    public void A_parked_call_has_no_agent_until_it_is_fetched()
    {
        var call = Do(Connected(), new ParkCall(7, At(10)));
        (call.Phase, call.AgentId, call.Parked, call.IsLive).ShouldBe((CallPhase.Parked, null, new ParkedAt(7, AgentId), true));
        var fetched = Do(call, new TimeOutPark(At(11)), new RetrieveParked(OtherAgentId, At(12)));
        (fetched.Phase, fetched.AgentId, fetched.Parked).ShouldBe((CallPhase.Connected, OtherAgentId, null));
        var queued = Do(call, new TransferToQueue(QueueId, At(11)));
        (queued.Phase, queued.Parked).ShouldBe((CallPhase.Queued, null));
        CallDecider.Decide(new ParkCall(0, At(10)), Connected()).Refusal!.Code.ShouldBe("PARK_SLOT");
    }

    [Fact]
    public void Who_picks_up_says_where_it_rang()
    {
        var events = CallDecider.Decide(new PickUpCall(OtherAgentId, At(10)), Fold(OfPhase[CallPhase.Offered])).Events;
        events.ShouldBe([new CallPickedUp(CallId, OtherAgentId, At(10), AgentId), new CallAnswered(CallId, OtherAgentId, At(10))]);
    }

    [Fact]
    public void A_caller_who_was_sent_to_a_number_talks_without_an_agent()
    {
        var call = Do(Connected(), new TransferToNumber("5559876", TransferKind.Attended, At(10)));
        (call.Phase, call.AgentId).ShouldBe((CallPhase.Connected, null));
        Do(Connected(), new TransferToFlow("main", At(10))).Phase.ShouldBe(CallPhase.Received);
    }

    [Fact]
    public void Supervision_changes_its_mode_ends_and_may_take_over()
    {
        var call = Do(Connected(), new StartSupervision(OtherAgentId, SupervisionMode.Listen, false, At(10)), new StartSupervision(OtherAgentId, SupervisionMode.Barge, true, At(11)));
        call.Supervisions.ShouldBe([new Supervision(OtherAgentId, SupervisionMode.Barge, true)]);
        CallDecider.Decide(new StartSupervision(OtherAgentId, SupervisionMode.Barge, true, At(12)), call).Events.ShouldBeEmpty();
        CallDecider.Decide(new StartSupervision(AgentId, SupervisionMode.Listen, false, At(12)), call).Refusal!.Code.ShouldBe("SUPERVISION");
        Do(call, new EndSupervision(OtherAgentId, At(12))).Supervisions.ShouldBeEmpty();
        var taken = Do(call, new TakeOverCall(OtherAgentId, At(12)));
        (taken.AgentId, taken.Supervisions.Count, taken.Phase).ShouldBe((OtherAgentId, 0, CallPhase.Connected));
    }

    private static Call Connected() => Fold(OfPhase[CallPhase.Connected]);

    private static Call Do(Call call, params CallCommand[] commands)
    {
        foreach (var command in commands)
        {
            var decision = CallDecider.Decide(command, call);
            decision.Refusal.ShouldBeNull();
            call = decision.Events.Aggregate(call, Call.Evolve);
        }

        return call;
    }
}
