using CallCenter.Domain.Callbacks;

namespace CallCenter.Domain.Tests.Callbacks;

public sealed class CallbackTurnTests
{
    private static readonly Guid Queue = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid OtherQueue = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly Guid Ann = new("0194f000-0000-7000-8000-00000000000c");
    private static readonly Guid Joe = new("0194f000-0000-7000-8000-00000000000d");
    private static readonly Guid First = new("0194f000-0000-7000-8000-000000000001");
    private static readonly Guid Second = new("0194f000-0000-7000-8000-000000000002");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nobody_is_called_while_no_agent_of_the_queue_is_idle()
    {
        Due([Kept(First, 10)], [], [Agent(Ann, isIdle: false)]).ShouldBeEmpty();
        Due([Kept(First, 10)], [], [new CallbackAgent(Ann, [OtherQueue], IsIdle: true, IsSignedIn: true)]).ShouldBeEmpty();
        Due([Kept(First, 10)], [], [Agent(Ann)]).ShouldBe([First]);
    }

    [Fact]
    public void As_many_are_called_as_agents_are_idle_the_better_place_first() =>
        Due([Kept(First, 10), Kept(Second, 20)], [], [Agent(Ann)]).ShouldBe([Second]);

    [Fact]
    public void Who_waits_with_a_better_place_has_the_agent_and_who_waits_with_a_worse_one_does_not_count()
    {
        Due([Kept(First, 10)], [(Queue, Now.AddSeconds(-20))], [Agent(Ann)]).ShouldBeEmpty();
        Due([Kept(First, 10)], [(Queue, Now.AddSeconds(-20))], [Agent(Ann), Agent(Joe)]).ShouldBe([First]);
        Due([Kept(First, 10)], [(Queue, Now.AddSeconds(-5)), (OtherQueue, Now.AddSeconds(-20))], [Agent(Ann)]).ShouldBe([First]);
    }

    [Fact]
    public void Who_is_being_called_will_need_an_agent_too() =>
        Due([Kept(First, 10) with { IsUnderWay = true }, Kept(Second, 20)], [], [Agent(Ann)]).ShouldBeEmpty();

    [Fact]
    public void Nobody_is_called_before_the_time() =>
        Due([Kept(First, 10) with { NotBefore = Now.AddSeconds(1) }, Kept(Second, 5) with { NotBefore = Now }], [], [Agent(Ann)]).ShouldBe([Second]);

    [Theory]
    [InlineData(true, true, 0, true)]
    [InlineData(false, true, 0, false)]
    [InlineData(false, true, 15, true)]
    [InlineData(false, false, 0, true)]
    public void One_for_a_certain_agent_waits_for_that_agent_while_signed_in_and_not_for_ever(bool isIdle, bool isSignedIn, int minutesLate, bool isDue)
    {
        var callback = Kept(First, 0) with { AgentId = Ann, NotBefore = Now.AddMinutes(-minutesLate) };
        Due([callback], [], [Agent(Ann, isIdle) with { IsSignedIn = isSignedIn }, Agent(Joe)]).ShouldBe(isDue ? [First] : []);
    }

    private static IReadOnlyList<Guid> Due(WaitingCallback[] callbacks, (Guid, DateTimeOffset)[] waiting, CallbackAgent[] agents) => CallbackTurn.Due(callbacks, waiting, agents, Now);

    private static WaitingCallback Kept(Guid id, int secondsAgo) => new(id, Queue, Now.AddSeconds(-secondsAgo), null, null, IsUnderWay: false);

    private static CallbackAgent Agent(Guid id, bool isIdle = true) => new(id, [Queue], isIdle, IsSignedIn: true);
}
