using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Gives each unit of work (a projection's shard, a subscription, a sealer) one leader among all nodes of a database, and spreads the units evenly over the nodes that could run them.</summary>
/// <remarks>
/// Everything rests on session-level advisory locks, which PostgreSQL lets go as soon as a killed process's connections are closed. A leader holds an exclusive lock on its unit, on the
/// connection that it also works on: a leader that lost its lock can no longer write. Each node that could run a unit holds a shared lock on (unit, node), by which all see the same
/// candidates and agree, without talking, on who is meant to lead: units in order of their keys, dealt out to their candidates in turn.
/// The pool must give real sessions (no transaction pooling between here and PostgreSQL).
/// </remarks>
public sealed partial class Leadership : IAsyncDisposable
{
    /// <summary>After a defect in a leader's work: the first pause, doubled at each failure in a row up to the longest. The node is no candidate meanwhile.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OutagePause = TimeSpan.FromMilliseconds(250);

    private readonly NpgsqlDataSource _dataSource;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly NodePresence _presence;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    /// <summary>One node; a process needs one for each database. The data source stays the caller's.</summary>
    public Leadership(NpgsqlDataSource dataSource, TimeProvider time, ILogger logger)
    {
        _dataSource = dataSource;
        _time = time;
        _logger = logger;
        _presence = new NodePresence(dataSource, time, logger);
        _watching = Task.Run(() => _presence.RunAsync(_stop.Token));
    }

    /// <summary>This node's part in every unit that it runs now, by unit.</summary>
    public IReadOnlyList<LeadershipStatus> Status => [.. _presence.Units.Select(unit => unit.Status).OrderBy(status => status.Unit, StringComparer.Ordinal)];

    /// <summary>Stands for a unit until cancelled: waits for this node's turn, leads, and stands again when the term is over.</summary>
    /// <param name="unit">The same name on every node.</param>
    /// <param name="lead">
    /// The work of one term, on the term's connection. It returns soon after <see cref="LeaderTerm.Ending"/>, with its work in order; what it throws is logged, and it is called again later, on
    /// whichever node's turn it is then. Its token is cancelled when the node stops.
    /// </param>
    /// <param name="ct">Ends the standing.</param>
    /// <exception cref="ArgumentException">This node stands for the unit already.</exception>
    /// <exception cref="OperationCanceledException">The only way in which it ends.</exception>
    public async Task RunAsync(string unit, Func<LeaderTerm, CancellationToken, Task> lead, CancellationToken ct)
    {
        var seat = _presence.Join(unit);
        try
        {
            var failures = 0;
            while (true)
            {
                await seat.TurnAsync(ct);
                try
                {
                    await TryLeadAsync(seat, lead, ct);
                    failures = 0;
                }
                catch (Exception exception) when (!ct.IsCancellationRequested)
                {
                    var outage = DatabaseFaults.IsOutage(exception);
                    failures = outage ? 0 : failures + 1;
                    seat.Failed(exception.Message);
                    LogFailed(_logger, unit, exception);
                    await StandAsideAsync(seat, outage ? OutagePause : Pause(failures), ct);
                }
            }
        }
        finally
        {
            _presence.Leave(seat);
        }
    }

    /// <summary>Leaves; every unit should have been cancelled before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task TryLeadAsync(WorkUnit seat, Func<LeaderTerm, CancellationToken, Task> lead, CancellationToken ct)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(ct);
        if (!await SessionLock.TryTakeAsync(connection, seat.LeaderKey, ct))
        {
            seat.Missed();
            return;
        }

        using var term = new LeaderTerm(connection);
        try
        {
            seat.Begin(term);
            LogLeads(_logger, seat.Name);
            await lead(term, ct);
        }
        finally
        {
            seat.End();
            await SessionLock.ReleaseAllAsync(connection);
            _presence.Look();
        }
    }

    // Others need not wait for one that fails.
    private async Task StandAsideAsync(WorkUnit seat, TimeSpan pause, CancellationToken ct)
    {
        seat.IsCandidate = false;
        _presence.Look();
        await Task.Delay(pause, _time, ct);
        seat.IsCandidate = true;
        _presence.Look();
    }

    private static TimeSpan Pause(int failures) => TimeSpan.FromTicks(Math.Min(FirstPause.Ticks << Math.Min(failures - 1, 10), LongestPause.Ticks));

    [LoggerMessage(Level = LogLevel.Information, Message = "This node leads {Unit}")]
    private static partial void LogLeads(ILogger logger, string unit);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The work of {Unit} was interrupted and is taken up again later")]
    private static partial void LogFailed(ILogger logger, string unit, Exception exception);
}
