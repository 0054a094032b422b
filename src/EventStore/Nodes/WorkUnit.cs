namespace CallCenter.EventStore;

/// <summary>A unit of work as one node stands for it.</summary>
internal sealed class WorkUnit(string name, TimeProvider time, Action look)
{
    /// <summary>How long a unit must be without a leader before a node leads that is not meant to.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1.5);

    private readonly Lock _gate = new();
    private TaskCompletionSource _turn = NewTurn();
    private LeaderTerm? _term;
    private string? _error;
    private long? _vacantSince;
    private volatile bool _isCandidate = true;

    public string Name { get; } = name;

    /// <summary>Locked exclusively by the leader.</summary>
    public long LeaderKey { get; } = SessionLock.KeyOf($"callcenter.leader.{name}");

    /// <summary>Locked shared, beside the node's number, by each candidate.</summary>
    public int PresenceKey { get; } = (int)SessionLock.KeyOf($"callcenter.presence.{name}");

    /// <summary>False while the work has just failed here.</summary>
    public bool IsCandidate
    {
        get => _isCandidate;
        set => _isCandidate = value;
    }

    /// <summary>The term under way here; a look at the locks may only judge one that had begun before it.</summary>
    public LeaderTerm? Term
    {
        get
        {
            lock (_gate)
            {
                return _term;
            }
        }
    }

    public LeadershipStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new(Name, _term is not null ? LeadershipState.Leading : _error is not null ? LeadershipState.Failed : LeadershipState.Standby, _error);
            }
        }
    }

    /// <summary>Waits until this node is to try for the lead.</summary>
    public Task TurnAsync(CancellationToken ct)
    {
        Task turn;
        lock (_gate)
        {
            turn = _turn.Task;
        }

        look();
        return turn.WaitAsync(ct);
    }

    public void Begin(LeaderTerm term)
    {
        lock (_gate)
        {
            _term = term;
            _error = null;
            _turn = NewTurn();
        }
    }

    public void End()
    {
        lock (_gate)
        {
            _term = null;
            _vacantSince = null;
        }
    }

    /// <summary>Another node was faster.</summary>
    public void Missed()
    {
        lock (_gate)
        {
            _vacantSince = null;
            _turn = NewTurn();
        }
    }

    public void Failed(string error)
    {
        lock (_gate)
        {
            _error = error;
            _turn = NewTurn();
        }
    }

    /// <summary>Takes in what a look at all locks has shown.</summary>
    /// <param name="seen">The term that was under way here before the look.</param>
    /// <param name="leader">The process of PostgreSQL that holds the leader's lock; null when none does.</param>
    /// <param name="designated">Whether this node is meant to lead.</param>
    public void Judge(LeaderTerm? seen, int? leader, bool designated)
    {
        lock (_gate)
        {
            if (_term is not null)
            {
                if (ReferenceEquals(seen, _term) && (leader != _term.ProcessId || !designated))
                {
                    _term.End();
                }

                return;
            }

            _vacantSince = leader is null ? _vacantSince ?? time.GetTimestamp() : null;
            if (_isCandidate && _vacantSince is { } since && (designated || time.GetElapsedTime(since) >= Grace))
            {
                _turn.TrySetResult();
            }
        }
    }

    private static TaskCompletionSource NewTurn() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
