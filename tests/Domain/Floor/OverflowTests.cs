using CallCenter.Domain.Calendars;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

using static CallCenter.Domain.Tests.Floor.Floors;

namespace CallCenter.Domain.Tests.Floor;

public sealed class OverflowTests
{
    private static readonly Destination Elsewhere = new(DestinationKind.Queue, "Sales");
    private static readonly AgentOnFloor[] Somebody = [Idle(11, 1)];

    [Theory]
    [InlineData(59.9, false)]
    [InlineData(60, true)]
    public void A_contact_leaves_after_its_time(double waited, bool leaves) => Leaves(OverflowCause.AfterSeconds, 60, Waiting(1, waited), Somebody, isComing: false).ShouldBe(leaves);

    [Theory]
    [InlineData(true, 2, true)]
    [InlineData(true, 3, false)]
    [InlineData(false, 2, false)] // who waits already stays
    public void A_contact_that_comes_to_a_queue_that_is_full_goes_on(bool isComing, int most, bool leaves) =>
        Leaves(OverflowCause.QueueLength, most, Waiting(1, 0), Somebody, isComing, Waiting(2, 5), Waiting(3, 5), Waiting(4, 5, Sales)).ShouldBe(leaves);

    [Theory]
    [InlineData(true, 100, true)]
    [InlineData(true, 101, false)]
    [InlineData(false, 100, false)]
    public void A_contact_that_would_wait_too_long_goes_on(bool isComing, int most, bool leaves)
    {
        var pace = QueuePace.Unknown.Answered(Now.AddSeconds(-100), Now);
        var floor = Picture(With(OverflowCause.EstimatedWait, most), [Waiting(2, 5)], [], pace: pace);
        (Overflow.Decide(Waiting(1, 0), floor, isComing) is not null).ShouldBe(leaves);
    }

    [Fact]
    public void Without_anything_to_estimate_by_nobody_goes_on() => Leaves(OverflowCause.EstimatedWait, 1, Waiting(1, 0), [], isComing: true, Waiting(2, 5)).ShouldBeFalse();

    [Theory]
    [InlineData(30, false)]
    [InlineData(31, true)]
    public void A_contact_leaves_a_queue_that_nobody_serves(double waited, bool leaves)
    {
        AgentOnFloor[] others = [Idle(11, 1, Sales)];
        Leaves(OverflowCause.NoAgents, 31, Waiting(1, waited), others, isComing: false).ShouldBe(leaves);
        Leaves(OverflowCause.NoAgents, 31, Waiting(1, waited), [.. others, Idle(12, 1) with { Status = Domain.Agents.AgentStatus.Busy }], isComing: false).ShouldBeFalse();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)] // who waits when the queue closes is still served
    public void A_contact_that_comes_to_a_closed_queue_goes_on(bool isComing, bool leaves)
    {
        var never = Calendar.Evolve(Calendar.Initial, new CalendarConfigured(Id(5), new CalendarSettings("Never", "UTC", [], []), Now));
        var floor = Picture(With(OverflowCause.Closed, 0), [], Somebody);
        Overflow.Decide(Waiting(1, 0), floor, isComing).ShouldBeNull("no calendar, always open");
        var closed = floor with { Queues = new Dictionary<Guid, QueueOnFloor> { [Support] = floor.Queues[Support] with { Calendar = never } } };
        (Overflow.Decide(Waiting(1, 0), closed, isComing) is not null).ShouldBe(leaves);
    }

    [Fact]
    public void The_first_rule_that_holds_counts()
    {
        var settings = With(OverflowCause.AfterSeconds, 90);
        settings = settings with { Overflow = [.. settings.Overflow, new(OverflowCause.NoAgents, 0, new(DestinationKind.Voicemail)), new(OverflowCause.AfterSeconds, 1, new(DestinationKind.HangUp))] };
        Overflow.Decide(Waiting(1, 10), Picture(settings, [], []), isComing: false)!.To.Kind.ShouldBe(DestinationKind.Voicemail);
        Overflow.Decide(Waiting(1, 10), Picture(settings, [], Somebody), isComing: false)!.To.Kind.ShouldBe(DestinationKind.HangUp);
        Overflow.Decide(Waiting(1, 90), Picture(settings, [], Somebody), isComing: false)!.To.ShouldBe(Elsewhere);
        Overflow.WaitsThatMatter(settings).Order().ShouldBe([1, 90]);
    }

    [Fact]
    public void Queues_that_send_contacts_round_in_a_circle_stop_doing_so()
    {
        var floor = Picture(With(OverflowCause.AfterSeconds, 1), [], []);
        Overflow.Decide(Waiting(1, 10) with { Overflows = Overflow.Most - 1 }, floor, isComing: false).ShouldNotBeNull();
        Overflow.Decide(Waiting(1, 10) with { Overflows = Overflow.Most }, floor, isComing: false).ShouldBeNull();
    }

    private static bool Leaves(OverflowCause cause, int threshold, WaitingContact contact, IReadOnlyList<AgentOnFloor> agents, bool isComing, params IReadOnlyList<WaitingContact> others) =>
        Overflow.Decide(contact, Picture(With(cause, threshold), others, agents), isComing) is not null;

    private static QueueSettings With(OverflowCause cause, int threshold) => new("Support", "1000") { CalendarId = Id(5), Overflow = [new(cause, threshold, Elsewhere)] };
}
