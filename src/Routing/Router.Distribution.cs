using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Who is offered which call: the floor is shown to <see cref="Distributor"/>, and what it proposes is done.</summary>
public sealed partial class Router
{
    /// <summary>Asks a phone to answer by itself, in the three ways that phones know: RFC 5373, and what makers agreed on before it.</summary>
    private static readonly IReadOnlyDictionary<string, string> AutoAnswerHeaders = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Answer-Mode"] = "Auto",
        ["Call-Info"] = "<sip:auto-answer>;answer-after=0",
        ["Alert-Info"] = "<http://auto-answer.invalid>;info=alert-autoanswer;delay=0",
    };

    // Who is signed in, and the queues, as decisions see them.
    private readonly HashSet<LiveAgent> _present = [];
    private readonly Dictionary<Guid, QueueOnFloor> _shown = [];

    // Somebody has signed out or serves other queues since the last look.
    private bool _isStaffReduced;

    /// <summary>Offers every call that can be offered now.</summary>
    private void Dispatch()
    {
        if (_stopping)
        {
            return;
        }

        CallBackTheBusy();
        DialCallbacks();
        if (_waiting.Count == 0)
        {
            return;
        }

        if (_isStaffReduced)
        {
            _isStaffReduced = false;
            foreach (var call in _waiting.ToList())
            {
                Reconsider(call);
            }
        }

        if (_idle.Count == 0)
        {
            return;
        }

        foreach (var proposal in Distributor.Propose(Picture()))
        {
            Offer(_calls[proposal.ContactId], [.. proposal.AgentIds.Select(id => _agents[id])]);
        }
    }

    /// <summary>The floor at this moment. Queues belong to the loop: the picture is not to be kept.</summary>
    private FloorPicture Picture() => new(Now, _waiting.Select(call => call.Contact).ToList(), _present.Select(agent => agent.OnFloor).ToList(), _shown);

    private void Offer(LiveCall call, IReadOnlyList<LiveAgent> agents)
    {
        var now = Now;
        var queue = call.Queue!;
        var step = StepOf(call).Call(call, [.. agents.Select(agent => new OfferCall(agent.Id, now))]);
        foreach (var agent in agents)
        {
            step.Agent(agent, new OfferToAgent(call.Id, now));
        }

        var options = new OriginateOptions { FromUser = call.From, FromDisplayName = call.DisplayName, RingTimeout = TimeSpan.FromSeconds(queue.Settings.RingSeconds), CodecsOf = call.CallerLeg };
        Ring(call, [.. agents.Select(agent => new LiveOffer(agent))], queue.Settings.AutoAnswer ? options with { ExtraHeaders = AutoAnswerHeaders } : options, step);
        queue.LastOffered = agents[0].Id;
        Show(queue);
    }

    /// <summary>After a call of a queue has been answered.</summary>
    private void NoteAnswer(LiveCall call, LiveAgent agent, DateTimeOffset at)
    {
        agent.MissedInARow = 0;
        if (call.Queue is { } queue && !call.State.IsDirect)
        {
            _lastAgents.Note(call.From, agent.Id);
            queue.Pace = queue.Pace.Answered(call.RankedSince, at);
            Show(queue);
        }
    }

    /// <summary>After every change of what decisions see of a queue.</summary>
    private void Show(LiveQueue queue) => _shown[queue.Id] = queue.OnFloor;

    /// <summary>After every change of an agent's status.</summary>
    private void NotePresence(LiveAgent agent)
    {
        if (agent.State.Status != AgentStatus.SignedOut)
        {
            _present.Add(agent);
        }
        else if (_present.Remove(agent))
        {
            _isStaffReduced = true;
        }
    }
}
