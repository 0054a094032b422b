using System.Globalization;

using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Telephony;

using SupervisionMode = CallCenter.Domain.Calls.SupervisionMode;

namespace CallCenter.Routing;

/// <summary>Feature codes: dialled by an agent's phone, pressed in a call (<c>*76 2002 #</c>), or as the target of a transfer.</summary>
public sealed partial class Router
{
    private static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(1);

    /// <summary>An agent's phone dials what may be a code.</summary>
    /// <returns>False when it is none.</returns>
    private bool TryFeature(IncomingCall incoming)
    {
        if (incoming.Source is not ExtensionSource source || FeatureCodes.TryParse(incoming.To) is not { } feature)
        {
            return false;
        }

        if (feature.Feature == Feature.SignIn)
        {
            AskForLogin(incoming.Leg, source.Extension);
            return true;
        }

        if (!_extensions.TryGetValue(source.Extension, out var agent))
        {
            _switch.Reject(incoming.Leg, 403, "Nobody Sits Here");
            return true;
        }

        var refusal = As(agent, () => Dial(incoming, feature, agent));
        if (refusal is not null)
        {
            var (status, reason) = ResponseTo(refusal);
            _switch.Reject(incoming.Leg, status, reason);
        }

        return true;
    }

    /// <summary>In the trail under the agent's name.</summary>
    private Refusal? As(LiveAgent? agent, Func<Refusal?> command)
    {
        _user = agent?.State.Name ?? Routing;
        try
        {
            return command();
        }
        catch (StepRefusedException e)
        {
            return e.Refusal;
        }
        finally
        {
            _user = Routing;
        }
    }

    private Refusal? Dial(IncomingCall incoming, FeatureCall feature, LiveAgent agent)
    {
        var (leg, argument) = (incoming.Leg, feature.Argument);
        switch (feature.Feature)
        {
            case Feature.SpeedDial when agent.State.Desk.SpeedDials.TryGetValue(argument, out var number):
                Receive(incoming with { To = number });
                return null;
            case Feature.SpeedDial:
                return new Refusal("NO_TARGET", $"There is no speed dial {argument}.");
            case Feature.RetrieveParked when _calls.Values.FirstOrDefault(call => $"{call.State.Parked?.Slot}" == argument) is { } parked:
                FetchParked(parked, agent, leg);
                return null;
            case Feature.RetrieveParked:
                return new Refusal("NO_TARGET", $"Nobody is parked in slot {argument}.");
            case Feature.PickUp when RingingFor(agent, argument) is { } ringing:
                PickUp(ringing, agent, leg);
                return null;
            case Feature.PickUp:
                return new Refusal("NO_TARGET", "Nothing rings there.");
            case Feature.Listen or Feature.Whisper or Feature.Barge or Feature.TakeOver:
                return SuperviseBy(leg, feature, agent);
            case Feature.Messages:
                return VisitMailbox(incoming, agent);
            case Feature.BusyCallback:
                return AwaitFree(agent, argument) ?? Confirm(leg);
            default:
                return Do(agent, CallOf(agent), feature) ?? Confirm(leg);
        }
    }

