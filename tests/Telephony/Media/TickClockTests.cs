using CallCenter.Telephony.Media;
using CallCenter.Telephony.Tests.Rtp;

namespace CallCenter.Telephony.Tests.Media;

public sealed class TickClockTests
{
    private readonly ManualClock _time = new();
    private readonly TickClock _clock;

    public TickClockTests() => _clock = new TickClock(_time, TimeSpan.FromMilliseconds(20));

    [Fact]
    public void Nothing_is_due_before_the_first_period_has_passed()
    {
        _time.AdvanceMilliseconds(19.9);
        Due().ShouldBe((0, 0));
        _clock.UntilNext.ShouldBe(TimeSpan.FromMilliseconds(0.1));
        _time.AdvanceMilliseconds(0.1);
        Due().ShouldBe((1, 0));
        Due().ShouldBe((0, 0));
    }

    [Fact]
    public void Waking_late_each_time_loses_no_tick_over_an_hour()
    {
        var ticks = 0;
        for (var i = 0; i < 3600 * 50; i++)
        {
            // 21.3 ms where 20 were asked for.
            _time.AdvanceMilliseconds(21.3);
            var (due, skipped) = Due();
            skipped.ShouldBe(0);
            due.ShouldBeInRange(1, 2);
            ticks += due;
        }

        ticks.ShouldBe((int)(3600 * 50 * 21.3 / 20));
    }

    [Fact]
    public void A_short_stall_is_made_up_for_and_a_long_one_is_left_out_except_for_a_few_ticks()
    {
        _time.AdvanceMilliseconds(60);
        Due().ShouldBe((3, 0));
        _time.Advance(TimeSpan.FromSeconds(2));
        Due().ShouldBe((TickClock.MaxBurst, 100 - TickClock.MaxBurst));
        _time.AdvanceMilliseconds(20);
        Due().ShouldBe((1, 0));
    }

    [Fact]
    public void A_restart_forgets_the_time_before_it()
    {
        _time.Advance(TimeSpan.FromHours(1));
        _clock.Restart();
        Due().ShouldBe((0, 0));
        _clock.UntilNext.ShouldBe(TimeSpan.FromMilliseconds(20));
    }

    private (int Due, int Skipped) Due()
    {
        var due = _clock.TakeDue(out var skipped);
        return (due, skipped);
    }
}
