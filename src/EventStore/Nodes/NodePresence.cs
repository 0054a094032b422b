using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Shows a node to the others through its shared locks, looks at the locks of all, and tells the node's units what they mean.</summary>
internal sealed partial class NodePresence(NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
{
    /// <summary>How late a lost leader is noticed at most.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    // A lock on two ints has objsubid 2, one on a bigint 1; classid and objid are its halves.
    private const string Locks = """
        select objsubid = 2, classid::bigint << 32 | objid::bigint, pid from pg_locks
        where locktype = 'advisory' and granted and mode = case objsubid when 2 then 'ShareLock' else 'ExclusiveLock' end
          and database = (select oid from pg_database where datname = current_database())
        """;

    private readonly int _node = RandomNumberGenerator.GetInt32(int.MaxValue);
    private readonly ConcurrentDictionary<string, WorkUnit> _units = new(StringComparer.Ordinal);
    private TaskCompletionSource _wanted = New();

    public ICollection<WorkUnit> Units => _units.Values;

    public WorkUnit Join(string name)
    {
        var unit = new WorkUnit(name, time, Look);
        return _units.TryAdd(name, unit) ? unit : throw new ArgumentException($"This node stands for '{name}' already.", nameof(name));
    }

    public void Leave(WorkUnit unit)
    {
        _units.TryRemove(unit.Name, out _);
        Look();
    }

    /// <summary>Looks at once instead of at the next interval.</summary>
    public void Look() => Volatile.Read(ref _wanted).TrySetResult();

    /// <summary>Runs until cancelled, through lost connections.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync(ct);
                try
                {
                    await WatchAsync(connection, ct);
                }
                finally
                {
                    await SessionLock.ReleaseAllAsync(connection);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
            {
                // Leaders go on as long as their own connections hold; nobody here can take over until the locks can be seen again.
                LogLost(logger, exception.Message);
                await Task.WhenAny(Task.Delay(LookInterval, time, ct));
            }
        }
    }

    private async Task WatchAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var shown = new HashSet<WorkUnit>();
        while (true)
        {
            Volatile.Write(ref _wanted, New());
            var units = _units.Values;
            await ShowAsync(connection, shown, units, ct);
            Tell(units.Select(unit => (unit, unit.Term)).ToList(), await ReadAsync(connection, ct));
            await Task.WhenAny(_wanted.Task, Task.Delay(LookInterval, time, ct));
            ct.ThrowIfCancellationRequested();
        }
    }

    private async Task ShowAsync(NpgsqlConnection connection, HashSet<WorkUnit> shown, ICollection<WorkUnit> units, CancellationToken ct)
    {
        foreach (var unit in units.Where(unit => unit.IsCandidate && !shown.Contains(unit)).ToList())
        {
            await ExecuteAsync("select pg_advisory_lock_shared($1, $2)", unit);
            shown.Add(unit);
        }

        foreach (var unit in shown.Where(unit => !unit.IsCandidate || !units.Contains(unit)).ToList())
        {
            await ExecuteAsync("select pg_advisory_unlock_shared($1, $2)", unit);
            shown.Remove(unit);
        }

        async Task ExecuteAsync(string sql, WorkUnit unit)
        {
            await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = unit.PresenceKey }, new() { Value = _node } } };
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    private static async Task<Sight> ReadAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(Locks, connection);
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var seen = new Sight([], []);
        while (await reader.ReadAsync(ct))
        {
            var key = reader.GetInt64(1);
            if (!reader.GetBoolean(0))
            {
                seen.Leaders[key] = reader.GetInt32(2);
                continue;
            }

            var unit = (int)(key >> 32);
            if (!seen.Candidates.TryGetValue(unit, out var nodes))
            {
                seen.Candidates.Add(unit, nodes = []);
            }

            nodes.Add((int)key);
        }

        return seen;
    }

    // The units are ranked by what all nodes see alike, not by the units that this node happens to know.
    private void Tell(List<(WorkUnit Unit, LeaderTerm? Term)> units, Sight seen)
    {
        foreach (var (unit, term) in units)
        {
            var designated = false;
            if (seen.Candidates.TryGetValue(unit.PresenceKey, out var nodes))
            {
                var rank = seen.Candidates.Keys.TakeWhile(key => key != unit.PresenceKey).Count();
                designated = nodes.ElementAt(rank % nodes.Count) == _node;
            }

            unit.Judge(term, seen.Leaders.TryGetValue(unit.LeaderKey, out var leader) ? leader : null, designated);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "This node cannot see the other nodes until the database is back: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    /// <param name="Candidates">The nodes that could run each unit, in order, by the unit's key, in order.</param>
    /// <param name="Leaders">PostgreSQL's processes that hold locks on single keys, leaders' among them.</param>
    private sealed record Sight(SortedDictionary<int, SortedSet<int>> Candidates, Dictionary<long, int> Leaders);
}
