using CallCenter.Domain.Retention;

namespace CallCenter.Domain.Tests.Retention;

public sealed class RetentionPolicyTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_is_kept_for_ever_until_somebody_says_otherwise() => RetentionPolicy.Initial.Settings.ShouldBe(new RetentionSettings(0, 0, 0, 0));

    [Fact]
    public void What_is_said_holds_and_saying_it_again_tells_nothing()
    {
        var settings = new RetentionSettings(30, 60, 7, 730);
        var said = RetentionPolicy.Decide(new ConfigureRetention(settings, At, "ann"), RetentionPolicy.Initial).Events.ShouldHaveSingleItem();
        said.ShouldBe(new RetentionConfigured(settings, At, "ann"));
        var policy = RetentionPolicy.Evolve(RetentionPolicy.Evolve(RetentionPolicy.Initial, said), new LaddersErased(3, At, At.AddHours(1)));
        policy.Settings.ShouldBe(settings);
        RetentionPolicy.Decide(new ConfigureRetention(settings, At, "ann"), policy).Events.ShouldBeEmpty();
        RetentionPolicy.Decide(new ConfigureRetention(new RetentionSettings(), At, "ann"), policy).Events.ShouldHaveSingleItem().OccurredAt.ShouldBe(At.AddHours(1));
    }

    [Theory]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(0, 36_501, 0, 0)]
    [InlineData(0, 0, -1, 0)]
    [InlineData(0, 0, 0, 36_501)]
    public void Days_are_days(int recordings, int voicemails, int ladders, int persons) =>
        RetentionPolicy.Decide(new ConfigureRetention(new RetentionSettings(recordings, voicemails, ladders, persons), At, "ann"), RetentionPolicy.Initial).Refusal?.Code.ShouldBe("RETENTION_DAYS");
}
