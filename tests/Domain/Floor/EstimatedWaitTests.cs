using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

using static CallCenter.Domain.Tests.Floor.Floors;

namespace CallCenter.Domain.Tests.Floor;

public sealed class EstimatedWaitTests
{
    private static readonly QueueSettings Plain = new("Support", "1000");

    [Fact]
    public void Nothing_is_estimated_before_the_first_answer() => EstimatedWait.For(Waiting(1, 0), Picture(Plain, [], [])).ShouldBeNull();

    [Fact]
    public void Without_intervals_the_last_waits_are_the_estimate() => EstimatedWait.Of(QueuePace.Unknown.Answered(Now.AddSeconds(-40), Now), 3).ShouldBe(40);

    [Fact]
    public void An_estimate_is_of_intervals_and_waits()
    {
        // Answered at 0, 10 and 30 s; all came before the first answer: intervals of 10 and 20 s, waits of 100, 100 and 130 s.
        var pace = QueuePace.Unknown.Answered(Now.AddSeconds(-100), Now).Answered(Now.AddSeconds(-90), Now.AddSeconds(10)).Answered(Now.AddSeconds(-100), Now.AddSeconds(30));
        (pace.MeanIntervalSeconds, pace.MeanWaitSeconds).ShouldBe((15, 110));
        EstimatedWait.Of(pace, 3)!.Value.ShouldBe((0.7 * 4 * 15) + (0.3 * 110), 1e-9);
    }

    [Fact]
    public void An_interval_in_which_the_queue_was_empty_says_nothing() =>
        QueuePace.Unknown.Answered(Now, Now).Answered(Now.AddSeconds(50), Now.AddSeconds(60)).MeanIntervalSeconds.ShouldBeNull();

    [Fact]
    public void Old_waits_and_intervals_are_forgotten()
    {
        var pace = QueuePace.Unknown;
        for (var i = 0; i <= 200; i++)
        {
            pace = pace.Answered(Now.AddSeconds(-1000), Now.AddSeconds(i < 100 ? i * 100 : 10_000 + i));
        }

        pace.MeanIntervalSeconds.ShouldBe(1);
        pace.MeanWaitSeconds.ShouldBe(11_198);
    }

    [Fact]
    public void Only_who_ranks_before_in_the_same_queue_is_ahead()
    {
        var pace = QueuePace.Unknown.Answered(Now.AddSeconds(-30), Now).Answered(Now.AddSeconds(-20), Now.AddSeconds(10));
        WaitingContact[] waiting = [Waiting(2, 20), Waiting(3, 5), Waiting(4, 90, Sales)];
        EstimatedWait.For(Waiting(1, 10), Picture(Plain, waiting, [], pace: pace))!.Value.ShouldBe((0.7 * 2 * 10) + (0.3 * 30), 1e-9);
        EstimatedWait.For(Waiting(1, 10) with { Priority = 1 }, Picture(Plain, waiting, [], pace: pace))!.Value.ShouldBe((0.7 * 10) + (0.3 * 30), 1e-9);
    }

    [Fact]
    public void Who_comes_to_an_idle_agent_does_not_wait() => EstimatedWait.For(Waiting(1, 0), Picture(Plain, [], [Idle(11, 1)])).ShouldBe(0);
}
