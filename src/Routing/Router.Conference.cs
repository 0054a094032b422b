using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>More than two who talk: agents and numbers outside, with caller and agent.</summary>
public sealed partial class Router
{
    /// <summary>So many join caller and agent at most, 1 to <see cref="DeskDecider.MostParties"/>.</summary>
    public int MostParties { get; init; } = DeskDecider.MostParties;

    /// <summary>Adds somebody to the call: who is consulted now, or who is rung for it.</summary>
    /// <param name="callId">A call that is talked in.</param>
    /// <param name="to">An agent, an extension or a number; null for who is consulted.</param>
    /// <param name="user">Who asks.</param>
    /// <returns>Why not, e.g. <c>BUSY</c>, <c>NO_CONSULTATION</c>, <c>CONFERENCE_FULL</c>.</returns>
    public Task<Refusal?> ConferenceAsync(Guid callId, string? to, string user) => AskOfCallAsync(callId, user, call => Confer(call, to));

    private Refusal? Confer(LiveCall call, string? to)
    {
        if (call.State.Parties.Count >= MostParties)
        {
            return new Refusal("CONFERENCE_FULL", $"At most {MostParties} parties join caller and agent.");
        }

        if (to is not null)
        {
            return TransferTo(call, to, HandoverKind.Conference, null);
        }

        if (call.Handover is not { Talks: true } handover)
        {
            return new Refusal("NO_CONSULTATION", "The agent talks with nobody who could join.");
        }

        Join(call, handover);
        return null;
    }

    private void Join(LiveCall call, Handover handover)
    {
        var now = Now;
        var party = new LiveParty(Guid.CreateVersion7(), handover.Leg!.Value, handover.To);
        List<CallCommand> commands = [new JoinParty(party.Id, handover.To?.Id, handover.Number, now)];
        if (call.State.Phase == CallPhase.OnHold && handover.Kind == HandoverKind.Consult)
        {
            commands.Add(new RetrieveCall(now));
        }

        var step = StepOf(call).Call(call, [.. commands]);
        if (handover is { To: { } agent, Talks: false })
        {
            step.Agent(agent, new OccupyAgent(call.Id, now));
        }

        call.Handover = null;
        (call.Conference ??= new LiveConference()).Parties.Add(party);
        Take(step.Then(() =>
        {
            if (call.Conference?.Parties.Contains(party) == true)
            {
                Bridge(call);
            }
        }));
    }

    /// <summary>The call in which this leg is a third party's.</summary>
    private (LiveCall Call, LiveParty Party)? PartyOf(LegId leg) =>
        _legs.TryGetValue(leg, out var call) && call.Conference?.Parties.Find(party => party.Leg == leg) is { } found ? (call, found) : null;

    private void PartyGone(LiveCall call, LiveParty party)
    {
        var now = Now;
        var conference = call.Conference!;
        conference.Parties.Remove(party);
        var step = StepOf(call).Call(call, new LeaveParty(party.Id, now));
        if (party.Agent is { } agent)
        {
            step.Agent(agent, new ReleaseAgent(call.Id, now));
        }

        if (conference.Parties.Count == 0)
        {
            call.Conference = null;
        }

        Take(step.Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
        if (party.Agent is { } released)
        {
            SignOutIfGone(released);
        }
    }

    /// <summary>The agent has left a conference: another of its agents has the caller, or nobody but those outside.</summary>
    private void LeftConference(LiveCall call, LiveAgent agent)
    {
        var conference = call.Conference!;
        var next = conference.Parties.Find(party => party.Agent is not null) ?? conference.Parties[0];
        conference.Parties.Remove(next);
        if (conference.Parties.Count == 0)
        {
            call.Conference = null;
        }

        var step = StepOf(call).Call(call, new LeaveConference(next.Agent?.Id, Now));
        step = Leave(step, call, agent);
        (call.Agent, call.AgentLeg) = (next.Agent, next.Leg);
        Take(step.Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
        SignOutIfGone(agent);
    }

    /// <summary>The legs of those who talk in the call or hear it besides caller and agent.</summary>
    private static IEnumerable<LegId> GuestsOf(LiveCall call) => [.. call.Conference?.Parties.Select(party => party.Leg) ?? [], .. call.Supervisors.Select(supervisor => supervisor.Leg)];

    /// <summary>Adds to a step that ends the call that nobody is in its conference any more.</summary>
    /// <returns>The legs that are to be hung up.</returns>
    private static List<LegId> LeaveConference(LiveCall call, Step step, DateTimeOffset at)
    {
        var parties = call.Conference?.Parties ?? [];
        call.Conference = null;
        foreach (var agent in parties.Select(party => party.Agent).OfType<LiveAgent>())
        {
            step.Agent(agent, new ReleaseAgent(call.Id, at));
        }

        return parties.ConvertAll(party => party.Leg);
    }
}
