using CallCenter.Domain.Tickets;

namespace CallCenter.Projections.Kpi;

/// <summary>Figures of tickets.</summary>
public sealed partial class KpiQueries
{
    /// <summary>What happened to tickets. Nothing for a question about queues: tickets are in none.</summary>
    /// <param name="query">The question.</param>
    /// <param name="priority">Of these only; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<IReadOnlyDictionary<KpiCell, TicketFigures>> TicketsAsync(KpiQuery query, TicketPriority? priority, CancellationToken cancellationToken) => KpiSql.IsAbout(query, KpiDimension.Queue)
        ? None<TicketFigures>()
        : ByCellAsync(
            query, new KpiSql(query, KpiFacts.Tickets, priority: priority?.ToString()), """
                count(*) filter (where f.kind = 'Opened')::int,
                count(*) filter (where f.kind = 'Resolved')::int,
                count(*) filter (where f.kind = 'Reopened')::int,
                count(*) filter (where f.kind = 'Breached')::int,
                count(*) filter (where f.kind = 'Resolved' and f.sla_met)::int,
                count(*) filter (where f.kind = 'Resolved' and f.sla_met is not null)::int,
                count(*) filter (where f.kind = 'Resolved' and f.first_line)::int,
                (avg(f.open_ms) filter (where f.kind = 'Resolved' and f.is_last) / 1000)::float8
                """,
            (r, n) => new TicketFigures(
                r.GetInt32(n), r.GetInt32(n + 1), r.GetInt32(n + 2), r.GetInt32(n + 3), r.GetInt32(n + 4), r.GetInt32(n + 5), r.GetInt32(n + 6), r.GetOrNull<double>(n + 7)),
            cancellationToken);
}
