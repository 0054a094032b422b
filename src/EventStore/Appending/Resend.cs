using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Carries idempotent work through lost connections: sends it again until the database has answered.</summary>
/// <remarks>
/// After a connection is lost around a commit nobody knows what became of it. The append function looks event ids up before it writes, and
/// the unique index on them catches what is still under way, so sending the same again both finds the answer out and completes the work.
/// </remarks>
internal sealed partial class Resend(NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
{
    /// <summary>For how long a lost database is waited for.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private const int CollisionLimit = 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs <paramref name="work"/> until it is answered; its second argument tells whether an earlier try may have been committed.</summary>
    /// <param name="work">Idempotent.</param>
    /// <param name="sent">It was sent before, and the answer was lost.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<T> RunAsync<T>(Func<NpgsqlConnection, bool, Task<T>> work, bool sent, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var pause = FirstPause;
        var collisions = 0;
        while (true)
        {
            var opened = false;
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(ct);
                opened = true;
                return await work(connection, sent);
            }
            catch (NpgsqlException exception) when (IsCollision(exception) && collisions < CollisionLimit)
            {
                // Rolled back as a whole. The next try sees what the other writer committed, and answers for itself.
                collisions++;
            }
            catch (NpgsqlException exception) when (DatabaseFaults.IsOutage(exception))
            {
                sent |= opened;
                var waited = time.GetElapsedTime(started);
                if (waited > Limit)
                {
                    throw sent ? new AppendOutcomeUnknownException(waited, exception) : new EventStoreUnavailableException(waited, exception);
                }

                LogOutage(logger, opened ? "during an append" : "before an append", exception.Message);
                await Task.Delay(pause, time, ct);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    private static bool IsCollision(Exception exception) =>
        DatabaseFaults.IsCollision(exception) || exception is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Database lost {Moment}; trying again: {Reason}")]
    private static partial void LogOutage(ILogger logger, string moment, string reason);
}
