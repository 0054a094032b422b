using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

using SupervisionMode = CallCenter.Domain.Calls.SupervisionMode;

namespace CallCenter.Routing;

/// <summary>Supervisors on live calls: they listen, speak to the agent alone or to all, take over. The agent's leg is what they hear from, whoever has the call.</summary>
public sealed partial class Router
{
    private readonly Dictionary<LegId, LiveCall> _supervising = [];

    /// <summary>Whether agents are shown that their call is supervised.</summary>
    public bool ShowsSupervision { get; init; }

    /// <summary>Rings the supervisor's phone, and lets it hear the call; for one who hears it already, changes the mode.</summary>
    /// <param name="callId">A call that an agent talks in.</param>
    /// <param name="supervisorId">The supervising agent.</param>
    /// <param name="mode">Who hears the supervisor.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not: <c>CALL_STATE</c>, <c>SUPERVISION</c>, <c>UNAVAILABLE</c>, <c>AGENT_STATUS</c>.</returns>
    public Task<Refusal?> SuperviseAsync(Guid callId, Guid supervisorId, SupervisionMode mode, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (!_agents.TryGetValue(supervisorId, out var supervisor))
        {
            return new Refusal("AGENT_NOT_FOUND", "There is no such agent.");
        }

        if (call is not { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } agent } || agent == supervisor)
        {
            return new Refusal("CALL_STATE", "No other agent talks in the call.");
        }

        if (call.Supervisors.Find(present => present.Agent == supervisor) is { } here)
        {
            here.Mode = ModeOf(mode);
            Take(StepOf(call).Call(call, new StartSupervision(supervisor.Id, mode, ShowsSupervision, Now)).Then(() => Hear(call, here)));
            return null;
        }

        return RunErrand(new Errand(supervisor, call.Id, leg => Supervise(call, supervisor, mode, leg, user), () => { }), agent.State.Extension ?? "", agent.State.Name);
    });

    /// <summary>The supervisor leaves the call, which goes on.</summary>
    /// <returns>Why not: <c>SUPERVISION</c>.</returns>
    public Task<Refusal?> StopSupervisingAsync(Guid callId, Guid supervisorId, string user) => AskOfCallAsync(callId, user, call =>
    {
        if (call.Supervisors.Find(present => present.Agent.Id == supervisorId) is not { } supervisor)
        {
            return new Refusal("SUPERVISION", "The call is not supervised by that agent.");
        }

        _switch.HangUp(supervisor.Leg, HangUpCause.Normal);
        _supervising.Remove(supervisor.Leg);
        SupervisorGone(call, supervisor.Leg);
        return null;
    });

    /// <summary>The supervisor talks with the caller in the agent's place.</summary>
    /// <returns>Why not: <c>SUPERVISION</c>, <c>CALL_STATE</c>.</returns>
    public Task<Refusal?> TakeOverAsync(Guid callId, Guid supervisorId, string user) => AskOfCallAsync(callId, user, call =>
        call.Supervisors.Find(present => present.Agent.Id == supervisorId) is { } supervisor ? TakeOver(call, supervisor) : new Refusal("SUPERVISION", "A call is taken over by who supervises it."));

    private void Supervise(LiveCall call, LiveAgent supervisor, SupervisionMode mode, LegId leg, string user)
    {
        if (call is not { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } agent } || agent == supervisor)
        {
            _switch.HangUp(leg, HangUpCause.Normal);
            Take(StepOf(call).Agent(supervisor, new ReleaseAgent(call.Id, Now)));
            return;
        }

        var now = Now;
        var live = new LiveSupervisor(supervisor, leg, ModeOf(mode));
        var step = Occupied(new Step(call.SipCallId, user).Call(call, new StartSupervision(supervisor.Id, mode, ShowsSupervision, now)), supervisor, call.Id, now);
        call.Supervisors.Add(live);
        _supervising.Add(leg, call);
        Take(step.Then(() =>
        {
            _switch.Answer(leg);
            Hear(call, live);
        }));
    }

    private void Hear(LiveCall call, LiveSupervisor supervisor)
    {
        if (call.Supervisors.Contains(supervisor) && call.AgentLeg is { } agentLeg)
        {
            _switch.Supervise(supervisor.Leg, agentLeg, supervisor.Mode);
        }
    }

    private void SupervisorGone(LiveCall call, LegId leg)
    {
        if (call.Supervisors.Find(present => present.Leg == leg) is not { } supervisor)
        {
            return;
        }

        var now = Now;
        call.Supervisors.Remove(supervisor);
        var step = StepOf(call);
        if (call.State.IsLive)
        {
            step.Call(call, new EndSupervision(supervisor.Agent.Id, now));
        }

        Take(step.Agent(supervisor.Agent, new ReleaseAgent(call.Id, now)));
        SignOutIfGone(supervisor.Agent);
    }

    private Refusal? TakeOver(LiveCall call, LiveSupervisor supervisor)
    {
        if (call is not { State.Phase: CallPhase.Connected or CallPhase.OnHold, Agent: { } agent, AgentLeg: { } oldLeg, Handover: null })
        {
            return new Refusal("CALL_STATE", "No agent talks in the call, or it is being handed over.");
        }

        var step = Leave(StepOf(call).Call(call, new TakeOverCall(supervisor.Agent.Id, Now)), call, agent);
        call.Supervisors.Remove(supervisor);
        _supervising.Remove(supervisor.Leg);
        _legs.Add(supervisor.Leg, call);
        (call.Agent, call.AgentLeg) = (supervisor.Agent, supervisor.Leg);
        Take(step.Then(() =>
        {
            _switch.TakeOver(supervisor.Leg);
            _switch.HangUp(oldLeg, HangUpCause.Normal);
            WhileIn(call, CallPhase.Connected, () => Bridge(call));
        }));
        SignOutIfGone(agent);
        return null;
    }

    private static List<CallCommand> EndSupervisions(LiveCall call, DateTimeOffset at) => call.Supervisors.ConvertAll(supervisor => (CallCommand)new EndSupervision(supervisor.Agent.Id, at));

    /// <summary>Adds to a step that nobody supervises the call any more, whose agent has left it.</summary>
    /// <returns>The legs that are to be hung up.</returns>
    private List<LegId> LeaveSupervision(LiveCall call, Step step, DateTimeOffset at)
    {
        var legs = call.Supervisors.ConvertAll(supervisor => supervisor.Leg);
        call.Supervisors.ForEach(supervisor => step.Agent(supervisor.Agent, new ReleaseAgent(call.Id, at)));
        call.Supervisors.Clear();
        legs.ForEach(leg => _supervising.Remove(leg));
        return legs;
    }

    private void HangUp(List<LegId> legs) => legs.ForEach(leg => _switch.HangUp(leg, HangUpCause.Normal));

    private static Telephony.SupervisionMode ModeOf(SupervisionMode mode) => Enum.Parse<Telephony.SupervisionMode>(mode.ToString());
}
