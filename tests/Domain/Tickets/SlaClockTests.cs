using System.Globalization;

using CallCenter.Domain.Calendars;
using CallCenter.Domain.Tickets;

namespace CallCenter.Domain.Tests.Tickets;

/// <summary>The clocks of tickets over days, by a clock that is set by hand.</summary>
public sealed class SlaClockTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid Berlin = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly CalendarSettings Office = new(
        "Office", "Europe/Berlin",
        [.. Enum.GetValues<DayOfWeek>().Where(day => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Select(day => new WeekdayHours(day, new OpenHours(new TimeOnly(9, 0), new TimeOnly(17, 0))))],
        [new Holiday(new DateOnly(2026, 4, 6), "Easter Monday", [])]);

    private static readonly SlaSettings Settings = new(Berlin, [new SlaTarget(TicketPriority.Normal, null, 3_600, 8 * 3_600), new SlaTarget(TicketPriority.Normal, "gold", 1_800, 4 * 3_600), new SlaTarget(TicketPriority.Urgent, null, 900, 3_600)]);
    private static readonly SlaTerms Terms = new(Settings, new Dictionary<Guid, BusinessCalendar> { [Berlin] = new(Office) });

    private readonly List<TicketEvent> _told = [];
    private Ticket _ticket = Ticket.Initial;

    [Fact]
    public void A_ticket_of_friday_afternoon_is_due_on_monday_and_not_while_it_is_pending()
    {
        Open("2026-01-09T14:00:00Z"); // Friday 15:00 in Berlin
        _ticket.Clock.ResponseDueAt.ShouldBe(At("2026-01-09T15:00:00Z"));
        _ticket.Clock.DueAt.ShouldBe(At("2026-01-12T14:00:00Z"));
        Do(new CommentTicket("We look at it.", true, At("2026-01-09T14:30:00Z"), "ann"));
        _ticket.Clock.ResponseDueAt.ShouldBeNull();

        Do(new PendTicket("Waits for the customer.", At("2026-01-14T08:00:00Z"), Terms, At("2026-01-09T15:00:00Z"), "ann"));
        (_ticket.Clock.DueAt, _ticket.Clock.UsedMs).ShouldBe((null, 3_600_000));
        Do(new LapseTicket(TicketMatter.Resolution, Terms, At("2026-01-13T00:00:00Z")));
        Do(new LapseTicket(TicketMatter.Reminder, Terms, At("2026-01-14T08:00:00Z")));
        (_ticket.State, _ticket.Clock.DueAt).ShouldBe((TicketState.Open, At("2026-01-14T15:00:00Z")));

        Do(new ResolveTicket("Done.", Terms, At("2026-01-14T15:00:00Z"), "ann"));
        var resolved = _told.OfType<TicketResolved>().Single();
        (resolved.SlaMet, resolved.Clock.UsedMs, resolved.FirstLine).ShouldBe((true, 8 * 3_600_000, true));

        // Two hours on Friday, eight on Monday and Tuesday, seven on Wednesday.
        resolved.OpenMs.ShouldBe(25 * 3_600_000);
        _told.OfType<TicketBreached>().ShouldBeEmpty();
    }

    [Fact]
    public void Over_easter_and_the_clock_change_before_only_open_hours_are_promised()
    {
        Open("2026-03-27T14:00:00Z"); // Friday 15:00; summer time begins on Sunday
        _ticket.Clock.DueAt.ShouldBe(At("2026-03-30T13:00:00Z"));
        _ticket = Ticket.Initial;
        Open("2026-04-03T13:00:00Z"); // Friday 15:00; Monday is a holiday
        _ticket.Clock.DueAt.ShouldBe(At("2026-04-07T13:00:00Z"));
    }

    [Fact]
    public void A_promise_that_is_kept_to_the_second_is_kept_and_a_millisecond_later_broken()
    {
        Open("2026-01-05T08:00:00Z");
        Decide(new ResolveTicket("Done.", Terms, At("2026-01-05T16:00:00Z"), "ann")).OfType<TicketResolved>().Single().SlaMet.ShouldBe(true);
        var late = Decide(new ResolveTicket("Done.", Terms, At("2026-01-06T08:00:00.001Z"), "ann"));
        late.Select(e => e.GetType()).ShouldBe([typeof(TicketBreached), typeof(TicketBreached), typeof(TicketResolved)]);
        late.OfType<TicketResolved>().Single().SlaMet.ShouldBe(false);
    }

    [Fact]
    public void A_broken_promise_is_told_before_what_takes_its_clock_away_and_stays_broken()
    {
        Open("2026-01-05T08:00:00Z");
        Do(new ChangePriority(TicketPriority.Urgent, Terms, At("2026-01-05T08:10:00Z"), "ann"));
        _ticket.Clock.DueAt.ShouldBe(At("2026-01-05T09:00:00Z"));
        Do(new PendTicket("Waits.", null, Terms, At("2026-01-05T10:00:00Z"), "ann"));
        var broken = _told.OfType<TicketBreached>().ToList();
        broken.Select(b => (b.Promise, b.DueAt, b.OccurredAt)).ShouldBe(
            [(SlaPromise.Response, At("2026-01-05T08:15:00Z"), At("2026-01-05T08:15:00Z")), (SlaPromise.Resolution, At("2026-01-05T09:00:00Z"), At("2026-01-05T09:00:00Z"))]);

        Do(new ResumeTicket(Terms, At("2026-01-05T11:00:00Z"), "ann"));
        Do(new ChangePriority(TicketPriority.Normal, Terms, At("2026-01-05T11:10:00Z"), "ann"));
        _ticket.Clock.DueAt.ShouldBe(At("2026-01-06T09:00:00Z"), "two hours and ten minutes are used: four hours and fifty minutes are left today");
        Do(new ResolveTicket("Done.", Terms, At("2026-01-05T12:00:00Z"), "ann"));
        _told.OfType<TicketResolved>().Single().SlaMet.ShouldBe(false);
        _told.OfType<TicketBreached>().Count().ShouldBe(2);
    }

    [Fact]
    public void A_calendar_that_moves_to_another_zone_leaves_what_was_used_and_moves_what_is_due()
    {
        Open("2026-01-05T08:00:00Z");
        var moved = At("2026-01-05T12:00:00Z");
        var terms = Terms with { Calendars = new Dictionary<Guid, BusinessCalendar> { [Berlin] = new([(DateTimeOffset.MinValue, Office), (moved, Office with { Zone = "America/New_York" })]) } };
        Do(new CheckClock(terms, moved.AddMinutes(5)));
        (_ticket.Clock.UsedMs, _ticket.Clock.DueAt).ShouldBe((4 * 3_600_000, At("2026-01-05T18:00:00Z")));
        Do(new CheckClock(terms, moved.AddMinutes(6)));
        _told.OfType<TicketClockChanged>().Count().ShouldBe(1);
    }

    [Fact]
    public void A_segments_own_promise_goes_first()
    {
        Open("2026-01-05T08:00:00Z", "gold");
        _ticket.Clock.DueAt.ShouldBe(At("2026-01-05T12:00:00Z"));
        Do(new ChangePriority(TicketPriority.Low, Terms, At("2026-01-05T08:10:00Z"), "ann"));
        _ticket.Clock.ShouldSatisfyAllConditions(c => c.DueAt.ShouldBeNull(), c => c.ResolutionSeconds.ShouldBeNull());
        Decide(new ResolveTicket("Done.", Terms, At("2026-01-05T09:00:00Z"), "ann")).OfType<TicketResolved>().Single().SlaMet.ShouldBeNull("nothing was promised");
    }

    public static TheoryData<SlaSettings, string> Bad() => new()
    {
        { Settings with { ReopenDays = 366 }, "0 to 365 days, not 366" },
        { Settings with { Targets = [new SlaTarget(TicketPriority.Low, " ", 1, 1)] }, "A segment has a name" },
        { Settings with { Targets = [new SlaTarget(TicketPriority.Low, "gold", null, null)] }, "The target of Low, gold has no time." },
        { Settings with { Targets = [new SlaTarget(TicketPriority.Low, null, 0, 1)] }, "The target of Low is not 1 to" },
        { Settings with { Targets = [new SlaTarget(TicketPriority.Low, null, 1, 2), new SlaTarget(TicketPriority.Low, null, 3, 4)] }, "There are two targets of Low." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_makes_no_sense_is_named(SlaSettings settings, string fault) =>
        SlaPolicy.Decide(new ConfigureSla(settings, At("2026-01-05T08:00:00Z")), SlaPolicy.Initial).Refusal!.ShouldSatisfyAllConditions(r => r.Code.ShouldBe("SLA_SETTINGS"), r => r.Message.ShouldContain(fault));

    [Fact]
    public void The_policy_is_configured_as_a_whole()
    {
        var configured = SlaPolicy.Decide(new ConfigureSla(Settings, At("2026-01-05T08:00:00Z")), SlaPolicy.Initial).Events.ShouldHaveSingleItem();
        SlaPolicy.Evolve(SlaPolicy.Initial, configured).Settings.ShouldBe(Settings);
        SlaPolicy.Decide(new ConfigureSla(SlaSettings.Default, At("2026-01-05T08:00:00Z")), SlaPolicy.Initial).Refusal.ShouldBeNull();
    }

    private void Open(string at, string? segment = null) =>
        Do(new OpenTicket(Id, 1234, "No dial tone", TicketPriority.Normal, ContactChannel.ByHand, Terms, At(at), "ann", Segment: segment));

    private void Do(TicketCommand command)
    {
        foreach (var e in Decide(command))
        {
            _told.Add(e);
            _ticket = Ticket.Evolve(_ticket, e);
        }
    }

    private IReadOnlyList<TicketEvent> Decide(TicketCommand command)
    {
        var decision = TicketDecider.Decide(command, _ticket);
        decision.Refusal.ShouldBeNull();
        return decision.Events;
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
}
