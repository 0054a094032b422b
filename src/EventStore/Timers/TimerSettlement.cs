using Npgsql;
using NpgsqlTypes;

namespace CallCenter.EventStore;

/// <summary>What became of a timer that was fired, to be written unless it was cancelled, rescheduled or taken over meanwhile.</summary>
/// <param name="Timer">The timer.</param>
/// <param name="Node">Who had claimed it.</param>
/// <param name="Error">Null when it is done.</param>
/// <param name="Retry">What follows an error.</param>
internal sealed record TimerSettlement(DueTimer Timer, int Node, Exception? Error, RetryPolicy Retry)
{
    private const string Mine = "where id = $1 and firing_id = $2 and claimed_by = $3";
    private const string Done = $"delete from callcenter.timers {Mine}";
    private const string Failed = $"update callcenter.timers set attempts = $4, next_attempt_at = $5, last_error = $6, claimed_by = null {Mine}";

    /// <returns>Whether the timer is dead.</returns>
    public async Task<bool> StoreAsync(NpgsqlDataSource dataSource, DateTimeOffset now, CancellationToken ct)
    {
        await using var batch = dataSource.CreateBatch();
        var command = new NpgsqlBatchCommand(Error is null ? Done : Failed)
        {
            Parameters = { new() { Value = Timer.Id }, new() { Value = Timer.FiringId }, new() { Value = Node } },
        };
        batch.BatchCommands.Add(command);
        var pause = Error is null ? null : Retry.PauseAfter(Timer.Attempt);
        if (Error is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = Timer.Attempt });
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)(now + pause)?.UtcDateTime ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            command.Parameters.Add(new NpgsqlParameter { Value = ErrorText.Of(Error) });
        }

        if (pause is { } ahead && DurableTimers.MustWake(ahead))
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(DurableTimers.Notify));
        }

        await batch.ExecuteNonQueryAsync(ct);
        return Error is not null && pause is null;
    }
}
