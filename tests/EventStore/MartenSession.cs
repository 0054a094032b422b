using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore.Tests;

/// <summary>Does to the database what Marten does: its append function, its inserts when a stream is started, its reads.</summary>
internal sealed class MartenSession(NpgsqlDataSource dataSource)
{
    /// <summary>Marten's refusal of another version than the expected one.</summary>
    public const string WrongVersion = "MT003";

    /// <summary>Marten's refusal of an append to an archived stream.</summary>
    public const string Archived = "MT001";

    private const string QuickAppend =
        "select public.mt_quick_append_events($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

    private const string Select = """
        select data, type, mt_dotnet_type, bdata, seq_id, id, stream_id, version, timestamp, tenant_id, correlation_id, causation_id, headers, user_name, is_archived
        from public.mt_events where stream_id = $1 and is_archived = false order by version
        """;

    /// <summary>Appends by the function: the version now, then a position for each event.</summary>
    public async Task<long[]> AppendAsync(Guid stream, long? expected, params Counted[] events)
    {
        await using var command = dataSource.CreateCommand(QuickAppend);
        var texts = new string[events.Length];
        Add(NpgsqlDbType.Uuid, stream);
        Add(NpgsqlDbType.Varchar, "call");
        Add(NpgsqlDbType.Varchar, "*DEFAULT*");
        Add(NpgsqlDbType.Array | NpgsqlDbType.Uuid, events.Select(_ => Guid.CreateVersion7()).ToArray());
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Repeat("counted"));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Repeat("CallCenter.EventStore.Tests.Counted, CallCenter.EventStore.Tests"));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, events.Select(data => JsonSerializer.Serialize(data)).ToArray());
        Add(NpgsqlDbType.Array | NpgsqlDbType.Bytea, new byte[]?[events.Length]);
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Repeat("a cause"));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Repeat("a correlation"));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Jsonb, Repeat("{}"));
        Add(NpgsqlDbType.Array | NpgsqlDbType.Varchar, Repeat("a user"));
        Add(NpgsqlDbType.Bigint, (object?)expected ?? DBNull.Value);
        return (long[])(await command.ExecuteScalarAsync())!;

        void Add(NpgsqlDbType type, object value) => command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });

        string[] Repeat(string text) => [.. texts.Select(_ => text)];
    }

    /// <summary>Starts a stream in Quick mode: one insert for the stream, one for each event, in one transaction.</summary>
    public async Task StartAsync(Guid stream, params Counted[] events)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into public.mt_streams (id, type, version, tenant_id) values ($1, 'call', $2, '*DEFAULT*')")
        {
            Parameters = { new() { Value = stream }, new() { Value = (long)events.Length } },
        });
        for (var i = 0; i < events.Length; i++)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                """
                insert into public.mt_events (data, type, mt_dotnet_type, seq_id, id, stream_id, version, timestamp, tenant_id, correlation_id, causation_id, headers, user_name)
                values ($1, 'counted', 'CallCenter.EventStore.Tests.Counted, CallCenter.EventStore.Tests', nextval('public.mt_events_sequence'), $2, $3, $4, $5, '*DEFAULT*', null, null, null, null)
                """)
            {
                Parameters =
                {
                    new() { Value = JsonSerializer.Serialize(events[i]), NpgsqlDbType = NpgsqlDbType.Jsonb }, new() { Value = Guid.CreateVersion7() }, new() { Value = stream },
                    new() { Value = i + 1L }, new() { Value = DateTime.UtcNow },
                },
            });
        }

        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Its events as Marten makes them: through the type that the row names, positions and versions beside them.</summary>
    public async Task<List<(long Version, long Position, object? Data, string? UserName)>> FetchAsync(Guid stream)
    {
        await using var command = dataSource.CreateCommand(Select);
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        await using var reader = await command.ExecuteReaderAsync();
        var events = new List<(long, long, object?, string?)>();
        while (await reader.ReadAsync())
        {
            var type = Type.GetType(reader.GetString(2), throwOnError: true)!;
            events.Add((reader.GetInt64(7), reader.GetInt64(4), JsonSerializer.Deserialize(reader.GetString(0), type), reader.IsDBNull(13) ? null : reader.GetString(13)));
        }

        return events;
    }

    /// <summary>A stream's state as Marten fetches it.</summary>
    public async Task<(long Version, string? Type, bool IsArchived)> FetchStateAsync(Guid stream)
    {
        await using var command = dataSource.CreateCommand("select version, type, timestamp, created, is_archived from public.mt_streams where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        await using var reader = await command.ExecuteReaderAsync();
        (await reader.ReadAsync()).ShouldBeTrue();
        return (reader.GetInt64(0), reader.GetString(1), reader.GetBoolean(4));
    }

    public async Task ArchiveAsync(Guid stream)
    {
        await using var command = dataSource.CreateCommand("select public.mt_archive_stream($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        await command.ExecuteNonQueryAsync();
    }
}
