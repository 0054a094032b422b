using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>What becomes of a call when the other one answers who is rung for it.</summary>
internal enum HandoverKind
{
    /// <summary>The caller is the other one's.</summary>
    Blind,

    /// <summary>The agent talks with the other one first; the caller is on hold.</summary>
    Consult,

    /// <summary>The other one talks with caller and agent.</summary>
    Conference,
}

/// <summary>Another phone rings for a call, or talks with its agent: a transfer, a consultation or a conference on its way.</summary>
internal sealed class Handover(HandoverKind kind, Referral? asked)
{
    public HandoverKind Kind { get; } = kind;

    /// <summary>The phone's request that it follows; null when it was asked for otherwise.</summary>
    public Referral? Asked { get; } = asked;

    /// <summary>Whose phone rings; null when it is a number outside.</summary>
    public LiveAgent? To { get; init; }

    public OutsideCall? Outside { get; init; }

    /// <summary>The number outside, as it was dialled.</summary>
    public string? Number { get; init; }

    /// <summary>The leg that rings; null before the handover is durable.</summary>
    public LegId? Leg { get; set; }

    /// <summary>The phone that rings can be told to answer.</summary>
    public bool CanBeTold { get; set; }

    /// <summary>The other one has answered and talks with the agent.</summary>
    public bool Talks { get; set; }
}

/// <summary>A phone's request (REFER), to be told how it goes.</summary>
/// <param name="Leg">The leg whose phone asked.</param>
/// <param name="Id">What it asked.</param>
internal readonly record struct Referral(LegId Leg, TransferId Id);

/// <summary>Those who talk in a call besides caller and agent.</summary>
internal sealed class LiveConference
{
    public ConferenceId Id { get; } = new(Guid.CreateVersion7());
    public List<LiveParty> Parties { get; } = [];
}

/// <param name="Agent">Null for a number outside.</param>
internal sealed record LiveParty(Guid Id, LegId Leg, LiveAgent? Agent);

/// <summary>A supervising agent's leg.</summary>
internal sealed class LiveSupervisor(LiveAgent agent, LegId leg, SupervisionMode mode)
{
    public LiveAgent Agent { get; } = agent;
    public LegId Leg { get; } = leg;
    public SupervisionMode Mode { get; set; } = mode;
}
