using Npgsql;

namespace CallCenter.EventStore;

/// <summary>One stretch of time in which this node leads a unit.</summary>
public sealed class LeaderTerm : IDisposable
{
    private readonly CancellationTokenSource _ending = new();

    internal LeaderTerm(NpgsqlConnection connection)
    {
        Connection = connection;
        ProcessId = connection.ProcessID;
    }

    /// <summary>Holds the leader's lock: what is written on it cannot be written by a leader of the past.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Cancelled when another node is to lead, or when the lock is found lost: finish the batch and return.</summary>
    public CancellationToken Ending => _ending.Token;

    /// <summary>PostgreSQL's process behind the connection.</summary>
    internal int ProcessId { get; }

    /// <inheritdoc/>
    public void Dispose() => _ending.Dispose();

    // What waits for the end goes on elsewhere, not inside the look that decided it.
    internal void End() => _ = _ending.CancelAsync();
}
