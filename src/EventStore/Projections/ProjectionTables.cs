using System.Text.RegularExpressions;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Where a projection keeps what: its schema, and its row in <c>mt_event_progression</c>.</summary>
internal static partial class ProjectionTables
{
    /// <summary>Marten's name for the checkpoint of a projection that runs as one shard.</summary>
    public static string CheckpointName(string projection) => $"{projection}:All";

    /// <summary>The schema in which a rebuild takes place.</summary>
    public static string RebuildSchema(string projection) => $"{projection}_rebuild";

    /// <exception cref="ArgumentException">The name cannot be a schema of its own.</exception>
    public static void CheckName(string projection)
    {
        if (!SchemaName().IsMatch(projection) || projection is "public" or "callcenter" || projection.StartsWith("pg_", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{projection}' cannot name a projection: 1 to 40 lower-case letters, digits and underscores, not a schema with another owner.", nameof(projection));
        }
    }

    /// <remarks>
    /// Making an index locks its table even where the index exists. A batch that another process applies meanwhile holds some of the tables and wants the others,
    /// so both lock the checkpoint first of all: one waits for the other, and neither for ever.
    /// </remarks>
    public static Task EnsureAsync(NpgsqlDataSource dataSource, IProjection projection, CancellationToken ct) =>
        EventStoreSchema.ApplyAsync(
            dataSource,
            $"""
            select from public.mt_event_progression where name = '{CheckpointName(projection.Name)}' for update;
            create schema if not exists {projection.Name};
            {projection.Schema(projection.Name)};
            insert into public.mt_event_progression (name, last_seq_id) values ('{CheckpointName(projection.Name)}', 0) on conflict (name) do nothing;
            """,
            ct);

    public static async Task<long> ReadCheckpointAsync(NpgsqlConnection connection, string projection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select last_seq_id from public.mt_event_progression where name = $1", connection)
        {
            Parameters = { new() { Value = CheckpointName(projection) } },
        };
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Moves the checkpoint if it still is where the caller left it, and locks it until the transaction ends.</summary>
    public static async Task<bool> TryAdvanceAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string projection, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "update public.mt_event_progression set last_seq_id = $3, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $2", connection, transaction)
        {
            Parameters = { new() { Value = CheckpointName(projection) }, new() { Value = from }, new() { Value = to } },
        };
        await command.PrepareAsync(ct);
        return await command.ExecuteNonQueryAsync(ct) == 1;
    }

    /// <summary>Takes a lock of the session's that all processes of this database respect; it ends with the connection.</summary>
    public static async Task<bool> TryLockAsync(NpgsqlConnection connection, string name, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select pg_try_advisory_lock(hashtextextended($1, 0))", connection) { Parameters = { new() { Value = name } } };
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>Has the session find rows by index. Its plans are kept, and those made while the tables are empty would read whole tables ever after.</summary>
    public static async Task PreferIndexesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("set enable_seqscan = off", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives the session's locks and settings back before its connection returns to a pool that may not reset it.</summary>
    public static async Task ReleaseAsync(NpgsqlConnection connection)
    {
        if (connection.FullState == System.Data.ConnectionState.Open)
        {
            await using var command = new NpgsqlCommand("select pg_advisory_unlock_all(); reset enable_seqscan", connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchemaName();
}
