using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;
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

    /// <summary>However sure we are of who matters: so often everybody does.</summary>
    private static readonly TimeSpan FullLook = TimeSpan.FromSeconds(1);

    // Who has come since the last look.
    private readonly HashSet<LiveCall> _newlyWaiting = [];
    private readonly HashSet<LiveAgent> _newlyIdle = [];

    // Anybody may be able to take anybody: time or settings have changed.
    private bool _looksAtAll = true;
    private DateTimeOffset _lookedAtAll;

    // Somebody has signed out or serves other queues since the last look.
    private bool _isStaffReduced;

    // How many things may happen before the floor is looked at, however many more have come.
    private const int MostBetweenDispatches = 64;

    private bool _isDispatchDue;

    /// <summary>Something has happened after which a call may be offered: the floor is looked at once the loop has taken up what waits for it.</summary>
    private void Dispatch() => _isDispatchDue = true;

    /// <summary>Offers every call that can be offered now.</summary>
    private void Distribute()
    {
        if (_stopping)
        {
            return;
        }

        CallBackTheBusy();
        DialCallbacks();
        if (_waiting.Count == 0 && !Ringing().Any())
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

        var now = Now;
        _looksAtAll |= now - _lookedAtAll >= FullLook;
        if (_idle.Count == 0 || (!_looksAtAll && _newlyWaiting.Count == 0 && _newlyIdle.Count == 0))
        {
            return;
        }

        var proposals = Distributor.Propose(Changed());
        _lookedAtAll = _looksAtAll ? now : _lookedAtAll;
        _looksAtAll = false;
        _newlyWaiting.Clear();
        _newlyIdle.Clear();
        try
        {
            foreach (var proposal in proposals)
            {
                Offer(_calls[proposal.ContactId], [.. proposal.AgentIds.Select(id => _agents[id])]);
            }
        }
        catch (StepRefusedException)
        {
            _looksAtAll = true;
            throw;
        }
    }

    /// <summary>
    /// As much of the floor as a decision must look at. After each look nobody waits whom somebody idle could take; so only those matter who have come to wait or to be idle since,
    /// until time or settings change who may take whom.
    /// </summary>
    private FloorPicture Changed() =>
        _looksAtAll ? Picture()
        : _newlyIdle.Count == 0 ? Picture(_newlyWaiting.Where(_waiting.Contains), _present)
        : _newlyWaiting.Count == 0 ? Picture(_waiting, _present.Where(agent => !_idle.Contains(agent) || _newlyIdle.Contains(agent)))
        : Picture();

    /// <summary>The floor at this moment. Queues belong to the loop: the picture is not to be kept.</summary>
    private FloorPicture Picture() => Picture(_waiting, _present);

    private FloorPicture Picture(IEnumerable<LiveCall> waiting, IEnumerable<LiveAgent> present) =>
        new(Now, waiting.Select(call => call.Contact).ToList(), present.Select(agent => agent.OnFloor).ToList(), _shown)
        {
            Ringing = [.. Ringing().Select(call => call.Contact)],
        };

    /// <summary>Calls that ring at all who could be asked then: who gets free meanwhile is asked too.</summary>
    private IEnumerable<LiveCall> Ringing() => _offered.Where(call => !call.State.IsDirect && call.Queue is { Settings.Method: DistributionMethod.RingAll });

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

    /// <summary>After every change of a call's state: whether it has come to wait.</summary>
    private void NoteWaiting(LiveCall call) => _ = call.State.Phase == CallPhase.Queued ? _newlyWaiting.Add(call) : _newlyWaiting.Remove(call);

    /// <summary>After every change of an agent's status.</summary>
    private void NotePresence(LiveAgent agent)
    {
        _ = _idle.Contains(agent) ? _newlyIdle.Add(agent) : _newlyIdle.Remove(agent);

        // Whoever waits for an agent who will not come waits for anybody now.
        _looksAtAll |= agent.State.Status is AgentStatus.NotReady or AgentStatus.SignedOut;
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
