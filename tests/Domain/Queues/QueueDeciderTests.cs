using System.Text.Json;

using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Queues;

public sealed class QueueDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000d");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly QueueSettings Support = new("Support", "1000");
    private static readonly Destination HangUp = new(DestinationKind.HangUp);
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

    public static TheoryData<QueueSettings, string> BadDistribution() => new()
    {
        { Support with { Method = (DistributionMethod)99 }, "99 is no distribution method" },
        { Support with { Priority = 101 }, "not 101" },
        { Support with { SegmentPriorities = new Dictionary<string, int> { ["gold"] = -101 } }, "segment gold is -100 to 100 points, not -101" },
        { Support with { SegmentPriorities = new Dictionary<string, int> { [""] = 1 } }, "segment with a priority needs a name" },
        { Support with { ServiceLevelSeconds = 0 }, "not 0" },
        { Support with { UrgencySeconds = 3601 }, "not 3601" },
        { Support with { LastAgentPatienceSeconds = -1 }, "not -1" },
        { Support with { RonaAfter = 21 }, "not after 21" },
        { Support with { CallbackKey = "10" }, "not \"10\"" },
        { Support with { VoicemailKey = "A" }, "not \"A\"" },
        { Support with { CallbackKey = "2", VoicemailKey = "2" }, "Key 2 cannot be for a callback and for a message" },
        { Support with { Language = "English!" }, "\"English!\"" },
        { Support with { Language = "sw" }, "said in en, de, es, fr, it, nl, pt: for \"sw\" switch them off" },
        { Support with { Order = [Id, Id] }, "named twice in the order" },
        { Support with { Skills = [new SkillNeed(" ", 5)] }, "A skill needs a name" },
        { Support with { Skills = [new SkillNeed("german", 11)] }, "german: proficiency is 1 to 10, not 11" },
        { Support with { Skills = [new SkillNeed("german", 5), new SkillNeed("german", 6)] }, "german is named twice" },
        { Support with { Skills = [new SkillNeed("german", 5) { Relaxations = [new(0, 3)] }] }, "relaxed after 1 to 86400 s, not 0" },
        { Support with { Skills = [new SkillNeed("german", 5) { Relaxations = [new(9, 11)] }] }, "relaxed to 0 to 10, not 11" },
        { Support with { Skills = [new SkillNeed("german", 5) { Relaxations = [new(9, 3), new(9, 0)] }] }, "one after the other" },
        { Support with { Skills = [new SkillNeed("german", 5) { Relaxations = [new(9, 3), new(20, 3)] }] }, "must ask for less than before" },
        { Support with { Skills = [new SkillNeed("german", 5, (SkillStrength)7)] }, "neither required nor preferred" },
        { Support with { Tiers = [new([], 0)] }, "Tier 1 needs the names of groups" },
        { Support with { Tiers = [new(["first"], 5)] }, "The first tier is open from the start" },
        { Support with { Tiers = [new(["first"], 0), new(["second"], -1)] }, "Tier 2 opens after 0 to 86400 s, not -1" },
        { Support with { Tiers = [new(["first"], 0), new(["second"], 30), new(["expert"], 20)] }, "Tier 3 opens before the one in front of it" },
        { Support with { Overflow = [new(OverflowCause.AfterSeconds, 0, HangUp)] }, "rule 1: AfterSeconds is 1 to 86400 s, not 0" },
        { Support with { Overflow = [new(OverflowCause.QueueLength, 5, HangUp), new(OverflowCause.EstimatedWait, 0, HangUp)] }, "rule 2: EstimatedWait" },
        { Support with { Overflow = [new(OverflowCause.NoAgents, -1, HangUp)] }, "NoAgents holds after 0" },
        { Support with { Overflow = [new(OverflowCause.QueueLength, -1, HangUp)] }, "not -1" },
        { Support with { Overflow = [new(OverflowCause.Closed, 0, HangUp)] }, "a queue without a calendar is never closed" },
        { Support with { CalendarId = Id, Overflow = [new(OverflowCause.Closed, 3, HangUp)] }, "no threshold but 0" },
        { Support with { Overflow = [new((OverflowCause)9, 3, HangUp)] }, "9 is no cause" },
        { Support with { Overflow = [new(OverflowCause.AfterSeconds, 60, new(DestinationKind.Queue, Id.ToString()))] }, "leads back to the queue itself" },
        { Support with { Overflow = [new(OverflowCause.AfterSeconds, 60, new(DestinationKind.Queue, "Support"))] }, "leads back to the queue itself" },
        { Support with { Overflow = [new(OverflowCause.AfterSeconds, 60, new(DestinationKind.Flow))] }, "does not say which flow" },
        { Support with { Announcements = new(FirstAfterSeconds: -1) }, "first announcement comes after 0 to 3600 s, not -1" },
        { Support with { Announcements = new(EverySeconds: 4) }, "not every 4 s" },
        { Support with { Announcements = new() { Texts = [" "] } }, "text of 1 to 300 characters, not of 0" },
    };

    [Theory]
    [MemberData(nameof(BadSettings))]
    [MemberData(nameof(BadDistribution))]
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

    [Fact]
    public void Settings_read_back_from_storage_are_the_same_settings()
    {
        var settings = Support with
        {
            Tiers = [new(["first", "second"], 0)],
            SegmentPriorities = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 },
            Skills = [new SkillNeed("german", 5) { Relaxations = [new(30, 3)] }],
            CalendarId = Id,
            Overflow = [new(OverflowCause.Closed, 0, HangUp), new(OverflowCause.AfterSeconds, 60, new(DestinationKind.Queue, "Sales"))],
        };
        var stored = JsonSerializer.Deserialize<QueueSettings>(JsonSerializer.Serialize(settings))!;
        var again = stored with { SegmentPriorities = new Dictionary<string, int> { ["b"] = 2, ["a"] = 1 } };
        QueueDecider.Decide(new ChangeQueue(again, Now), Queue.Evolve(Queue.Initial, new QueueCreated(Id, settings, Now))).Events.ShouldBeEmpty();
        QueueDecider.Decide(new ChangeQueue(again with { Tiers = [] }, Now), Queue.Evolve(Queue.Initial, new QueueCreated(Id, settings, Now))).Events.Count.ShouldBe(1);
    }

    private static string? Code(QueueCommand command, Queue queue) => QueueDecider.Decide(command, queue).Refusal?.Code;
}
