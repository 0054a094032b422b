using CallCenter.Domain.Flows;

namespace CallCenter.Routing.Ivr;

/// <summary>A call's way through a flow. Belongs to the router's loop.</summary>
internal sealed class IvrVisit(FlowState state)
{
    public FlowState State { get; set; } = state;

    public KeyPresses Keys { get; } = new();

    /// <summary>What is played now, and the number by which the flow knows it.</summary>
    public (Guid Id, int Serial)? Playback { get; set; }
}
