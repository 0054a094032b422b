using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

using static CallCenter.Domain.Tests.Floor.Floors;

namespace CallCenter.Domain.Tests.Floor;

public sealed class RankTests
{
    private static readonly QueueSettings Plain = new("Support", "1000");

    [Fact]
    public void A_contact_ranks_by_its_wait() => Of(Waiting(1, 75.5)).ShouldBe(75.5);

    [Fact]
    public void A_head_start_counts_as_waited() => Of(Waiting(1, 10) with { HeadStartSeconds = 90 }).ShouldBe(100);

    [Fact]
    public void A_point_of_queue_segment_or_contact_counts_as_a_minute_waited()
    {
        var settings = Plain with { Priority = 2, SegmentPriorities = new Dictionary<string, int> { ["gold"] = 3, ["bad payer"] = -4 } };
        Of(Waiting(1, 10), settings).ShouldBe(130);
        Of(Waiting(1, 10) with { Segment = "gold" }, settings).ShouldBe(310);
        Of(Waiting(1, 10) with { Segment = "bad payer", Priority = 1 }, settings).ShouldBe(-50);
        Of(Waiting(1, 10) with { Segment = "silver" }, settings).ShouldBe(130);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(10, 10)]
    [InlineData(15, 15 + 50)]
    [InlineData(20, 20 + 100)]
    [InlineData(90, 90 + 100)]
    public void Urgency_grows_over_the_second_half_of_the_service_level(double waited, double rank) => Of(Waiting(1, waited), Plain with { ServiceLevelSeconds = 20, UrgencySeconds = 100 }).ShouldBe(rank);

    [Fact]
    public void Of_queues_with_different_targets_the_one_near_its_own_goes_first()
    {
        var floor = Picture(Plain with { ServiceLevelSeconds = 20, UrgencySeconds = 60 }, [Waiting(1, 18), Waiting(2, 60, Sales)], [Idle(11, 1, Support, Sales)]);
        floor.Offers().ShouldBe("1:11");
        (floor with { Waiting = [Waiting(1, 9), Waiting(2, 60, Sales)] }).Offers().ShouldBe("2:11");
    }

    [Fact]
    public void Of_equal_ranks_the_one_queued_first_goes_first() =>
        Picture(Plain, [Waiting(1, 10) with { HeadStartSeconds = 10 }, Waiting(2, 20), Waiting(3, 20)], [Idle(11, 1), Idle(12, 1), Idle(13, 1)]).Offers().ShouldBe("2:11 3:12 1:13");

    private static double Of(WaitingContact contact, QueueSettings? settings = null) => Rank.Of(contact, settings ?? Plain, Now);
}
