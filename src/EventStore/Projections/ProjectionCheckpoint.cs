using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A shard's row in <c>mt_event_progression</c>.</summary>
internal static class ProjectionCheckpoint
{
    /// <summary>The position; null when there is no such row, because another version's is there.</summary>
    public static async Task<long?> ReadAsync(NpgsqlConnection connection, ProjectionShard shard, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select last_seq_id from public.mt_event_progression where name = $1", connection)
        {
            Parameters = { new() { Value = shard.CheckpointName } },
        };
        return (long?)await command.ExecuteScalarAsync(ct);
    }

    /// <summary>Moves the checkpoint if it still is where the caller left it, and locks it until the transaction ends.</summary>
    /// <exception cref="CheckpointMovedException">It is not, or no longer there.</exception>
    public static async Task AdvanceAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, ProjectionShard shard, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "update public.mt_event_progression set last_seq_id = $3, last_updated = transaction_timestamp() where name = $1 and last_seq_id = $2", connection, transaction)
        {
            Parameters = { new() { Value = shard.CheckpointName }, new() { Value = from }, new() { Value = to } },
        };
        await command.PrepareAsync(ct);
        if (await command.ExecuteNonQueryAsync(ct) == 0)
        {
            throw new CheckpointMovedException(shard.CheckpointName, from);
        }
    }
}

/// <summary>A checkpoint is not where its leader left it: a rebuild has moved it, or another leader has. Nothing was written.</summary>
internal sealed class CheckpointMovedException(string checkpoint, long from) : EventStoreException($"Checkpoint '{checkpoint}' is no longer at {from}.");
