using System.Text.Json;

using CallCenter.Domain;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Api.Tickets;

/// <summary>Sets the durable timers of tickets as their clocks stand, and has all clocks go by a changed policy or calendar.</summary>
/// <remarks>What a ticket's timers should be follows from its state alone, so that an event handled late or twice does no harm.</remarks>
internal sealed class TicketTimers(TicketDesk desk, DurableTimers timers, NpgsqlDataSource source, Func<long, CancellationToken, Task> readModelsShow) : ISubscription
{
    // Of the ids of tickets' timers.
    private static readonly Guid Space = new("2f6f3d0e-30f5-5c0d-9a3e-5f1f62b3a4c7");

    public string Name => "ticket_timers";

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(TicketOpened), typeof(TicketCommented), typeof(TicketPended), typeof(TicketResumed), typeof(TicketResolved), typeof(TicketReopened), typeof(TicketClosed), typeof(TicketMerged),
        typeof(TicketContactLinked), typeof(TicketPriorityChanged), typeof(TicketCustomerSet), typeof(TicketClockChanged), typeof(TicketBreached), typeof(SlaConfigured), typeof(CalendarConfigured),
    ];

    public SubscriptionStart Start => SubscriptionStart.FromBeginning;

    /// <summary>A changed policy is for all open tickets, which takes its time.</summary>
    public RetryPolicy Retry { get; } = RetryPolicy.Default with { AttemptLimit = TimeSpan.FromMinutes(10) };

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        if (stored.Data is TicketEvent)
        {
            await SetAsync(await desk.FindAsync(stored.StreamId, ct), ct);
            return;
        }

        await readModelsShow(stored.Position, ct);
        foreach (var id in await OpenAsync(ct))
        {
            await desk.HandleAsync(id, (terms, at) => new CheckClock(terms, at), by: null, ct: ct);
        }
    }

    /// <summary>The timer of one matter of a ticket.</summary>
    internal static Guid IdOf(Guid ticket, TicketMatter matter) => NameBasedGuid.Of(Space, $"{ticket:N} {matter}");

    private async Task SetAsync(Ticket ticket, CancellationToken ct)
    {
        foreach (var matter in Enum.GetValues<TicketMatter>())
        {
            if (DueAt(ticket, matter) is { } due)
            {
                await timers.ScheduleAsync(new TimerRequest(IdOf(ticket.Id, matter), TicketTimerHandler.TimerKind, due, JsonSerializer.Serialize(new TicketTimer(ticket.Id, matter))), ct);
            }
            else
            {
                await timers.CancelAsync(IdOf(ticket.Id, matter), ct);
            }
        }
    }

    // A promise is kept until its last instant: it is broken one millisecond later.
    private static DateTimeOffset? DueAt(Ticket ticket, TicketMatter matter) => matter switch
    {
        TicketMatter.Response when !ticket.Breached.Contains(SlaPromise.Response) => ticket.Clock.ResponseDueAt?.AddMilliseconds(1),
        TicketMatter.Resolution when !ticket.Breached.Contains(SlaPromise.Resolution) => ticket.Clock.DueAt?.AddMilliseconds(1),
        TicketMatter.Reminder => ticket.RemindAt,
        TicketMatter.Closing => ticket.ClosesAt,
        _ => null,
    };

    private async Task<List<Guid>> OpenAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select id from tickets.tickets where state = 'Open'");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }
}

/// <summary>What a ticket's timer carries.</summary>
internal sealed record TicketTimer(Guid TicketId, TicketMatter Matter);

/// <summary>Tells a ticket that a time has come which was set for it; what has become of it meanwhile, the decider knows.</summary>
internal sealed class TicketTimerHandler(TicketDesk desk) : ITimerHandler
{
    public const string TimerKind = "ticket";

    public string Kind => TimerKind;

    public async Task FireAsync(DueTimer timer, CancellationToken ct)
    {
        var due = JsonSerializer.Deserialize<TicketTimer>(timer.Payload) ?? throw new InvalidDataException($"Timer {timer.Id} says of no ticket that it is due.");

        // A clock that was set back must not make it come too early, which would be never.
        await desk.HandleAsync(due.TicketId, (terms, at) => new LapseTicket(due.Matter, terms, at < timer.DueAt ? timer.DueAt : at), by: null, timer.FiringId, ct);
    }
}
