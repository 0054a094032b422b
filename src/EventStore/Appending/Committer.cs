using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A connection, kept open with its prepared statement, for one thread at a time.</summary>
internal sealed class Committer(NpgsqlDataSource dataSource) : IDisposable
{
    // A group must not wait for the locks of one: other groups' are let go within milliseconds.
    private const string Settings = "set lock_timeout = '200ms'";
    private const string DefaultSettings = "reset lock_timeout";

    private readonly AppendStatement _statement = new();
    private readonly object _use = new();
    private NpgsqlConnection? _connection;

    public void Enter() => Monitor.Enter(_use);

    /// <summary>Enters when it is free and connected, so that nothing long is in the way.</summary>
    public bool TryEnter()
    {
        if (!Monitor.TryEnter(_use))
        {
            return false;
        }

        if (_connection is not null)
        {
            return true;
        }

        Monitor.Exit(_use);
        return false;
    }

    public void Exit() => Monitor.Exit(_use);

    /// <summary>The last group had left when it failed.</summary>
    public bool Sent { get; private set; }

    public List<AppendOutcome> Commit(List<AppendRequest> requests, DateTimeOffset recordedAt, InlineWork? inline)
    {
        Sent = false;
        _connection ??= Open();
        Sent = true;
        return inline is null
            ? _statement.Execute(_connection, requests, recordedAt)
            : _statement.ExecuteAsync(_connection, requests, recordedAt, probe: false, inline, CancellationToken.None).GetAwaiter().GetResult();
    }

    /// <summary>Keeps a connection that still works.</summary>
    public void Recover()
    {
        if (_connection is { FullState: not System.Data.ConnectionState.Open } broken)
        {
            _connection = null;
            broken.Dispose();
        }
    }

    public void Dispose()
    {
        try
        {
            if (_connection is { FullState: System.Data.ConnectionState.Open } open)
            {
                using var settings = new NpgsqlCommand(DefaultSettings, open);
                settings.ExecuteNonQuery();
            }
        }
        catch (NpgsqlException)
        {
            // Broken without anyone having noticed: the pool does not take such a connection back.
        }

        _connection?.Dispose();
    }

    private NpgsqlConnection Open()
    {
        var connection = dataSource.OpenConnection();
        using var settings = new NpgsqlCommand(Settings, connection);
        settings.ExecuteNonQuery();
        return connection;
    }
}
