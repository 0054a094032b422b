using System.Collections.ObjectModel;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Queues;

namespace CallCenter.Routing;

/// <summary>What the router must know before the first call.</summary>
/// <param name="LiveCalls">Calls that had not ended, or not been wrapped up, when the last process stopped.</param>
/// <param name="Position">Position in the log that the queues are read at: what came later is still to be told.</param>
/// <param name="LastEventAt">When the last event of all was recorded: until then, the last process lived for certain.</param>
public sealed record FloorSnapshot(
    IReadOnlyList<Queue> Queues, IReadOnlyList<AgentSnapshot> Agents, IReadOnlyList<Guid> LiveCalls, long Position, DateTimeOffset LastEventAt)
{
    /// <summary>Null where nothing can be dialled outside.</summary>
    public DialPlan? DialPlan { get; init; }

    public IReadOnlyList<Calendar> Calendars { get; init; } = [];

    /// <summary>How fast calls were taken from the queues lately, by queue.</summary>
    public IReadOnlyDictionary<Guid, QueuePace> Paces { get; init; } = ReadOnlyDictionary<Guid, QueuePace>.Empty;

    /// <summary>The active version of each flow.</summary>
    public IReadOnlyList<FlowActivated> Flows { get; init; } = [];

    /// <summary>The dialled numbers that are configured.</summary>
    public IReadOnlyList<NumberConfigured> Numbers { get; init; } = [];

    /// <summary>The callbacks that are open.</summary>
    public IReadOnlyList<CallbackSnapshot> Callbacks { get; init; } = [];
}

/// <param name="State">With the number in plain.</param>
/// <param name="Version">Version of the callback's stream that the state stands for.</param>
public sealed record CallbackSnapshot(Callback State, long Version);

/// <param name="Version">Version of the agent's stream that the state stands for.</param>
public sealed record AgentSnapshot(Agent State, long Version);
