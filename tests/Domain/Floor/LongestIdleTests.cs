using CallCenter.Domain.Floor;

using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Domain.Tests.Floor;

public sealed class LongestIdleTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Support = Id(1000);
    private static readonly Guid Sales = Id(1001);

    [Fact]
    public void The_agent_idle_longest_gets_the_call_that_waits_longest() =>
        LongestIdle.Propose(new([Waiting(1, Support, 5), Waiting(2, Support, 9)], [Idle(11, 3, Support), Idle(12, 7, Support)]))
            .ShouldBe([new(Id(2), Id(12)), new(Id(1), Id(11))]);

    [Fact]
    public void An_agent_gets_only_calls_of_own_queues() =>
        LongestIdle.Propose(new([Waiting(1, Support, 9), Waiting(2, Sales, 5)], [Idle(11, 3, Sales)])).ShouldBe([new(Id(2), Id(11))]);

    [Fact]
    public void A_head_start_ranks_before_a_longer_wait() =>
        LongestIdle.Propose(new([Waiting(1, Support, 60), Waiting(2, Support, 10 + 90)], [Idle(11, 3, Support)])).ShouldBe([new(Id(2), Id(11))]);

    [Fact]
    public void An_agent_who_missed_the_call_comes_after_one_who_did_not()
    {
        var call = Waiting(1, Support, 9) with { Missed = new Dictionary<Guid, int> { [Id(12)] = 1 } };
        LongestIdle.Propose(new([call], [Idle(11, 3, Support), Idle(12, 7, Support)])).ShouldBe([new(Id(1), Id(11))]);
        LongestIdle.Propose(new([call], [Idle(12, 7, Support)])).ShouldBe([new(Id(1), Id(12))]);
    }

    [Fact]
    public void Nobody_idle_or_nobody_waiting_proposes_nothing()
    {
        LongestIdle.Propose(new([Waiting(1, Support, 5)], [])).ShouldBeEmpty();
        LongestIdle.Propose(new([], [Idle(11, 3, Support)])).ShouldBeEmpty();
    }

    [Fact]
    public void No_call_and_no_agent_is_proposed_twice_and_nobody_idle_is_left_beside_a_caller_of_own_queue()
    {
        var picture =
            from calls in Gen.Choose(0, 3).SelectMany(q => Gen.Choose(0, 100).Select(s => (Queue: q, Seconds: s))).ListOf()
            from agents in Gen.Choose(0, 7).SelectMany(q => Gen.Choose(0, 100).Select(s => (Queues: q, Seconds: s))).ListOf()
            select new FloorPicture(
                [.. calls.Select((c, i) => Waiting(i, Id(1000 + c.Queue), c.Seconds))],
                [.. agents.Select((a, i) => Idle(500 + i, a.Seconds, [.. Enumerable.Range(0, 3).Where(q => (a.Queues >> q & 1) == 1).Select(q => Id(1000 + q))]))]);

        Prop.ForAll(picture.ToArbitrary(), floor =>
        {
            var proposals = LongestIdle.Propose(floor);
            var offered = proposals.Select(p => p.CallId).ToHashSet();
            var taken = proposals.Select(p => p.AgentId).ToHashSet();
            offered.Count.ShouldBe(proposals.Count);
            taken.Count.ShouldBe(proposals.Count);
            floor.Idle.Where(a => !taken.Contains(a.AgentId))
                .ShouldAllBe(a => !floor.Waiting.Any(c => !offered.Contains(c.CallId) && a.Queues.Contains(c.QueueId)));
        }).QuickCheckThrowOnFailure();
    }

    private static Guid Id(int n) => new(n, 0, 0, new byte[8]);

    private static WaitingCall Waiting(int call, Guid queue, int seconds) => new(Id(call), queue, Now.AddSeconds(-seconds), new Dictionary<Guid, int>());

    private static IdleAgent Idle(int agent, int seconds, params Guid[] queues) => new(Id(agent), queues, Now.AddSeconds(-seconds));
}
