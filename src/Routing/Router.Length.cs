using CallCenter.Domain.Calls;

namespace CallCenter.Routing;

/// <summary>Calls that may last so long and no longer.</summary>
public sealed partial class Router
{
    /// <summary>How long before its end a call is warned.</summary>
    public TimeSpan LengthWarning { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The agent's limit counts from the first time that an agent with one talks in the call.</summary>
    private void WatchLength(LiveCall call)
    {
        if (call.EndsAt is not null || call.Agent?.State.Desk.MaxCallSeconds is not { } seconds)
        {
            return;
        }

        var length = TimeSpan.FromSeconds(seconds);
        call.EndsAt = Now + length;
        _agenda.In(length - LengthWarning, () => WhileTalking(call, () => Take(StepOf(call).Call(call, new WarnOfLength((int)LengthWarning.TotalSeconds, Now)).Then(() =>
        {
            _switch.Play(call.CallerLeg, DeskAudio.Done, Guid.NewGuid());
            if (call.AgentLeg is { } agentLeg)
            {
                _switch.Play(agentLeg, DeskAudio.Done, Guid.NewGuid());
            }
        }))));
        _agenda.In(length, () => WhileTalking(call, () => End(call, new EndCall(CallParty.System, "call-length", Now, HasWrapUp(call)), HasWrapUp(call))));
    }

    private void WhileTalking(LiveCall call, Action action)
    {
        if (!_stopping && call.State.Phase is CallPhase.Connected or CallPhase.OnHold)
        {
            action();
        }
    }
}
