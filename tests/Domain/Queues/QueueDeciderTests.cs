using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Queues;

public sealed class QueueDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000d");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly QueueSettings Support = new("Support", "1000");
    private static readonly Queue Created = Queue.Evolve(Queue.Initial, new QueueCreated(Id, Support, Now.AddSeconds(-1)));

    [Fact]
    public void A_new_queue_is_created() =>
        QueueDecider.Decide(new CreateQueue(Id, Support, Now), Queue.Initial).Events.ShouldBe([new QueueCreated(Id, Support, Now)]);

    [Fact]
    public void A_queue_is_not_created_twice() => Code(new CreateQueue(Id, Support, Now), Created).ShouldBe("QUEUE_EXISTS");

    [Fact]
    public void A_queue_that_is_not_there_cannot_change() => Code(new ChangeQueue(Support, Now), Queue.Initial).ShouldBe("QUEUE_NOT_FOUND");

    [Fact]
    public void A_change_is_an_event_with_the_whole_of_the_settings()
    {
        var settings = Support with { RingSeconds = 20 };
        QueueDecider.Decide(new ChangeQueue(settings, Now), Created).Events.ShouldBe([new QueueChanged(Id, settings, Now)]);
        Queue.Evolve(Created, new QueueChanged(Id, settings, Now)).ShouldBe(new Queue(Id, settings, Now));
    }

    [Fact]
    public void A_change_to_the_same_settings_is_no_event() => QueueDecider.Decide(new ChangeQueue(Support, Now), Created).ShouldSatisfyAllConditions(
        d => d.Events.ShouldBeEmpty(),
        d => d.Refusal.ShouldBeNull());

    public static TheoryData<QueueSettings, string> BadSettings() => new()
    {
        { Support with { Name = " " }, "name" },
        { Support with { Number = "" }, "number" },
        { Support with { Number = "10 00" }, "\"10 00\"" },
        { Support with { Number = new string('1', 33) }, "number" },
        { Support with { RingSeconds = 0 }, "not 0" },
        { Support with { RingSeconds = 301 }, "not 301" },
        { Support with { WrapUpSeconds = -1 }, "not -1" },
        { Support with { WrapUpSeconds = 3601 }, "not 3601" },
        { Support with { ShortAbandonSeconds = -1 }, "not -1" },
        { Support with { ShortAbandonSeconds = 301 }, "not 301" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    public void Settings_out_of_range_are_refused_by_name(QueueSettings settings, string named)
    {
        QueueDecider.Decide(new CreateQueue(Id, settings, Now), Queue.Initial).Refusal!.Message.ShouldContain(named);
        QueueDecider.Decide(new ChangeQueue(settings, Now), Created).Refusal!.Message.ShouldContain(named);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("1000")]
    [InlineData("+49301234")]
    public void Numbers_that_can_be_dialled_and_none_at_all_are_taken(string? number) =>
        QueueDecider.Decide(new CreateQueue(Id, Support with { Number = number }, Now), Queue.Initial).Refusal.ShouldBeNull();

    private static string? Code(QueueCommand command, Queue queue) => QueueDecider.Decide(command, queue).Refusal?.Code;
}
