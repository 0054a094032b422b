using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

namespace CallCenter.Import;

/// <summary>Queues and agents that are there already, by name; a name that several have is not among them.</summary>
public sealed record KnownNames(IReadOnlyDictionary<string, Guid> Queues, IReadOnlyDictionary<string, Guid> Agents)
{
    public static KnownNames None { get; } = new(new Dictionary<string, Guid>(StringComparer.Ordinal), new Dictionary<string, Guid>(StringComparer.Ordinal));
}

/// <summary>Who takes part in imported history: queues and agents of a known name are those, others are made as they are needed.</summary>
public sealed class Cast
{
    private readonly KnownNames _known;
    private readonly Dictionary<Guid, StreamAppend> _made = [];
    private readonly HashSet<Guid> _met = [];
    private readonly Func<string, Guid> _idOf;

    internal Cast(KnownNames known, Func<string, Guid> idOf) => (_known, _idOf) = (known, idOf);

    /// <summary>The id of a history that was told before.</summary>
    public Guid IdOf(string key) => _idOf(key);

    /// <param name="at">Since when the queue is there, should it be made.</param>
    public Guid Queue(string name, DateTimeOffset at) => _known.Queues.TryGetValue(name, out var known) ? known : Once(
        HistoryId.Of($"queue|{name}"), Domain.Queues.Queue.StreamType, id => QueueDecider.Decide(new CreateQueue(id, new QueueSettings(name, null), at), Domain.Queues.Queue.Initial).Events);

    /// <param name="at">Since when the agent is there, should it be made.</param>
    public Guid Agent(string name, DateTimeOffset at) => _known.Agents.TryGetValue(name, out var known) ? known : Once(
        HistoryId.Of($"agent|{name}"), Domain.Agents.Agent.StreamType, id => AgentDecider.Decide(new CreateAgent(id, name, null, [], at), Domain.Agents.Agent.Initial).Events);

    /// <summary>Those that have been made since this was asked last.</summary>
    internal IReadOnlyList<StreamAppend> TakeMade()
    {
        StreamAppend[] made = [.. _made.Values];
        _made.Clear();
        return made;
    }

    private Guid Once(Guid id, string streamType, Func<Guid, IReadOnlyList<DomainEvent>> events)
    {
        if (_met.Add(id))
        {
            _made.Add(id, HistoryId.Append(id, streamType, events(id)));
        }

        return id;
    }
}
