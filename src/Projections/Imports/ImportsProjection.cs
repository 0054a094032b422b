using System.Diagnostics;

using CallCenter.Domain.Imports;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Imports;

/// <summary>Every batch of imported records as it is now.</summary>
public sealed class ImportsProjection : IProjection
{
    public string Name => "imports";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ImportStarted), typeof(ImportCompleted), typeof(ImportReversalStarted), typeof(ImportReverted)];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.batches (
            id uuid primary key,
            name text not null,
            format text not null,
            file text not null,
            generation int not null,
            phase text not null,
            calls int not null,
            shifts int not null,
            left_out int not null,
            changed_at timestamptz not null);
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var table = $"{batch.SchemaName}.batches";
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            switch (stored.Data)
            {
                case ImportStarted e:
                    // An interrupted file says nothing of what is there: the counts are those of the last one that was read to its end.
                    commands.Add(
                        $"""
                        insert into {table} as b (id, name, format, file, generation, phase, calls, shifts, left_out, changed_at) values ($1, $2, $3, $4, $5, $6, 0, 0, 0, $7)
                        on conflict (id) do update set file = $4, generation = $5, phase = $6, changed_at = $7
                        """,
                        e.BatchId, e.Name, e.Format, e.File, e.Generation, $"{ImportPhase.Running}", e.OccurredAt);
                    break;
                case ImportCompleted e:
                    commands.Add(
                        $"update {table} set phase = $2, calls = $3, shifts = $4, left_out = $5, changed_at = $6 where id = $1",
                        e.BatchId, $"{ImportPhase.Completed}", e.Calls, e.Shifts, e.LeftOut, e.OccurredAt);
                    break;
                case ImportReversalStarted e:
                    commands.Add($"update {table} set phase = $2, changed_at = $3 where id = $1", e.BatchId, $"{ImportPhase.Reverting}", e.OccurredAt);
                    break;
                case ImportReverted e:
                    commands.Add(
                        $"update {table} set phase = $2, calls = 0, shifts = 0, left_out = 0, changed_at = $3 where id = $1", e.BatchId, $"{ImportPhase.Reverted}", e.OccurredAt);
                    break;
                default:
                    throw new UnreachableException($"ImportsProjection does not take {stored.Data.GetType().Name}.");
            }
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
