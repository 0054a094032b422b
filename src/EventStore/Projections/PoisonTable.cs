using Npgsql;

namespace CallCenter.EventStore;

/// <summary>The events at which projections stopped, with what a person decided about each (<c>callcenter.projection_poison</c>).</summary>
internal static class PoisonTable
{
    public static async Task<HashSet<long>> SkippedAsync(NpgsqlConnection connection, string projection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select distinct position from callcenter.projection_poison where projection = $1 and skipped", connection)
        {
            Parameters = { new() { Value = projection } },
        };
        return [.. await command.ColumnAsync<long>(ct)];
    }

    /// <summary>Under this name a rebuild keeps what stopped it: the live tables may be none the worse.</summary>
    public static string RebuildName(ProjectionShard shard) => $"{shard.CheckpointName} (rebuild)";

    public static async Task RecordAsync(NpgsqlConnection connection, ProjectionShard shard, string checkpoint, ProjectionPoisonedException poison, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            insert into callcenter.projection_poison (projection, position, checkpoint, event_id, event_type, error)
            select $1, $2, $3, e.id, e.type, $4 from public.mt_events e where e.seq_id = $2
            on conflict (projection, position, checkpoint) do update set error = excluded.error, stopped_at = excluded.stopped_at
            """,
            connection)
        {
            Parameters =
            {
                new() { Value = shard.Projection.Name },
                new() { Value = poison.Position },
                new() { Value = checkpoint },
                new() { Value = poison.InnerException!.Message.Replace("\0", "", StringComparison.Ordinal) },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>True while nobody has decided to skip the event or to try it again.</summary>
    public static async Task<bool> StandsAsync(NpgsqlConnection connection, string projection, long position, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select exists (select from callcenter.projection_poison where projection = $1 and position = $2 and not skipped)", connection)
        {
            Parameters = { new() { Value = projection }, new() { Value = position } },
        };
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>What stopped a shard at or before a position; null when nothing did.</summary>
    public static async Task<ProjectionPoisonedException?> FindAsync(NpgsqlConnection connection, ProjectionShard shard, long upTo, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select position, error from callcenter.projection_poison where checkpoint = $1 and position <= $2 and not skipped order by position limit 1", connection)
        {
            Parameters = { new() { Value = shard.CheckpointName }, new() { Value = upTo } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new ProjectionPoisonedException(shard.Projection.Name, reader.GetInt64(0), new InvalidOperationException(reader.GetString(1)))
            : null;
    }

    /// <summary>Forgets what a former leader stopped at: a new one tries for itself.</summary>
    public static async Task ClearAsync(NpgsqlConnection connection, ProjectionShard shard, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("delete from callcenter.projection_poison where checkpoint = $1 and not skipped", connection)
        {
            Parameters = { new() { Value = shard.CheckpointName } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }
}
