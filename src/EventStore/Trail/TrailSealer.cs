using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Closes the global log range by range up to the safe mark: a seal over each, signed, chained to the one before, its header kept as the head in the <see cref="TrailFolder"/> too.</summary>
/// <remarks>
/// Any number of processes may run one: each round is done under a lock of the database, by one of them. The seal is committed first and the head file written after it,
/// so a crash leaves the head behind, never ahead; the next round moves it on over seals that are signed and chained. A head that is ahead tells of a cut tail, and sealing stops there.
/// </remarks>
public sealed partial class TrailSealer(PostgresEventStore store, NpgsqlDataSource dataSource, TrailFolder folder, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Between two rounds: an event is sealed so long after its commit at most, and the time of a round later.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Events of one seal at most.</summary>
    public const int EventsPerSeal = 4_096;

    // "sealtrl" in ASCII.
    private const long SealLock = 0x7365616c74726c;

    private static readonly TimeSpan LastRoundLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _entries = new byte[EventsPerSeal * SealEntries.Size];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Task _running = Task.CompletedTask;
    private string? _lastComplaint;

    /// <summary>Begins to seal at intervals.</summary>
    public void Start() => _running = Task.Run(() => RunAsync(_stop.Token));

    /// <summary>Seals everything up to the safe mark, unless another process is at it.</summary>
    /// <returns>The number of events sealed.</returns>
    /// <exception cref="TrailException">The folder and the database do not fit together.</exception>
    public async Task<long> SealAsync(CancellationToken ct = default) => await TryUnderLockAsync(SealUnderLockAsync, ct) ?? 0;

    /// <summary>Makes the last seal in the database the head, whatever the head file named: what a person does after an earlier state of the database was restored on purpose, or the file was lost.</summary>
    /// <remarks>The head file of before is kept beside the new one. Nothing else is changed: what is damaged stays so.</remarks>
    /// <returns>The number of that seal; 0 when there is none.</returns>
    /// <exception cref="TrailException">There is no key, or it has not signed that seal.</exception>
    public async Task<long> AcceptHeadAsync(CancellationToken ct = default)
    {
        while (true)
        {
            if (await TryUnderLockAsync(AcceptHeadUnderLockAsync, ct) is { } number)
            {
                return number;
            }

            // Another process is sealing; that takes no longer than a round.
            await Task.Delay(TimeSpan.FromMilliseconds(100), time, ct);
        }
    }

    /// <summary>Stops, and seals once more what has come since the last round.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Stopped, as asked.
        }

        if (_running != Task.CompletedTask)
        {
            using var limit = new CancellationTokenSource(LastRoundLimit, time);
            await TrySealAsync(limit.Token);
        }

        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await TrySealAsync(ct);
            await Task.Delay(Interval, time, ct);
        }
    }

    private async Task TrySealAsync(CancellationToken ct)
    {
        try
        {
            await SealAsync(ct);
            _lastComplaint = null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Stopped, or the last round's time is up; what is not sealed now is sealed at the next start.
        }
        catch (Exception exception) when (exception is TrailException or NpgsqlException or IOException or UnauthorizedAccessException)
        {
            // Said once, not every five seconds: it stays so until somebody sees to it, and sealing goes on by itself then.
            if (!string.Equals(_lastComplaint, exception.Message, StringComparison.Ordinal))
            {
                LogNotSealed(logger, exception.Message);
                _lastComplaint = exception.Message;
            }
        }
    }

    private async Task<long?> TryUnderLockAsync(Func<NpgsqlConnection, CancellationToken, Task<long>> work, CancellationToken ct)
    {
        await _turn.WaitAsync(ct);
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            if (!await SessionLock.TryTakeAsync(connection, SealLock, ct))
            {
                return null;
            }

            try
            {
                return await work(connection, ct);
            }
            finally
            {
                await SessionLock.ReleaseAllAsync(connection);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<long> AcceptHeadUnderLockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        using var key = folder.ReadSigningKey() ?? throw new TrailException($"The signing key of the trail is missing in {folder.Path}.");
        var last = await SealTable.LastAsync(connection, ct) ?? SignedSeal.Sign(Seal.Genesis, key);
        if (!last.IsSignedBy(key))
        {
            throw new TrailException($"Seal {last.Seal.Number} is not signed by the trail's key, so it cannot become the head.");
        }

        folder.ReplaceHead(last, time.GetUtcNow());
        return last.Seal.Number;
    }

    private async Task<long> SealUnderLockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        using var key = await OpenAsync(connection, ct);
        var last = folder.ReadHead()!;
        var before = last.Seal.TotalEvents;
        var mark = await store.HighWaterMarkAsync(ct);
        while (await ReadRangeAsync(connection, last.Seal, mark, ct) is { } seal)
        {
            last = SignedSeal.Sign(seal, key);
            await SealTable.InsertAsync(connection, last, _entries.AsMemory(0, seal.Events * SealEntries.Size), ct);
            folder.WriteHead(last);
        }

        return last.Seal.TotalEvents - before;
    }

    /// <summary>Gives the key, once the head file is at the last seal.</summary>
    private async Task<ECDsa> OpenAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var head = folder.ReadHead();
        var key = folder.ReadSigningKey();
        try
        {
            if (head is null && await SealTable.LastAsync(connection, ct) is { } orphan)
            {
                throw new TrailException($"The head file {folder.HeadPath} is missing, but the database has {orphan.Seal.Number} seals: bring it back, or accept those as all there were (verify --accept-head).");
            }

            if (head is null)
            {
                key ??= folder.CreateKey();
                folder.WriteHead(head = SignedSeal.Sign(Seal.Genesis, key));
            }

            await MoveHeadAsync(connection, head, key ?? throw new TrailException($"The signing key of the trail is missing in {folder.Path}, and a new one cannot go on with its seals: bring it back."), ct);
            return key;
        }
        catch
        {
            key?.Dispose();
            throw;
        }
    }

    /// <summary>Moves the head over the seals that were committed before the file was written.</summary>
    private async Task MoveHeadAsync(NpgsqlConnection connection, SignedSeal head, ECDsa key, CancellationToken ct)
    {
        if (!head.IsSignedBy(key))
        {
            throw new TrailException($"The head file {folder.HeadPath} is not signed by the trail's key.");
        }

        var stored = await SealTable.PageAsync(connection, head.Seal.Number - 1, int.MaxValue, ct);
        if (head.Seal.Number > 0 && (stored.Count == 0 || !stored[0].Seal.Hash().AsSpan().SequenceEqual(head.Seal.Hash())))
        {
            throw new TrailException(
                $"The head file {folder.HeadPath} names seal {head.Seal.Number}, up to position {head.Seal.LastPosition}, which is not in the database: seals were cut off or rewritten, "
                + "or an older state of the database was restored (then: verify --accept-head), or the folder belongs to another database.");
        }

        var last = head;
        foreach (var next in stored.Where(next => next.Seal.Number > head.Seal.Number))
        {
            last = next.Seal.Number == last.Seal.Number + 1 && next.Seal.Previous.AsSpan().SequenceEqual(last.Seal.Hash()) && next.IsSignedBy(key)
                ? next
                : throw new TrailException($"Seal {next.Seal.Number} in the database is not one that follows seal {last.Seal.Number} and is signed by the trail's key.");
        }

        if (last != head)
        {
            folder.WriteHead(last);
        }
    }

    private async Task<Seal?> ReadRangeAsync(NpgsqlConnection connection, Seal last, long mark, CancellationToken ct)
    {
        var (count, from, to, lastPosition) = (0, long.MaxValue, long.MinValue, 0L);
        await using (var rows = await EventRows.OpenAsync(connection, last.LastPosition, mark, EventsPerSeal, ct))
        {
            while (await rows.ReadAsync(ct))
            {
                SealEntries.Write(_entries.AsSpan(count++ * SealEntries.Size), rows.Position, rows.Content);
                (from, to, lastPosition) = (Math.Min(from, rows.RecordedAt), Math.Max(to, rows.RecordedAt), rows.Position);
            }
        }

        var entries = _entries.AsSpan(0, count * SealEntries.Size);
        return count == 0
            ? null
            : new Seal(
                last.Number + 1, SealEntries.Position(entries, 0), lastPosition, count, last.TotalEvents + count, from, to, DatabaseTime.Truncate(time.GetUtcNow()),
                SealEntries.Root(entries), last.Hash());
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "New events are not sealed: {Reason}")]
    private static partial void LogNotSealed(ILogger logger, string reason);
}
