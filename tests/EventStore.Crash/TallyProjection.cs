using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>A row a stream, whose checksum depends on the order: an event applied twice, left out or out of turn cannot go unseen.</summary>
internal sealed class TallyProjection : ICheckedProjection
{
    private const long Modulus = 1_000_003;

    public string Name => "crash_tally";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(Written)];

    public string Schema(string schemaName) =>
        $"create table if not exists {schemaName}.tally (stream_id uuid primary key, events bigint not null, version bigint not null, checksum bigint not null)";

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
    {
        await using var statements = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            statements.BatchCommands.Add(new NpgsqlBatchCommand(
                $"""
                insert into {batch.SchemaName}.tally as t (stream_id, events, version, checksum) values ($1, 1, $2, $3)
                on conflict (stream_id) do update set events = t.events + 1, version = excluded.version, checksum = (t.checksum * 31 + excluded.checksum) % {Modulus}
                """)
            {
                Parameters = { new() { Value = stored.StreamId }, new() { Value = stored.Version }, new() { Value = (long)((Written)stored.Data).Amount } },
            });
        }

        await statements.ExecuteNonQueryAsync(ct);
    }

    public async Task CheckAsync(IReadOnlyList<StoredEvent> log, NpgsqlDataSource dataSource)
    {
        var expected = log.GroupBy(stored => stored.StreamId).ToDictionary(
            stream => stream.Key, stream => (stream.LongCount(), stream.Last().Version, stream.Aggregate(0L, (sum, stored) => (sum * 31 + ((Written)stored.Data).Amount) % Modulus)));
        var found = new Dictionary<Guid, (long, long, long)>();
        await using var command = dataSource.CreateCommand($"select stream_id, events, version, checksum from {Name}.tally");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetGuid(0), (reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        found.Except(expected).ShouldBeEmpty("rows of the projection that the log does not come to");
        expected.Except(found).ShouldBeEmpty("rows that the projection lacks");
    }
}