    /// <summary>What needs no leg of its own.</summary>
    private Refusal? Do(LiveAgent agent, LiveCall? call, FeatureCall feature)
    {
        var argument = feature.Argument;
        switch (feature.Feature)
        {
            case Feature.Ready:
                return SetStatus(agent, AgentStatus.Available, null);
            case Feature.NotReady:
                return SetStatus(agent, AgentStatus.NotReady, FeatureCodes.ReasonOf(argument));
            case Feature.SignOut:
                return SetStatus(agent, AgentStatus.SignedOut, null);
            case Feature.CompleteWrapUp when agent.State is { Status: AgentStatus.WrapUp, CallId: { } id }:
                EndWrapUp(agent, id);
                return null;
            case Feature.CompleteWrapUp:
                return new Refusal("AGENT_STATUS", "The agent does not wrap up.");
            case Feature.ExtendWrapUp:
                Take(StepOf(null).Agent(agent, new ExtendWrapUp(60, Now)));
                return null;
            case Feature.DoNotDisturb:
                SetDesk(agent, desk => desk with { DoNotDisturb = !desk.DoNotDisturb });
                return null;
            case Feature.CallWaiting:
                SetDesk(agent, desk => desk with { CallWaiting = !desk.CallWaiting });
                return null;
            case Feature.ForwardAlways or Feature.ForwardBusy or Feature.ForwardNoAnswer:
                var kind = feature.Feature switch { Feature.ForwardAlways => ForwardKind.Always, Feature.ForwardBusy => ForwardKind.Busy, _ => ForwardKind.NoAnswer };
                SetForward(agent, kind, argument.Length == 0 ? null : argument);
                return null;
            case var _ when call is null:
                return new Refusal("CALL_STATE", "The agent talks in no call.");
            case Feature.Park:
                return ParkAt(call, argument, null, tells: true);
            case Feature.Consult:
                return TransferTo(call, argument, HandoverKind.Consult, null);
            case Feature.CompleteTransfer when call.Handover is { Talks: true } handover:
                HandedOver(call, handover, TransferKind.Attended);
                return null;
            case Feature.Conference:
                return Confer(call, argument.Length == 0 ? null : argument);
            case Feature.TakeWaiting:
                return TakeWaiting(agent, call);
            case Feature.Mute:
                Take(StepOf(call).Call(call, call.State.IsMuted ? new UnmuteCall(Now) : new MuteCall(Now)).Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
                return null;
            default:
                return new Refusal("CALL_STATE", $"{feature.Feature} is not possible now.");
        }
    }

    /// <summary>A phone transfers its call to a code.</summary>
    private void Transfer(LiveCall call, FeatureCall feature, Referral asked)
    {
        var refusal = feature.Feature == Feature.Park
            ? As(call.Agent, () => ParkAt(call, feature.Argument, asked))
            : new Refusal("NO_TARGET", "A call is transferred to no code but that of parking.");
        if (refusal is not null)
        {
            var (status, reason) = ResponseTo(refusal);
            Refuse(asked, status, reason);
        }
    }

    private Refusal? ParkAt(LiveCall call, string slot, Referral? asked, bool tells = false) =>
        slot.Length == 0 ? Park(call, null, asked, tells)
        : int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Park(call, number, asked, tells)
        : new Refusal("PARK_SLOT", $"\"{slot}\" is no slot.");

    /// <summary>The call that the agent talks in.</summary>
    private LiveCall? CallOf(LiveAgent agent) => SecondOf(agent) is { State.Phase: CallPhase.Connected } second ? second :
        agent.State.CallId is { } id && _calls.TryGetValue(id, out var call) && call.Agent == agent && call.State.Phase is CallPhase.Connected or CallPhase.OnHold ? call : null;

    private Refusal? SuperviseBy(LegId leg, FeatureCall feature, LiveAgent supervisor)
    {
        if (!_extensions.TryGetValue(feature.Argument, out var agent) || CallOf(agent) is not { } call)
        {
            return new Refusal("NO_TARGET", "Nobody talks there.");
        }

        if (agent.State.Attributes.Team is not { } team || !supervisor.State.Desk.Supervises.Contains(team, StringComparer.Ordinal))
        {
            return new Refusal("NOT_PERMITTED", $"Agent {agent.State.Name} is of no team that agent {supervisor.State.Name} supervises.");
        }

        var mode = feature.Feature switch { Feature.Whisper => SupervisionMode.Whisper, Feature.Barge => SupervisionMode.Barge, _ => SupervisionMode.Listen };
        Supervise(call, supervisor, mode, leg, supervisor.State.Name);
        return feature.Feature == Feature.TakeOver && call.Supervisors.Find(present => present.Leg == leg) is { } present ? TakeOver(call, present) : null;
    }

    /// <summary>Done: one tone, and the phone is let go.</summary>
    private Refusal? Confirm(LegId leg)
    {
        // Behind the steps that were taken before.
        Take(StepOf(null).Then(() =>
        {
            _switch.Answer(leg);
            _switch.Play(leg, DeskAudio.Done, Guid.NewGuid());
            _agenda.In(Confirmation, () => _switch.HangUp(leg, HangUpCause.Normal));
        }));
        return null;
    }
}
