using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Which failures are the database's state and pass by themselves, and which are about what was asked.</summary>
internal static class DatabaseFaults
{
    /// <summary>The connection or the server is gone, starting, stopping or short of something: to be tried again later. PostgreSQL, appendix A.</summary>
    public static bool IsOutage(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState[..2] is "08" or "53" or "58" || postgres.SqlState is "57P01" or "57P02" or "57P03" or "57P05" or "25P03",
        NpgsqlException npgsql => npgsql.IsTransient,
        _ => false,
    };

    /// <summary>Nothing is wrong but the moment: deadlock or serialisation failure; the transaction is rolled back and may be repeated at once.</summary>
    public static bool IsCollision(Exception exception) =>
        exception is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable };
}
