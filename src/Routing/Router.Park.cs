using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;

namespace CallCenter.Routing;

/// <summary>Callers who are left in a slot, for any agent to fetch.</summary>
public sealed partial class Router
{
    private const int Slots = 99;

    /// <summary>So long who parks by a code is offered nothing: the phone still hears the slot.</summary>
    private static readonly TimeSpan LongestSlotWords = TimeSpan.FromSeconds(3);

    /// <summary>How long a call is parked before who parked it is rung; a queue's call that is not taken back then goes to its queue.</summary>
    public TimeSpan ParkTime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Leaves the caller in a slot.</summary>
    /// <param name="callId">A call that is talked in.</param>
    /// <param name="slot">1 to 99; null for the first free one.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not: <c>CALL_STATE</c>, <c>PARK_SLOT</c>.</returns>
    public Task<Refusal?> ParkAsync(Guid callId, int? slot, string user) => AskOfCallAsync(callId, user, call => Park(call, slot, null));

    /// <summary>Rings the agent's phone, and connects it with a parked caller.</summary>
    /// <returns>Why not: <c>CALL_NOT_PARKED</c>, <c>UNAVAILABLE</c>, <c>AGENT_STATUS</c>.</returns>
    public Task<Refusal?> RetrieveParkedAsync(Guid callId, Guid agentId, string user) => AskOfCallAsync(callId, user, call =>
        !_agents.TryGetValue(agentId, out var agent) ? new Refusal("AGENT_NOT_FOUND", "There is no such agent.")
        : call.State.Parked is null ? new Refusal("CALL_NOT_PARKED", "The call is not parked.")
        : RunErrand(new Errand(agent, call.Id, leg => FetchParked(call, agent, leg), () => { }), call.From, call.DisplayName));

    /// <param name="call">A call that is talked in.</param>
    /// <param name="wanted">The slot; null for the first free one.</param>
    /// <param name="asked">The phone's request, if it was one.</param>
    /// <param name="tells">By a code: the agent's phone hears which slot it is before it is let go.</param>
    private Refusal? Park(LiveCall call, int? wanted, Referral? asked, bool tells = false)
    {
        if (call is not { Agent: { } agent, AgentLeg: { } leg, Handover: null })
        {
            return new Refusal("CALL_STATE", "No agent talks in the call, or it is being handed over.");
        }

        if (OtherOf(agent, call) is { AgentLeg: null })
        {
            return LineShared;
        }

        var taken = _calls.Values.Select(other => other.State.Parked?.Slot).ToHashSet();
        var free = Enumerable.Range(1, Slots).Where(slot => !taken.Contains(slot) && (wanted is null || wanted == slot)).ToList();
        if (free.Count == 0)
        {
            return new Refusal("PARK_SLOT", wanted is null ? "All slots are taken." : $"Slot {wanted} is taken, or not 1 to {Slots}.");
        }

        var now = Now;
        var step = StepOf(call).Call(call, [.. EndSupervisions(call, now), new ParkCall(free[0], now)]);
        var supervisors = LeaveSupervision(call, step, now);
        if (agent.State.CallId == call.Id)
        {
            step.Agent(agent, After(call, agent, new ReleaseAgent(call.Id, now)));
        }
        else
        {
            GoBackSoon(agent);
        }

        (call.Agent, call.AgentLeg) = (null, null);
        Take(step.Then(() =>
        {
            Accept(asked);
            Report(asked, 200, "OK");
            _switch.Unbridge(call.CallerLeg);
            _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
            HangUp(supervisors);
            if (tells)
            {
                TellSlot(leg, free[0]);
            }
            else
            {
                EndNow(leg, asked);
            }
        }));
        if (tells)
        {
            PauseOffers(agent, LongestSlotWords);
        }

        SignOutIfGone(agent);
        WatchPark(call);
        return null;
    }

    /// <summary>Speaks the slot to who parks, and lets the phone go.</summary>
    private void TellSlot(LegId leg, int slot) => Speak($"Parked in slot {slot}.", DeskLanguage, clip =>
    {
        _switch.Play(leg, Playlist.Once(clip), Guid.NewGuid());
        _agenda.In(clip.Duration, () => _switch.HangUp(leg, HangUpCause.Normal));
    });

    private void WatchPark(LiveCall call)
    {
        var (parked, since) = (call.State.Parked, call.State.LastAt);
        _agenda.In(ParkTime, () =>
        {
            if (!_stopping && call.State.Parked is { } still && still == parked && call.State.LastAt == since)
            {
                ParkedTooLong(call, _agents[still.AgentId]);
            }
        });
    }

    private void ParkedTooLong(LiveCall call, LiveAgent parker)
    {
        if (!CanTake(parker))
        {
            BackFromPark(call);
            return;
        }

        Take(StepOf(call).Call(call, new TimeOutPark(Now)));
        RunErrand(new Errand(parker, call.Id, leg => FetchParked(call, parker, leg), () => BackFromPark(call)), call.From, call.DisplayName, isOffer: true);
    }

    /// <summary>Who parked the call does not take it back: a queue's call goes there, another stays where it is.</summary>
    private void BackFromPark(LiveCall call)
    {
        if (call.State.Phase != CallPhase.Parked)
        {
            return;
        }

        if (call.Queue is not { } queue)
        {
            WatchPark(call);
            return;
        }

        call.Contact = WaitingForNobody(call.Contact);
        Take(StepOf(call).Call(call, new TransferToQueue(queue.Id, Now, NeedsOf(call.Contact))).Then(() => Announce(call)));
        Requeued(call, queue);
        Dispatch();
    }

    /// <summary>Connects a parked caller with an agent whose phone is there; one who was fetched by another or has gone meanwhile, with nobody.</summary>
    private void FetchParked(LiveCall call, LiveAgent agent, LegId leg)
    {
        if (call.State.Phase != CallPhase.Parked)
        {
            _switch.HangUp(leg, HangUpCause.Normal);
            Take(StepOf(call).Agent(agent, new ReleaseAgent(call.Id, Now)));
            return;
        }

        var now = Now;
        var step = StepOf(call).Call(call, new RetrieveParked(agent.Id, now));
        Take(Occupied(step, agent, call.Id, now).Then(() =>
        {
            _switch.Answer(leg);
            WhileIn(call, CallPhase.Connected, () => Bridge(call));
        }));
        _legs.Add(leg, call);
        _switch.Name(leg, call.Id);
        (call.Agent, call.AgentLeg) = (agent, leg);
        WatchLength(call);
    }

    /// <summary>Adds to a step that the agent is busy with a call; one that is so already stays so.</summary>
    private static Step Occupied(Step step, LiveAgent agent, Guid callId, DateTimeOffset at) =>
        agent.State is { Status: AgentStatus.Busy } && agent.State.CallId == callId ? step : step.Agent(agent, new OccupyAgent(callId, at, Own: true));
}
