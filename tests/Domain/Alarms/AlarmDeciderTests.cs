using CallCenter.Domain.Alarms;

namespace CallCenter.Domain.Tests.Alarms;

public sealed class AlarmDeciderTests
{
    private static readonly Guid Queue = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly AlarmThresholds All = new() { WaitSeconds = 60, Waiting = 5, ServiceLevelPercent = 80, NobodySignedIn = true };
    private static readonly QueueFigures Fine = new(Queue, 4, 59.9, 80, 1);

    public static TheoryData<QueueFigures, AlarmKind> Wrong() => new()
    {
        { Fine with { LongestWaitSeconds = 60 }, AlarmKind.Wait },
        { Fine with { Waiting = 5 }, AlarmKind.Waiting },
        { Fine with { ServiceLevelPercent = 79.9 }, AlarmKind.ServiceLevel },
        { Fine with { SignedIn = 0 }, AlarmKind.NobodySignedIn },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void An_alarm_is_raised_once_and_cleared_once(QueueFigures wrong, AlarmKind kind)
    {
        var alarms = Do(QueueAlarms.Initial, new ConfigureAlarms(Queue, All, At));
        AlarmDecider.Decide(new ObserveQueue(Fine, At), alarms).Events.ShouldBeEmpty();
        alarms = Do(alarms, new ObserveQueue(wrong, At.AddSeconds(1)));
        alarms.Raised.Keys.ShouldBe([kind]);
        AlarmDecider.Decide(new ObserveQueue(wrong, At.AddSeconds(2)), alarms).Events.ShouldBeEmpty();
        AlarmDecider.Decide(new ObserveQueue(Fine, At.AddSeconds(3)), alarms).Events.ShouldBe([new AlarmCleared(Queue, kind, At.AddSeconds(3))]);
        Do(alarms, new ObserveQueue(Fine, At.AddSeconds(3))).Raised.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_watched_raises_nothing_and_clears_what_was_raised()
    {
        var worst = new QueueFigures(Queue, 99, 999, 0, 0);
        AlarmDecider.Decide(new ObserveQueue(worst, At), QueueAlarms.Initial).Events.ShouldBeEmpty();
        var alarms = Do(QueueAlarms.Initial, new ConfigureAlarms(Queue, All, At), new ObserveQueue(worst, At));
        alarms.Raised.Count.ShouldBe(4);
        Do(alarms, new ConfigureAlarms(Queue, new AlarmThresholds(), At), new ObserveQueue(worst, At)).Raised.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_answered_lately_is_no_bad_service() =>
        AlarmDecider.Decide(new ObserveQueue(Fine with { ServiceLevelPercent = null }, At), Do(QueueAlarms.Initial, new ConfigureAlarms(Queue, All, At))).Events.ShouldBeEmpty();

    public static TheoryData<AlarmThresholds> Bad() =>
        [new() { WaitSeconds = 0 }, new() { Waiting = 0 }, new() { ServiceLevelPercent = 101 }, new() { ServiceLevelSeconds = 0 }];

    [Theory]
    [MemberData(nameof(Bad))]
    public void Thresholds_that_make_no_sense_are_refused(AlarmThresholds bad) =>
        AlarmDecider.Decide(new ConfigureAlarms(Queue, bad, At), QueueAlarms.Initial).Refusal!.Code.ShouldBe("ALARM_THRESHOLDS");

    private static QueueAlarms Do(QueueAlarms alarms, params AlarmCommand[] commands) =>
        commands.Aggregate(alarms, (state, command) => AlarmDecider.Decide(command, state).Events.Aggregate(state, QueueAlarms.Evolve));
}
