using CallCenter.Domain.Agents;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

using static CallCenter.Domain.Tests.Floor.Floors;

namespace CallCenter.Domain.Tests.Floor;

public sealed class DistributorTests
{
    private static readonly QueueSettings Plain = new("Support", "1000");
    private static readonly SkillNeed German = new("german", 5) { Relaxations = [new(30, 3), new(60, 0)] };

    [Fact]
    public void The_contact_that_ranks_first_gets_the_agent_idle_longest() => Picture(Plain, [Waiting(1, 5), Waiting(2, 9)], [Idle(11, 3), Idle(12, 7)]).Offers().ShouldBe("2:12 1:11");

    [Fact]
    public void An_agent_gets_only_contacts_of_own_queues() => Picture(Plain, [Waiting(1, 9), Waiting(2, 5, Sales)], [Idle(11, 3, Sales)]).Offers().ShouldBe("2:11");

    [Fact]
    public void Nobody_idle_or_nobody_waiting_proposes_nothing()
    {
        Picture(Plain, [Waiting(1, 5)], []).Offers().ShouldBeEmpty();
        Picture(Plain, [], [Idle(11, 3)]).Offers().ShouldBeEmpty();
    }

    [Fact]
    public void Who_is_not_available_not_reachable_or_paused_is_not_idle() => Picture(
        Plain, [Waiting(1, 5)],
        [Idle(11, 9) with { Status = AgentStatus.Busy }, Idle(12, 8) with { IsReachable = false }, Idle(13, 7) with { OfferableFrom = Now.AddMilliseconds(1) }, Idle(14, 1) with { OfferableFrom = Now }]).Offers().ShouldBe("1:14");

    [Theory]
    [InlineData(DistributionMethod.LongestIdle, "1:12 2:13 3:11")]
    [InlineData(DistributionMethod.FewestCalls, "1:13 2:12 3:11")]
    [InlineData(DistributionMethod.LeastTalk, "1:11 2:12 3:13")]
    [InlineData(DistributionMethod.TopDown, "1:13 2:12 3:11")]
    [InlineData(DistributionMethod.Hunting, "1:12 2:11 3:13")]
    [InlineData(DistributionMethod.Skills, "1:11 2:13 3:12")]
    [InlineData(DistributionMethod.RingAll, "1:12+13+11")]
    public void A_method_names_the_next_agent(DistributionMethod method, string offers)
    {
        var settings = Plain with { Method = method, Order = [Id(13), Id(12)], Skills = [new SkillNeed("german", 1), new SkillNeed("loans", 1, SkillStrength.Preferred)] };
        AgentOnFloor[] agents =
        [
            (Idle(11, 1) with { CallsTaken = 3, TalkTime = TimeSpan.FromSeconds(10) }).With(("german", 5), ("loans", 5)),
            (Idle(12, 9) with { CallsTaken = 3, TalkTime = TimeSpan.FromSeconds(20) }).With(("german", 1), ("loans", 1)),
            (Idle(13, 5) with { CallsTaken = 2, TalkTime = TimeSpan.FromSeconds(30) }).With(("german", 1), ("loans", 8)),
        ];

        Picture(settings, [Waiting(1, 9), Waiting(2, 8), Waiting(3, 7)], agents, lastOffered: Id(13)).Offers().ShouldBe(offers);
    }

    [Fact]
    public void Hunting_goes_round_the_order_and_then_round_those_who_are_not_in_it()
    {
        var settings = Plain with { Method = DistributionMethod.Hunting, Order = [Id(13), Id(11)] };
        AgentOnFloor[] agents = [Idle(11, 1), Idle(12, 9), Idle(13, 5), Idle(14, 20)];
        Next(null).ShouldBe("1:13");
        Next(13).ShouldBe("1:11");
        Next(11).ShouldBe("1:12");
        Next(12).ShouldBe("1:14");
        Next(14).ShouldBe("1:13");
        Next(99).ShouldBe("1:13", "whoever was last need not be there any more");

        string Next(int? last) => Picture(settings, [Waiting(1, 9)], agents, last is { } n ? Id(n) : null).Offers();
    }

