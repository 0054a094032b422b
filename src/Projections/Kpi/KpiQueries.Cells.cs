using System.Runtime.CompilerServices;

using Npgsql;

namespace CallCenter.Projections.Kpi;

/// <summary>Figures that are computed only for those who ask for them: for all rows of a query in one round trip. Rows to which nothing belongs are absent.</summary>
public sealed partial class KpiQueries
{
    /// <summary>How agents spent their time. Nothing for a question about queues, topics, segments or channels: an agent's time is not divided among them.</summary>
    public Task<IReadOnlyDictionary<KpiCell, AgentTimes>> AgentTimesAsync(KpiQuery query, CancellationToken cancellationToken) =>
        KpiSql.IsAbout(query, KpiDimension.Queue, KpiDimension.Topic, KpiDimension.Segment, KpiDimension.Channel)
            ? None<AgentTimes>()
            : ByCellAsync(
                query, new KpiSql(query, KpiFacts.AgentTimes, clock.GetUtcNow()), """
                    coalesce(sum(f.ms), 0)::bigint,
                    coalesce(sum(f.ms) filter (where f.status <> 'NotReady'), 0)::bigint,
                    coalesce(sum(f.ms) filter (where f.status in ('Busy', 'WrapUp') or f.answered), 0)::bigint
                    """, (reader, n) => new AgentTimes(reader.GetInt64(n), reader.GetInt64(n + 1), reader.GetInt64(n + 2)), cancellationToken);

    /// <summary>Calls refused because lines, queue length or hours allowed no more / all calls attempted. Nothing for a question about queues or agents: who is refused has reached neither.</summary>
    public async Task<IReadOnlyDictionary<KpiCell, double>> BlockagesAsync(KpiQuery query, CancellationToken cancellationToken)
    {
        var rates = KpiSql.IsAbout(query, KpiDimension.Queue, KpiDimension.Agent, KpiDimension.Team)
            ? await None<double?>()
            : await ByCellAsync(
                query, new KpiSql(query, KpiFacts.Attempts), "count(*) filter (where f.outcome = 'Blocked')::float8 / nullif(count(*), 0)", (reader, n) => reader.GetOrNull<double>(n), cancellationToken);
        return rates.Where(rate => rate.Value is not null).ToDictionary(rate => rate.Key, rate => rate.Value!.Value);
    }

    /// <summary>First contacts, and what became of them. A call with several visits counts where it was handled last.</summary>
    public Task<IReadOnlyDictionary<KpiCell, FirstContacts>> FirstContactsAsync(KpiQuery query, CancellationToken cancellationToken) => ByCellAsync(
        query, new KpiSql(query, KpiFacts.Customers), """
            count(*) filter (where f.is_handled and f.is_first)::int,
            count(*) filter (where f.is_handled and f.is_first and f.resolved and not f.came_back)::int,
            count(*) filter (where f.is_handled)::int,
            count(distinct f.customer)::int
            """, (reader, n) => new FirstContacts(reader.GetInt32(n), reader.GetInt32(n + 1), reader.GetInt32(n + 2), reader.GetInt32(n + 3)), cancellationToken);

    /// <summary>What customers answered; an answer belongs to the call's last visit to a queue, or to the call where it had none.</summary>
    public Task<IReadOnlyDictionary<KpiCell, Satisfaction>> SatisfactionAsync(KpiQuery query, CancellationToken cancellationToken) => ByCellAsync(
        query, new KpiSql(query, KpiFacts.Surveys), """
            count(*) filter (where f.lowest = 1 and f.highest = 5)::int,
            (avg(f.score) filter (where f.lowest = 1 and f.highest = 5))::float8,
            avg(case when f.score >= 9 then 1.0 when f.score <= 6 then -1.0 else 0.0 end) filter (where f.lowest = 0 and f.highest = 10)::float8
            """, (reader, n) => new Satisfaction(reader.GetInt32(n), reader.GetOrNull<double>(n + 1), reader.GetOrNull<double>(n + 2)), cancellationToken);

    private async Task<IReadOnlyDictionary<KpiCell, T>> ByCellAsync<T>(KpiQuery query, KpiSql sql, string figures, Func<NpgsqlDataReader, int, T> read, CancellationToken cancellationToken)
    {
        var cells = new Dictionary<KpiCell, T>();
        await foreach (var (cell, reader, n) in CellsAsync(query, sql, figures, inOrder: false, cancellationToken))
        {
            cells.Add(cell, read(reader, n));
        }

        return cells;
    }

    /// <summary>The rows of a query: each cell, with the reader that stands on its row and the column at which its figures begin.</summary>
    private async IAsyncEnumerable<(KpiCell Cell, NpgsqlDataReader Reader, int First)> CellsAsync(
        KpiQuery query, KpiSql sql, string figures, bool inOrder, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var n = query.Dimensions.Count;
        var columns = string.Concat(sql.Dimensions.Select(d => d + ", "));
        var grouping = n == 0 ? "" : $" group by {Ordinals(n)}{(inOrder ? $" order by {Ordinals(n)}" : "")}";
        await using var command = sql.Where.Command(source, $"select {columns}{figures} from {sql.Facts}{sql.Where}{grouping}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return (ReadCell(query, reader), reader, n);
        }
    }

    private static Task<IReadOnlyDictionary<KpiCell, T>> None<T>() => Task.FromResult<IReadOnlyDictionary<KpiCell, T>>(new Dictionary<KpiCell, T>());
}
