using CallCenter.Domain.Agents;
using CallCenter.Domain.Dialling;

namespace CallCenter.Domain.Tests.Agents;

/// <summary>A shift: pauses asked for while busy, what is counted, seats, and what a stop of ours leaves.</summary>
public sealed class AgentShiftTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid Call = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly Guid Other = new("0194f000-0000-7000-8000-00000000000c");
    private static readonly DateTimeOffset Start = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_pause_asked_for_in_a_call_begins_when_the_call_is_over()
    {
        var agent = Do(Busy(), new SetAgentReady(false, "lunch", At(20)));
        (agent.Status, agent.Pending).ShouldBe((AgentStatus.Busy, new AgentPause(AgentStatus.NotReady, "lunch")));
        agent = Do(agent, new WrapUpAgent(Call, At(30)));
        (agent.Status, agent.Pending).ShouldBe((AgentStatus.WrapUp, new AgentPause(AgentStatus.NotReady, "lunch")));
        agent = Do(agent, new ReleaseAgent(Call, At(40)));
        (agent.Status, agent.Reason, agent.Pending, agent.CallId).ShouldBe((AgentStatus.NotReady, "lunch", null, null));
    }

    [Fact]
    public void A_pause_asked_for_can_be_taken_back()
    {
        var agent = Do(Busy(), new SetAgentReady(false, "lunch", At(20)), new SetAgentReady(true, null, At(21)), new ReleaseAgent(Call, At(30)));
        agent.Status.ShouldBe(AgentStatus.Available);
    }

    [Fact]
    public void Who_leaves_in_a_call_is_signed_out_after_it()
    {
        var agent = Do(Busy(), new LeaveShift("by-hand", At(20)), new ReleaseAgent(Call, At(30)));
        (agent.Status, agent.Reason, agent.LeftByHand).ShouldBe((AgentStatus.SignedOut, "by-hand", true));
    }

    [Theory]
    [InlineData("")]
    [InlineData("phone-unregistered")]
    [InlineData("system-restart")]
    public void Who_leaves_gives_a_reason_of_its_own(string reason) => AgentDecider.Decide(new LeaveShift(reason, At(20)), Available()).Refusal!.Code.ShouldBe("REASON");

    [Fact]
    public void An_own_call_interrupts_a_pause_which_goes_on_after_it()
    {
        var agent = Do(Available(), new SetAgentReady(false, "back-office", At(5)), new OccupyAgent(Call, At(6), Own: true), new ReleaseAgent(Call, At(9)));
        (agent.Status, agent.Reason).ShouldBe((AgentStatus.NotReady, "back-office"));
    }

    [Fact]
    public void Calls_and_talk_are_counted_from_signing_in_on()
    {
        var agent = Do(Busy(), new MoveAgent(Call, Other, At(15)), new WrapUpAgent(Other, At(40)), new ReleaseAgent(Other, At(50)), new OfferToAgent(Call, At(51)), new ReleaseAgent(Call, At(60)));
        (agent.CallsTaken, agent.TalkTime).ShouldBe((2, TimeSpan.FromSeconds(30)));
        agent = Do(agent, new SignOutAgent(AgentDecider.PhoneGone, At(70)), new SignInAgent(At(80)));
        (agent.CallsTaken, agent.TalkTime).ShouldBe((0, TimeSpan.Zero));
    }

    [Fact]
    public void A_seat_is_the_agents_phone_until_the_end_of_the_shift()
    {
        var agent = Do(Created(), new SeatAgent("2009", At(1)));
        (agent.Extension, agent.Status).ShouldBe(("2009", AgentStatus.Available));
        agent = Do(agent, new ChangeAgent("Ann", "2002", [], At(2)));
        (agent.Extension, agent.OwnExtension).ShouldBe(("2009", "2002"));
        Do(agent, new SignOutAgent("system-restart", At(3))).Extension.ShouldBe("2009");
        agent = Do(agent, new LeaveShift("by-hand", At(3)));
        (agent.Extension, agent.Seat).ShouldBe(("2002", null));
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(3600, true)]
    [InlineData(3601, false)]
    public void A_pause_that_a_stop_of_ours_cut_goes_on_within_the_hour(int seconds, bool goesOn)
    {
        var agent = Do(Busy(), new ReleaseAgent(Call, At(20)), new SetAgentReady(false, "lunch", At(25)), new SignOutAgent("system-restart", At(30)));
        agent.LeftByHand.ShouldBeFalse();
        agent = Do(agent, new SignInAgent(At(30 + seconds)));
        (agent.Status, agent.Reason, agent.CallsTaken).ShouldBe(goesOn ? (AgentStatus.NotReady, "lunch", 1) : (AgentStatus.Available, null, 0));
        agent.Interrupted.ShouldBeFalse();
    }

    [Fact]
    public void A_pause_that_was_only_asked_for_counts_after_a_stop_as_well() =>
        Do(Busy(), new SetAgentReady(false, "lunch", At(20)), new SignOutAgent("system-restart", At(30)), new SignInAgent(At(31))).Reason.ShouldBe("lunch");

    [Fact]
    public void A_wrap_up_is_made_longer_by_an_hour_in_all_at_most()
    {
        var agent = Do(Busy(), new WrapUpAgent(Call, At(20)), new ExtendWrapUp(3000, At(21)));
        agent.WrapUpExtensionSeconds.ShouldBe(3000);
        AgentDecider.Decide(new ExtendWrapUp(601, At(22)), agent).Refusal!.Code.ShouldBe("WRAP_UP_EXTENSION");
        AgentDecider.Decide(new ExtendWrapUp(0, At(22)), agent).Refusal!.Code.ShouldBe("WRAP_UP_EXTENSION");
        Do(agent, new ExtendWrapUp(600, At(22)), new ReleaseAgent(Call, At(23))).WrapUpExtensionSeconds.ShouldBe(0);
    }

    public static TheoryData<Desk> BadDesks() =>
    [
        new Desk { MaxCallSeconds = 59 },
        new Desk { SpeedDials = new Dictionary<string, string>(StringComparer.Ordinal) { ["12345"] = "2001" } },
        new Desk { SpeedDials = new Dictionary<string, string>(StringComparer.Ordinal) { ["1"] = "ann" } },
        new Desk { Supervises = [""] },
        new Desk { ForwardAlways = new Destination(DestinationKind.HangUp) },
        new Desk { ForwardBusy = new Destination(DestinationKind.Number, "+") },
        new Desk { ForwardNoAnswer = new Destination(DestinationKind.Agent) },
    ];

    [Theory]
    [MemberData(nameof(BadDesks))]
    public void A_desk_that_makes_no_sense_is_refused(Desk desk) => AgentDecider.Decide(new ChangeDesk(desk, At(1)), Available()).Refusal!.Code.ShouldBe("DESK");

    [Fact]
    public void A_desk_is_as_it_was_set_from_then_on()
    {
        var desk = new Desk { DialClass = DialClass.National, ForwardAlways = new Destination(DestinationKind.Number, "+49 30 1234") };
        Do(Available(), new ChangeDesk(desk, At(1))).Desk.ShouldBe(desk);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12a")]
    [InlineData("123456789")]
    public void An_agents_number_is_1_to_8_digits(string number) => AgentDecider.Decide(new ChangeAgentLogin(number, At(1)), Available()).Refusal!.Code.ShouldBe("AGENT_NUMBER");

    private static DateTimeOffset At(int second) => Start.AddSeconds(second);

    private static Agent Created() => Agent.Evolve(Agent.Initial, new AgentCreated(Id, "Ann", "2001", [], Start));

    private static Agent Available() => Do(Created(), new SignInAgent(Start));

    private static Agent Busy() => Do(Available(), new OfferToAgent(Call, At(5)), new OccupyAgent(Call, At(10)));

    private static Agent Do(Agent agent, params AgentCommand[] commands)
    {
        foreach (var command in commands)
        {
            var decision = AgentDecider.Decide(command, agent);
            decision.Refusal.ShouldBeNull();
            agent = decision.Events.Aggregate(agent, Agent.Evolve);
        }

        return agent;
    }
}
