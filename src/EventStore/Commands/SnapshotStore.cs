using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Keeps states of long streams, one for each stream and way of folding.</summary>
/// <remarks>It is written after the append that it stands for, so it never runs ahead of the stream. What it could not write is only a longer read next time, so nothing fails for it.</remarks>
internal sealed partial class SnapshotStore(NpgsqlDataSource dataSource, ILogger logger)
{
    // Two writers, or two releases of the program, may save at once: the higher shape stays, then the higher version.
    private const string Save = """
        insert into callcenter.snapshots as s (stream_id, name, shape, version, state) values ($1, $2, $3, $4, $5)
        on conflict (stream_id, name) do update set shape = excluded.shape, version = excluded.version, state = excluded.state, saved_at = now()
        where (s.shape, s.version) < (excluded.shape, excluded.version)
        """;

    public async Task SaveAsync<TState>(SnapshotPolicy policy, Guid streamId, long version, TState state)
    {
        try
        {
            var json = JsonSerializer.SerializeToUtf8Bytes(state, EventJson.Options);
            if (!json.AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<TState>(json, EventJson.Options), EventJson.Options)))
            {
                LogNotKept(logger, policy.Name, streamId, version, $"{typeof(TState).Name} does not come back from its JSON as it was");
                return;
            }

            await using var command = dataSource.CreateCommand(Save);
            command.Parameters.Add(new NpgsqlParameter { Value = streamId });
            command.Parameters.Add(new NpgsqlParameter { Value = policy.Name });
            command.Parameters.Add(new NpgsqlParameter { Value = policy.Shape });
            command.Parameters.Add(new NpgsqlParameter { Value = version });
            command.Parameters.Add(new NpgsqlParameter { Value = json, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb });
            await command.ExecuteNonQueryAsync();
        }
        catch (Exception exception) when (exception is NpgsqlException or JsonException or NotSupportedException)
        {
            LogNotKept(logger, policy.Name, streamId, version, exception.Message);
        }
    }

    /// <exception cref="UnreadableSnapshotException">Whatever is wrong with it.</exception>
    public static TState Read<TState>(long version, byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize<TState>(json, EventJson.Options) ?? throw new UnreadableSnapshotException(version, "it is null", innerException: null);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or ArgumentException)
        {
            throw new UnreadableSnapshotException(version, exception.Message, exception);
        }
    }

    public void NotRead(SnapshotPolicy policy, Guid streamId, UnreadableSnapshotException exception) =>
        LogNotRead(logger, policy.Name, streamId, exception.Version, exception.Message);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Snapshot {Name} of stream {StreamId} at version {Version} was not kept: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string name, Guid streamId, long version, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Snapshot {Name} of stream {StreamId} at version {Version} cannot be read, so all events are: {Reason}")]
    private static partial void LogNotRead(ILogger logger, string name, Guid streamId, long version, string reason);
}

/// <summary>A kept state cannot be read: its events are instead. Never leaves the store.</summary>
internal sealed class UnreadableSnapshotException(long version, string message, Exception? innerException) : EventStoreException(message, innerException)
{
    public long Version { get; } = version;
}
