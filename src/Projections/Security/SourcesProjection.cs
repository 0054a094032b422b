using System.Diagnostics;

using CallCenter.Domain.Security;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Security;

/// <summary>The addresses that are blocked.</summary>
public sealed class SourcesProjection : IProjection
{
    public string Name => "sources";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(SourceBlocked), typeof(SourceUnblocked), typeof(SourceBlockExpired)];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.blocked (
            address text primary key,
            reason text not null,
            since timestamptz not null,
            until timestamptz not null,
            by_user text);
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            commands.BatchCommands.Add(stored.Data switch
            {
                SourceBlocked e => Sql($"""
                    insert into {batch.SchemaName}.blocked (address, reason, since, until, by_user) values ($1, $2, $3, $4, $5)
                    on conflict (address) do update set reason = $2, since = $3, until = $4, by_user = $5
                    """, e.Address, e.Reason, e.OccurredAt.UtcDateTime, e.Until.UtcDateTime, (object?)e.By ?? DBNull.Value),
                SourceEvent e and (SourceUnblocked or SourceBlockExpired) => Sql($"delete from {batch.SchemaName}.blocked where address = $1", e.Address),
                var other => throw new UnreachableException($"SourcesProjection does not take {other.GetType().Name}."),
            });
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlBatchCommand Sql(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return command;
    }
}
