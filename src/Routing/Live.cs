using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>A stream's state in memory, ahead of the disk by what the journal still has to write.</summary>
internal abstract class Live<TState>(Guid id, string streamType, TState state, long version)
{
    public Guid Id { get; } = id;
    public string StreamType { get; } = streamType;
    public TState State { get; set; } = state;
    public long Version { get; set; } = version;
}

/// <summary>A call that is in progress, with its legs.</summary>
internal sealed class LiveCall(Guid id, IncomingCall incoming, Queue? queue) : Live<Call>(id, Call.StreamType, Call.Initial, 0)
{
    public LegId CallerLeg { get; } = incoming.Leg;
    public string SipCallId { get; } = incoming.SipCallId;
    public string From { get; } = incoming.From;
    public string? DisplayName { get; } = incoming.DisplayName;

    /// <summary>Where the call waits or waited; null when its number leads nowhere.</summary>
    public Queue? Queue { get; set; } = queue;
    public DateTimeOffset RankedSince { get; set; }
    public Dictionary<Guid, int> Missed { get; } = [];

    /// <summary>Whom the call is offered to, talks with, or who wraps it up.</summary>
    public LiveAgent? Agent { get; set; }
    public LegId? AgentLeg { get; set; }

    /// <summary>Whose phone made the call, where that is an agent's.</summary>
    public LiveAgent? Caller { get; init; }

    /// <summary>The agent who talks is handing the caller over.</summary>
    public Handover? Handover { get; set; }

    /// <summary>How legs were that have just ended, waiting for the step that tells what followed from that.</summary>
    public List<CallCommand> Measured { get; } = [];
    public bool Waits => State.Phase is CallPhase.Queued or CallPhase.Offered;
}

/// <summary>A blind transfer whose target rings.</summary>
/// <param name="AskedBy">The leg whose phone asked for it, and is told how it goes.</param>
/// <param name="Transfer">What it asked.</param>
/// <param name="To">Whose phone rings.</param>
internal sealed record Handover(LegId AskedBy, TransferId Transfer, LiveAgent To)
{
    /// <summary>The leg that rings; null before the transfer is durable.</summary>
    public LegId? Leg { get; set; }
}

/// <summary>An agent of the center, signed in or not.</summary>
internal sealed class LiveAgent(Agent state, long version) : Live<Agent>(state.Id, Agent.StreamType, state, version)
{
    public bool PhoneRegistered { get; set; }

    /// <summary>After an offer was not answered, the next one waits a little: a phone that refuses at once would be offered calls without end.</summary>
    public DateTimeOffset OfferableFrom { get; set; } = DateTimeOffset.MinValue;
}