    [Fact]
    public void Chance_gives_a_contact_the_same_agent_again_and_different_contacts_all_agents()
    {
        var settings = Plain with { Method = DistributionMethod.Random };
        var agents = Enumerable.Range(11, 5).Select(n => Idle(n, 1)).ToList();
        var first = Enumerable.Range(1, 100).Select(n => Picture(settings, [Waiting(n, 5)], agents).Offers()).ToList();
        Enumerable.Range(1, 100).Select(n => Picture(settings, [Waiting(n, 5)], agents).Offers()).ShouldBe(first);
        first.GroupBy(offer => offer.Split(':')[1], StringComparer.Ordinal).Select(agent => agent.Count()).ShouldAllBe(times => times > 5 && times < 40);
        first.Select(offer => offer.Split(':')[1]).Distinct(StringComparer.Ordinal).Count().ShouldBe(5);
    }

    [Fact]
    public void Ring_all_leaves_nobody_to_the_next_contact_but_agents_of_other_queues()
    {
        var settings = Plain with { Method = DistributionMethod.RingAll };
        Picture(settings, [Waiting(1, 9), Waiting(2, 8), Waiting(3, 7, Sales)], [Idle(11, 1), Idle(12, 3), Idle(13, 5, Sales)]).Offers().ShouldBe("1:12+11 3:13");
    }

    [Fact]
    public void An_agent_who_missed_the_contact_comes_after_one_who_did_not()
    {
        var contact = Waiting(1, 9) with { Missed = new Dictionary<Guid, int> { [Id(12)] = 1 } };
        Picture(Plain, [contact], [Idle(11, 3), Idle(12, 7)]).Offers().ShouldBe("1:11");
        Picture(Plain, [contact], [Idle(12, 7)]).Offers().ShouldBe("1:12");
    }

    [Theory]
    [InlineData(10, "1:11")] // German of 5 and up
    [InlineData(30, "1:12")] // of 3 and up
    [InlineData(60, "1:13")] // dropped
    public void A_required_skill_is_relaxed_by_time(double waited, string offer)
    {
        var settings = Plain with { Skills = [German] };
        Picture(settings, [Waiting(1, waited)], [Idle(11, 1).With(("german", 5)), Idle(12, 5).With(("german", 3)), Idle(13, 9)]).Offers().ShouldBe(offer);
        Picture(settings, [Waiting(1, 10)], [Idle(12, 5).With(("german", 4)), Idle(13, 9)]).Offers().ShouldBeEmpty();
    }

    [Fact]
    public void A_contacts_own_need_counts_like_the_queues()
    {
        var contact = Waiting(1, 10) with { Needs = [new SkillNeed("loans", 2)] };
        Picture(Plain, [contact, Waiting(2, 5)], [Idle(11, 9), Idle(12, 1).With(("loans", 2))]).Offers().ShouldBe("1:12 2:11");
        Picture(Plain, [contact, Waiting(2, 5)], [Idle(11, 9)]).Offers().ShouldBe("2:11");
    }

    [Fact]
    public void Who_has_a_preferred_skill_is_asked_first_and_who_has_not_all_the_same()
    {
        var settings = Plain with { Skills = [German with { Strength = SkillStrength.Preferred }] };
        Picture(settings, [Waiting(1, 10)], [Idle(11, 9), Idle(12, 1).With(("german", 5))]).Offers().ShouldBe("1:12");
        Picture(settings, [Waiting(1, 10)], [Idle(11, 9)]).Offers().ShouldBe("1:11");
    }

    [Theory]
    [InlineData(5, "1:12")]
    [InlineData(30, "1:12")] // the second line is open, but the first has somebody
    public void The_first_tier_is_asked_before_the_second(double waited, string offer) =>
        Picture(Tiered, [Waiting(1, waited)], [Idle(11, 9).In("second"), Idle(12, 1).In("other", "first")]).Offers().ShouldBe(offer);

    [Theory]
    [InlineData(29.9, "")]
    [InlineData(30, "1:11")]
    public void A_tier_opens_after_its_wait(double waited, string offer) => Picture(Tiered, [Waiting(1, waited)], [Idle(11, 9).In("second"), Idle(13, 20)]).Offers().ShouldBe(offer);

