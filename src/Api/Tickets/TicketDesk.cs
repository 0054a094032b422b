using CallCenter.Domain;
using CallCenter.Domain.Tickets;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Api.Tickets;

/// <summary>Carries out commands on tickets, from wherever they come: people, timers, a change of the policy.</summary>
internal sealed class TicketDesk(PostgresEventStore store, NpgsqlDataSource source, SlaBook sla, TimeProvider clock)
{
    private const int Attempts = 10;

    private static readonly Aggregate<Ticket> Tickets = new(Ticket.StreamType, Ticket.Initial, (ticket, e) => Ticket.Evolve(ticket, (TicketEvent)e));

    private readonly CommandHandler _handler = new(store);

    /// <summary>A ticket as it is now; the initial state when there is none.</summary>
    public async Task<Ticket> FindAsync(Guid id, CancellationToken ct) => (await store.AggregateStreamAsync(Tickets, id, ct: ct)).State;

    /// <summary>Opens a ticket under a new number.</summary>
    /// <param name="command">The command, given the number, the terms and the instant.</param>
    /// <param name="by">Who does so.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The ticket, and the position of the event; or why not.</returns>
    public async Task<(Guid Id, long Position, Refusal? Refusal)> OpenAsync(Func<Guid, int, SlaTerms, DateTimeOffset, OpenTicket> command, string by, CancellationToken ct)
    {
        var (id, number) = (Guid.CreateVersion7(), await TicketNumbers.DrawAsync(source, ct));
        var (position, refusal) = await HandleAsync(id, (terms, at) => command(id, number, terms, at), by, ct: ct);
        return (id, position, refusal);
    }

    /// <summary>Carries a command on a ticket out.</summary>
    /// <param name="id">The ticket.</param>
    /// <param name="command">The command, given the terms and the instant.</param>
    /// <param name="by">Who does so; null for what comes by itself.</param>
    /// <param name="commandId">By which a repeat is known.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Position of the last event, 0 for none; or why it was refused.</returns>
    public async Task<(long Position, Refusal? Refusal)> HandleAsync(
        Guid id, Func<SlaTerms, DateTimeOffset, TicketCommand> command, string? by, Guid? commandId = null, CancellationToken ct = default)
    {
        var terms = await sla.TermsAsync((await FindAsync(id, ct)).Clock.CalendarId, ct);
        Refusal? refusal = null;
        var result = await _handler.HandleAsync(
            Tickets,
            id,
            ticket =>
            {
                var decision = TicketDecider.Decide(command(terms, clock.GetUtcNow()), ticket);
                refusal = decision.Refusal;
                return [.. decision.Events.Select(e => EventData.Of(e))];
            },
            new EventMetadata(null, null, by),
            commandId,
            ct);
        return (result.LastPosition, refusal);
    }

    /// <summary>Merges a ticket into another, both or neither.</summary>
    /// <inheritdoc cref="HandleAsync"/>
    public async Task<(long Position, Refusal? Refusal)> MergeAsync(Guid id, Guid into, string by, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (from, to, at) = (await store.AggregateStreamAsync(Tickets, id, ct: ct), await store.AggregateStreamAsync(Tickets, into, ct: ct), clock.GetUtcNow());
            var merged = TicketDecider.Decide(new MergeTicket(into, at, by), from.State);
            if (merged.Refusal is not null || merged.Events.Count == 0)
            {
                return (0, merged.Refusal);
            }

            var absorbed = TicketDecider.Decide(new AbsorbTicket(id, from.State.Contacts, at, by), to.State);
            if (absorbed.Refusal is not null)
            {
                return (0, absorbed.Refusal);
            }

            try
            {
                var results = await store.AppendAsync([Append(id, from.Version, merged), Append(into, to.Version, absorbed)], new EventMetadata(null, null, by), ct);
                return (results.Max(result => result.LastPosition), null);
            }
            catch (WrongExpectedVersionException) when (attempt < Attempts)
            {
                // Decide again on what the other writer left.
            }
        }

        static StreamAppend Append(Guid stream, long version, Decision<TicketEvent> decision) =>
            new(stream, Ticket.StreamType, ExpectedVersion.Exact(version), [.. decision.Events.Select(e => EventData.Of(e))]);
    }
}
