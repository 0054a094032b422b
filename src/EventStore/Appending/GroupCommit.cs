using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Lets concurrent appends share commits: those that come while one is under way go together with the next.</summary>
/// <remarks>
/// A group is one statement, in which a request that is refused fails alone. What fails the statement itself (an event that PostgreSQL cannot keep, an event id taken, a stream locked by a transaction
/// that was left open, a lost connection) sends each of its requests on its own way, where only the guilty one fails or waits. A thread that does nothing else commits one group after another, so a
/// group is what came while the last one was being committed. While nothing is under way the caller's own thread commits: on an idle machine each hand-over to another thread costs as much as the append.
/// </remarks>
internal sealed partial class GroupCommit(NpgsqlDataSource dataSource, SingleAppend single, AppendNotifier notifier, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    // Small enough that nobody waits long for the others, large enough that a commit weighs little.
    private const int GroupRequests = 256;
    private const int GroupEvents = 2_000;
    private const int GroupBytes = 8 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly List<WaitingAppend> _waiting = [];
    private readonly HashSet<Guid> _underWay = [];
    private readonly Committer _committer = new(dataSource);
    private Task? _thread;
    private bool _closed;

    /// <summary>Commits the request together with others, and gives what became of it.</summary>
    public Task<IReadOnlyList<AppendResult>> RunAsync(AppendRequest request, CancellationToken ct)
    {
        var waiting = new WaitingAppend(request, single, Release, ct);
        var alone = false;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _thread ??= Start();
            alone = _waiting.Count == 0 && _underWay.Count == 0 && single.Inline is null && _committer.TryEnter();
            if (alone)
            {
                _underWay.UnionWith(waiting.StreamIds);
            }
            else
            {
                _waiting.Add(waiting);
                Monitor.Pulse(_gate);
            }
        }

        if (alone)
        {
            // Nobody else is there: the caller's own thread is the quickest, and it is busy for no longer than a commit takes.
            Commit([waiting]);
            _committer.Exit();
        }

        return ct.CanBeCanceled ? waiting.Answer.Task.WaitAsync(ct) : waiting.Answer.Task;
    }

    /// <summary>Commits what is waiting, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        await (_thread ?? Task.CompletedTask);
    }

    private Task Start()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            while (Take() is { } group)
            {
                _committer.Enter();
                Commit(group);
                _committer.Exit();
            }

            _committer.Enter();
            _committer.Dispose();
            _committer.Exit();
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = "append",
        }.UnsafeStart();
        return ended.Task;
    }

    /// <summary>Waits for requests and takes as many as go together; null when there will be no more.</summary>
    private List<WaitingAppend>? Take()
    {
        lock (_gate)
        {
            while (true)
            {
                if (TakeFree() is { Count: > 0 } group)
                {
                    return group;
                }

                if (_closed && _waiting.Count == 0)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    // A stream's requests follow one another in the order in which they came: one whose stream is under way, or is wanted by one before it, waits for a later group.
    private List<WaitingAppend> TakeFree()
    {
        var group = new List<WaitingAppend>();
        var wanted = new HashSet<Guid>(_underWay);
        var (events, bytes, left) = (0, 0, 0);
        for (var i = 0; i < _waiting.Count; i++)
        {
            var (waiting, request) = (_waiting[i], _waiting[i].Request);
            var fits = group.Count == 0 || (group.Count < GroupRequests && events + request.Events.Count <= GroupEvents && bytes + request.Bytes <= GroupBytes);
            var free = true;
            foreach (var stream in request.Streams)
            {
                free &= wanted.Add(stream.First.StreamId);
            }

            if (fits && free)
            {
                group.Add(waiting);
                (events, bytes) = (events + request.Events.Count, bytes + request.Bytes);
            }
            else
            {
                _waiting[left++] = waiting;
            }
        }

        _waiting.RemoveRange(left, _waiting.Count - left);
        group.ForEach(waiting => _underWay.UnionWith(waiting.StreamIds));
        return group;
    }

    private void Release(IEnumerable<Guid> streams)
    {
        lock (_gate)
        {
            _underWay.ExceptWith(streams);
            if (_waiting.Count > 0 || _closed)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Commit(List<WaitingAppend> group)
    {
        try
        {
            var outcomes = _committer.Commit(group.ConvertAll(waiting => waiting.Request), time.GetUtcNow(), single.Inline);
            Release(group.Zip(outcomes).Where(pair => pair.Second.IsFinal).SelectMany(pair => pair.First.StreamIds));
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Take(outcomes[i]);
            }
        }
        catch (Exception exception)
        {
            // Rolled back, or, after a lost connection, of unknown outcome: either way each request finds out for itself.
            LogSplit(logger, group.Count, exception.Message);
            var sent = _committer.Sent && DatabaseFaults.IsOutage(exception);
            group.ForEach(waiting => waiting.GoAlone(sent));
            _committer.Recover();
        }

        notifier.Notify();
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "A group of {Requests} appends could not be committed as one, and each goes alone: {Reason}")]
    private static partial void LogSplit(ILogger logger, int requests, string reason);
}
