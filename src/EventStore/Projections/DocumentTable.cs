using System.Text.Json;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Views as JSON documents, a row each: <c>views (id, version, data)</c> in the projection's schema.</summary>
internal sealed class DocumentTable<TKey, TView>
    where TKey : notnull
    where TView : class
{
    private readonly string _keyType = KeyType();

    public string Schema(string schemaName) =>
        $"create table if not exists {schemaName}.views (id {_keyType} primary key, version bigint not null, data jsonb not null)";

    public async Task<TView?> FindAsync(NpgsqlDataSource dataSource, string schemaName, TKey key, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand($"select data from {schemaName}.views where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = key });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? Read(reader.GetFieldValue<byte[]>(0)) : null;
    }

    /// <summary>Puts the stored views of all that are asked for into <paramref name="views"/>, in one statement.</summary>
    public async Task LoadAsync(ProjectionBatch batch, IReadOnlyCollection<TKey> keys, Dictionary<TKey, Document<TView>> views, CancellationToken ct)
    {
        if (keys.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand($"select id, data from {batch.SchemaName}.views where id = any ($1)", batch.Connection, batch.Transaction)
        {
            Parameters = { new() { Value = keys.ToArray() } },
        };
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            views[await reader.GetFieldValueAsync<TKey>(0, ct)].View = Read(reader.GetFieldValue<byte[]>(1));
        }
    }

    /// <summary>Writes all views in one statement; those that came to nothing are deleted.</summary>
    public async Task SaveAsync(ProjectionBatch batch, Dictionary<TKey, Document<TView>> views, CancellationToken ct)
    {
        var kept = views.Where(pair => pair.Value.View is not null).ToList();
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        if (kept.Count > 0)
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand(
                $"""
                insert into {batch.SchemaName}.views (id, version, data) select * from unnest($1, $2, $3)
                on conflict (id) do update set version = excluded.version, data = excluded.data
                """)
            {
                Parameters =
                {
                    new() { Value = kept.ConvertAll(pair => pair.Key) },
                    new() { Value = kept.ConvertAll(pair => pair.Value.Version) },
                    new() { Value = kept.ConvertAll(pair => JsonSerializer.SerializeToUtf8Bytes(pair.Value.View!, EventJson.Options)), NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Jsonb },
                },
            });
        }

        if (kept.Count < views.Count)
        {
            commands.BatchCommands.Add(new NpgsqlBatchCommand($"delete from {batch.SchemaName}.views where id = any ($1)")
            {
                Parameters = { new() { Value = views.Where(pair => pair.Value.View is null).Select(pair => pair.Key).ToArray() } },
            });
        }

        await commands.PrepareAsync(ct);
        await commands.ExecuteNonQueryAsync(ct);
    }

    private static TView Read(byte[] json) =>
        JsonSerializer.Deserialize<TView>(json, EventJson.Options) ?? throw new InvalidDataException($"A stored {typeof(TView).Name} is JSON null.");

    private static string KeyType() => typeof(TKey) switch
    {
        var type when type == typeof(Guid) => "uuid",
        var type when type == typeof(string) => "text",
        var type when type == typeof(long) => "bigint",
        var type when type == typeof(int) => "int",
        var type when type == typeof(DateOnly) => "date",
        var type => throw new NotSupportedException($"A view's key is a Guid, string, long, int or DateOnly, not {type.Name}."),
    };
}

/// <summary>A view while a batch is folded into it.</summary>
internal sealed class Document<TView>
    where TView : class
{
    /// <summary>Null before its first event, and after an event that ended it.</summary>
    public TView? View { get; set; }

    /// <summary>The last event's version in its stream, or its position when it is of many streams.</summary>
    public long Version { get; set; }
}
