using CallCenter.Domain.Calls;

using Npgsql;

namespace CallCenter.Projections.Calls;

/// <summary>
/// Keeps what adds up of visits, offers and calls in the IVR, by quarter hour and queue, beside them and in their transaction: what a batch changes is taken off as it was and put in as it has become.
/// The longest wait does not add up: where one is taken off, it is looked for anew.
/// </summary>
internal sealed class CallQuarters(NpgsqlConnection connection, NpgsqlTransaction? transaction, string schema)
{
    private static readonly RowTable<KeyValuePair<Cell, QuarterFigures>> Table = new("quarters", 2,
    [
        RowColumn<KeyValuePair<Cell, QuarterFigures>>.At("at", row => row.Key.At),
        RowColumn<KeyValuePair<Cell, QuarterFigures>>.Uuid("queue_id", row => row.Key.Queue),
        .. QuarterFigures.Columns.Select(column => RowColumn<KeyValuePair<Cell, QuarterFigures>>.Bigint(column.Name, row => row.Value[column.Sum])),
        RowColumn<KeyValuePair<Cell, QuarterFigures>>.Bigint("longest_ms", row => row.Value.LongestMs),
    ]);

    private readonly Dictionary<Cell, QuarterFigures> _cells = [];
    private readonly Dictionary<(Guid Call, int Visit), (Cell Cell, long Ms)> _takenWaits = [];

    /// <summary>What is in no queue belongs to the queue of id zero.</summary>
    public static string Schema(string schema) => $"""
        create table if not exists {schema}.quarters (
            at timestamptz not null,
            queue_id uuid not null,
            {string.Concat(QuarterFigures.Columns.Select(column => $"{column.Name} bigint not null, "))}
            longest_ms bigint,
            primary key (at, queue_id));
        """;

    /// <summary>Takes off a call as it is in the tables.</summary>
    public void Take(CallView call) => Count(call, -1);

    /// <summary>Puts in a call as it has become.</summary>
    public void Put(CallView call) => Count(call, 1);

    /// <summary>Writes what has changed. The calls themselves come before.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        if (_cells.Where(cell => !cell.Value.IsZero).ToList() is { Count: > 0 } changed)
        {
            batch.BatchCommands.Add(Table.Upsert(schema, changed, name => name == "longest_ms" ? "greatest(t.longest_ms, excluded.longest_ms)" : $"t.{name} + excluded.{name}"));
        }

        if (_takenWaits.Values.Select(wait => wait.Cell).Distinct().ToList() is { Count: > 0 } lost)
        {
            batch.Add($"""
                update {schema}.quarters t set longest_ms = (
                    select max(v.wait_ms) from {schema}.visits v
                    where v.queue_id = t.queue_id and v.queued_at >= t.at and v.queued_at < t.at + interval '15 minutes' and v.outcome in ('Handled', 'Abandoned', 'Overflowed'))
                from unnest($1::timestamptz[], $2::uuid[]) as n (at, queue_id) where t.at = n.at and t.queue_id = n.queue_id
                """, lost.ConvertAll(cell => cell.At.UtcDateTime).ToArray(), lost.ConvertAll(cell => cell.Queue).ToArray());
        }

        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private void Count(CallView call, int sign)
    {
        if (call.EnteredIvrAt is not null)
        {
            var figures = Of(new Cell(Quarter(call.ReceivedAt), Guid.Empty));
            figures.Add(QuarterSum.InIvr, sign);
            figures.Add(QuarterSum.LeftInIvr, call.Outcome == CallOutcome.LeftInIvr ? sign : 0);
            figures.Add(QuarterSum.SelfServed, call.Outcome == CallOutcome.SelfServed ? sign : 0);
        }

        foreach (var visit in call.Visits)
        {
            var cell = new Cell(Quarter(visit.QueuedAt), visit.QueueId);
            Of(cell).Count(visit, sign);
            if (visit is { WaitMs: { } waited, Outcome: VisitOutcome.Handled or VisitOutcome.Abandoned or VisitOutcome.Overflowed })
            {
                CountWait((call.Id, visit.Number), cell, waited, sign);
            }
        }
    }

    // A wait that is put in as it was taken off has been there all the time.
    private void CountWait((Guid, int) visit, Cell cell, long waited, int sign)
    {
        if (sign < 0)
        {
            _takenWaits.Add(visit, (cell, waited));
        }
        else if (_takenWaits.TryGetValue(visit, out var taken) && taken == (cell, waited))
        {
            _takenWaits.Remove(visit);
        }
        else
        {
            Of(cell).LongestMs = Math.Max(Of(cell).LongestMs ?? 0, waited);
        }
    }

    private QuarterFigures Of(Cell cell)
    {
        if (!_cells.TryGetValue(cell, out var figures))
        {
            _cells.Add(cell, figures = new QuarterFigures());
        }

        return figures;
    }

    private static DateTimeOffset Quarter(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.FromMinutes(15).Ticks), TimeSpan.Zero);

    private readonly record struct Cell(DateTimeOffset At, Guid Queue);
}
