using System.Globalization;

using CallCenter.Api.Tickets;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

using Calendar = CallCenter.Domain.Calendars.Calendar;

namespace CallCenter.Api.Tests;

/// <summary>Durable timers of tickets by a clock that is set by hand: over a weekend, over a restart, over a calendar that moves.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TicketClockTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly Guid Office = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly CalendarSettings Berlin = new(
        "Office", "Europe/Berlin",
        [.. Enum.GetValues<DayOfWeek>().Where(day => day is not (DayOfWeek.Saturday or DayOfWeek.Sunday)).Select(day => new WeekdayHours(day, new OpenHours(new TimeOnly(9, 0), new TimeOnly(17, 0))))], []);

    private readonly HandClock _clock = new(At("2026-01-09T14:00:00Z")); // a Friday, 15:00 in Berlin
    private ApiHarness _api = null!;
    private TicketDesk _desk = null!;
    private SubscriptionRuntime? _subscriptions;
    private TimerRuntime? _timers;

    [Fact]
    public async Task A_ticket_waits_over_the_weekend_is_broken_once_after_a_restart_and_closes_itself()
    {
        await StartAsync();
        var ticket = await OpenAsync();
        await IsDueAsync(ticket, TicketMatter.Resolution, "2026-01-12T10:00:00.001Z");
        await DoAsync(ticket, (_, at) => new EscalateTicket(TicketTier.SecondLine, "Beyond me.", at, "ann"));
        await DoAsync(ticket, (terms, at) => new PendTicket("Waits for parts.", At("2026-01-12T09:00:00Z"), terms, at, "ann"));
        await IsDueAsync(ticket, TicketMatter.Resolution, null);
        await IsDueAsync(ticket, TicketMatter.Reminder, "2026-01-12T09:00:00Z");

        _clock.Now = At("2026-01-12T09:00:00Z");
        await BecomesAsync(ticket, t => t.State == TicketState.Open);
        await IsDueAsync(ticket, TicketMatter.Resolution, "2026-01-12T13:00:00.001Z");

        // Gone before it is due, and back when it is over.
        await StopAsync();
        _clock.Now = At("2026-01-12T20:00:00Z");
        (await _desk.FindAsync(ticket, default)).Breached.ShouldBeEmpty();
        Run();
        await BecomesAsync(ticket, t => t.Breached.Count > 0);
        await DoAsync(ticket, (terms, at) => new ResolveTicket("New cable.", terms, at, "ann"));
        await IsDueAsync(ticket, TicketMatter.Closing, "2026-01-19T20:00:00Z");
        _clock.Now = At("2026-01-19T20:00:00Z");
        await BecomesAsync(ticket, t => t.State == TicketState.Closed);

        var events = (await _api.Center.Store.FetchStreamAsync(ticket)).Select(e => e.Data).ToList();
        events.ConvertAll(e => e.GetType()).ShouldBe(
            [typeof(TicketOpened), typeof(TicketEscalated), typeof(TicketPended), typeof(TicketResumed), typeof(TicketBreached), typeof(TicketResolved), typeof(TicketClosed)]);
        events.OfType<TicketBreached>().Single().ShouldBe(new TicketBreached(ticket, SlaPromise.Resolution, At("2026-01-12T13:00:00Z"), At("2026-01-12T13:00:00Z")));
        (events.OfType<TicketResolved>().Single().SlaMet, events.OfType<TicketResumed>().Single().Reminded).ShouldBe((false, true));
        (await new DurableTimers(_api.Center.Source, _clock).CountAsync()).Pending.ShouldBe(0);

        await _api.Center.CatchUpAsync(default);
        await _api.SignInAsync();
        var kpis = await _api.DataAsync("""
            { kpis(where: { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z" }) { total {
                ticketsOpened ticketsResolved ticketsReopened ticketsBreached ticketSlaAttainment averageTicketResolutionSeconds firstLineResolutionRate none: ticketsOpened(priority: LOW) } } }
            """);

        // Two hours on Friday and eight on Monday.
        kpis.GetProperty("kpis").GetProperty("total").ToString().ShouldBe(
            """{"ticketsOpened":1,"ticketsResolved":1,"ticketsReopened":0,"ticketsBreached":1,"ticketSlaAttainment":0,"averageTicketResolutionSeconds":36000,"firstLineResolutionRate":0,"none":0}""");
    }

    [Fact]
    public async Task Open_tickets_follow_a_calendar_that_moves_and_a_policy_that_changes()
    {
        await StartAsync();
        var ticket = await OpenAsync();
        await IsDueAsync(ticket, TicketMatter.Resolution, "2026-01-12T10:00:00.001Z");
        await _api.AppendAsync(Office, Calendar.StreamType, new CalendarConfigured(Office, Berlin with { Zone = "America/New_York" }, _clock.Now));
        await IsDueAsync(ticket, TicketMatter.Resolution, "2026-01-09T18:00:00.001Z");
        await new SlaBook(_api.Center.Store).ConfigureAsync(new SlaSettings(null, [new SlaTarget(TicketPriority.Normal, null, 60, 600)]), _clock.Now, "ann", default);
        await IsDueAsync(ticket, TicketMatter.Resolution, "2026-01-09T14:10:00.001Z");
        await IsDueAsync(ticket, TicketMatter.Response, "2026-01-09T14:01:00.001Z");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        await _api.DisposeAsync();
    }

    private async Task StartAsync()
    {
        _api = await ApiHarness.StartAsync(postgres);
        var sla = new SlaBook(_api.Center.Store);
        await _api.AppendAsync(Office, Calendar.StreamType, new CalendarConfigured(Office, Berlin, _clock.Now.AddDays(-30)));
        (await sla.ConfigureAsync(new SlaSettings(Office, [new SlaTarget(TicketPriority.Normal, null, null, 4 * 3_600)]), _clock.Now.AddDays(-1), "ann", default)).Refusal.ShouldBeNull();
        _desk = new TicketDesk(_api.Center.Store, _api.Center.Source, sla, _clock);
        Run();
    }

    private void Run()
    {
        var center = _api.Center;
        var setting = new TicketTimers(_desk, new DurableTimers(center.Source, _clock), center.Source, (position, ct) => center.Projections.WaitForAsync(position, ct));
        _subscriptions = new SubscriptionRuntime(center.Store, center.Source, new Leadership(center.Source, TimeProvider.System, NullLogger.Instance), [setting], TimeProvider.System, NullLogger.Instance);
        _timers = new TimerRuntime(center.Source, [new TicketTimerHandler(_desk)], _clock, NullLogger.Instance);
        _ = _subscriptions.StartAsync();
        _timers.Start();
    }

    private async Task StopAsync()
    {
        await (_subscriptions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_timers?.DisposeAsync() ?? ValueTask.CompletedTask);
        (_subscriptions, _timers) = (null, null);
    }

    private async Task<Guid> OpenAsync()
    {
        var (id, _, refusal) = await _desk.OpenAsync((ticket, number, terms, at) => new OpenTicket(ticket, number, "No dial tone", TicketPriority.Normal, ContactChannel.ByHand, terms, at, "ann"), "ann", default);
        refusal.ShouldBeNull();
        return id;
    }

    private async Task DoAsync(Guid ticket, Func<SlaTerms, DateTimeOffset, TicketCommand> command) => (await _desk.HandleAsync(ticket, command, "ann")).Refusal.ShouldBeNull();

    private Task BecomesAsync(Guid ticket, Func<Ticket, bool> wanted) => EventuallyAsync(() => _desk.FindAsync(ticket, default), wanted);

    private Task IsDueAsync(Guid ticket, TicketMatter matter, string? at) => EventuallyAsync(
        () => new DurableTimers(_api.Center.Source, _clock).FindAsync(TicketTimers.IdOf(ticket, matter)), timer => timer?.DueAt == (at is null ? null : At(at)));

    private static async Task EventuallyAsync<T>(Func<Task<T>> read, Func<T, bool> wanted)
    {
        var waited = System.Diagnostics.Stopwatch.StartNew();
        for (var seen = await read(); !wanted(seen); seen = await read())
        {
            waited.Elapsed.ShouldBeLessThan(Deadline, $"seen last: {seen}");
            await Task.Delay(50);
        }
    }

    private static DateTimeOffset At(string instant) => DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);

    private sealed class HandClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