    [Theory]
    [InlineData(20, AgentStatus.Busy, "2:11")] // waits for the one who talks
    [InlineData(45, AgentStatus.Busy, "1:11")] // no longer
    [InlineData(20, AgentStatus.Available, "1:12 2:11")]
    [InlineData(20, AgentStatus.NotReady, "1:11")] // waits for nobody who will not come
    public void A_contact_waits_for_its_last_agent_within_the_queues_patience(double waited, AgentStatus last, string offers)
    {
        var contact = Waiting(1, waited) with { LastAgentId = Id(12) };
        Picture(Plain with { LastAgentPatienceSeconds = 45 }, [contact, Waiting(2, 1)], [Idle(11, 9), Idle(12, 1) with { Status = last }]).Offers().ShouldBe(offers);
    }

    [Fact]
    public void A_contact_does_not_wait_for_a_last_agent_who_is_gone_or_has_not_answered_it()
    {
        var settings = Plain with { LastAgentPatienceSeconds = 45 };
        Picture(settings, [Waiting(1, 5) with { LastAgentId = Id(12) }], [Idle(11, 9)]).Offers().ShouldBe("1:11");
        Picture(settings, [Waiting(1, 5) with { LastAgentId = Id(12), Missed = new Dictionary<Guid, int> { [Id(12)] = 1 } }], [Idle(11, 9), Idle(12, 20)]).Offers().ShouldBe("1:11");
        Picture(Plain, [Waiting(1, 5) with { LastAgentId = Id(12) }], [Idle(11, 9), Idle(12, 1)]).Offers().ShouldBe("1:11", "no patience, no preference");
    }

    [Fact]
    public void A_contact_for_a_named_agent_is_offered_to_nobody_else_and_to_that_agent_of_whatever_queue()
    {
        var contact = Waiting(1, 500) with { NamedAgentId = Id(12) };
        Picture(Plain, [contact], [Idle(11, 9)]).Offers().ShouldBeEmpty();
        Picture(Plain, [contact], [Idle(11, 9), Idle(12, 1, Sales)]).Offers().ShouldBe("1:12");
    }

    [Theory]
    [InlineData(20, AgentStatus.Busy, "2:11")]
    [InlineData(30, AgentStatus.Busy, "1:11")] // anybody by now
    [InlineData(20, AgentStatus.Available, "1:12 2:11")]
    [InlineData(20, AgentStatus.NotReady, "1:11")]
    public void A_named_agent_with_a_patience_is_waited_for_that_long(double waited, AgentStatus named, string offers)
    {
        var contact = Waiting(1, waited) with { NamedAgentId = Id(12), NamedPatienceSeconds = 30 };
        Picture(Plain, [contact, Waiting(2, 1)], [Idle(11, 9), Idle(12, 1) with { Status = named }]).Offers().ShouldBe(offers);
        Picture(Plain, [contact with { Missed = new Dictionary<Guid, int> { [Id(12)] = 1 } }], [Idle(11, 9)]).Offers().ShouldBe("1:11", "who did not answer is not waited for");
    }

    [Fact]
    public void Who_gets_free_joins_those_whom_ring_all_rings_already_once_nobody_else_waits_for_them()
    {
        var all = Plain with { Method = DistributionMethod.RingAll };
        var ringing = Waiting(1, 9) with { Missed = new Dictionary<Guid, int> { [Id(13)] = 1 } };
        (Picture(all, [], [Idle(11, 3), Idle(12, 7), Idle(13, 9)]) with { Ringing = [ringing] }).Offers().ShouldBe("1:12+11", "who has refused it is not rung again while others are");
        (Picture(all, [Waiting(2, 1)], [Idle(11, 3)]) with { Ringing = [ringing] }).Offers().ShouldBe("2:11");
        (Picture(all, [], [Idle(11, 3)]) with { Ringing = [ringing with { NamedAgentId = Id(12) }] }).Offers().ShouldBeEmpty();
    }

    [Fact]
    public void The_waits_after_which_more_agents_can_be_asked_are_told() =>
        Distributor.WaitsThatMatter(Tiered with { Skills = [German], LastAgentPatienceSeconds = 45 }, Waiting(1, 0) with { Needs = [new SkillNeed("loans", 2) { Relaxations = [new(10, 0)] }], NamedAgentId = Id(12), NamedPatienceSeconds = 20 })
            .Order().ShouldBe([10, 20, 30, 45, 60]);

    private static QueueSettings Tiered => Plain with { Tiers = [new(["first"], 0), new(["second", "expert"], 30)] };
}
