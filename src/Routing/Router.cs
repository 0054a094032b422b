using System.Threading.Channels;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Telephony;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>
/// What happens to a call: takes the switch's notifications, asks the deciders, writes the events, and when those are durable tells the switch what to do.
/// One loop owns all state; it never waits for the disk. Memory runs ahead of the disk, deeds run behind it.
/// </summary>
public sealed partial class Router : IAsyncDisposable
{
    private static readonly TimeSpan PauseAfterMissedOffer = TimeSpan.FromSeconds(3);

    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<Guid, LiveCall> _calls = [];
    private readonly Dictionary<LegId, LiveCall> _legs = [];
    private readonly Dictionary<Guid, LiveAgent> _agents = [];
    private readonly Dictionary<string, LiveAgent> _extensions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue> _numbers = new(StringComparer.Ordinal);

    // Kept at hand: looking through the whole floor at every notification costs a large center a third of its CPU time.
    private readonly HashSet<LiveCall> _waiting = [];
    private readonly HashSet<LiveAgent> _idle = [];

    private readonly PostgresEventStore _store;
    private readonly ISwitch _switch;
    private readonly WaitingAudio _audio;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Journal _journal;
    private readonly Agenda _agenda;
    private Task _loop = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private bool _stopping;

    public Router(PostgresEventStore store, ISwitch @switch, WaitingAudio audio, TimeProvider clock, ILogger<Router> logger)
    {
        (_store, _switch, _audio, _clock, _logger) = (store, @switch, audio, clock, logger);
        _journal = new Journal(store, step => Post(() => step.Effect()), (step, e) => Post(() => Repair(step, e)), clock, logger);
        _agenda = new Agenda(clock, () => Post(() => _agenda!.Run()));
    }

    /// <summary>Sets right what the last process left open, then listens to the switch.</summary>
    public async Task StartAsync(FloorSnapshot floor, CancellationToken cancellationToken)
    {
        var recovery = new Recovery(_store);
        foreach (var call in floor.LiveCalls)
        {
            await recovery.EndCallAsync(call, cancellationToken);
        }

        foreach (var agent in floor.Agents)
        {
            var signedOut = await recovery.SignOutAsync(agent, floor.LastEventAt, cancellationToken);
            var live = new LiveAgent(signedOut.State, signedOut.Version);
            _agents.Add(live.Id, live);
            if (live.State.Extension is { } extension)
            {
                _extensions.Add(extension, live);
            }
        }

        foreach (var queue in floor.Queues.Where(q => q.Settings.Number is not null))
        {
            _numbers.Add(queue.Settings.Number!, queue);
        }

        LogStarted(_logger, _numbers.Count, _extensions.Count, floor.LiveCalls.Count);
        _journal.Start();
        _loop = Task.Run(LoopAsync, CancellationToken.None);
        _listening = Task.Run(ListenAsync, CancellationToken.None);
    }

    /// <summary>Faults when routing cannot go on: nobody would take calls any more, so the process must not live on as if.</summary>
    public Task Completion => Task.WhenAny(_loop, _journal.Completion).Unwrap();

    /// <summary>Ends every call and signs every agent out, durably; after this the switch may close.</summary>
    public async ValueTask DisposeAsync()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() =>
        {
            EndAll();
            ended.SetResult();
        });
        if (!_loop.IsCompleted)
        {
            await ended.Task;
        }

        await _journal.CompleteAsync();
        _inbox.Writer.TryComplete();
        await _loop;
        _agenda.Dispose();
    }

    private void Post(Action action) => _inbox.Writer.TryWrite(action);

    private async Task ListenAsync()
    {
        await foreach (var notification in _switch.Notifications.ReadAllAsync())
        {
            Post(() => Handle(notification));
        }
    }

    private async Task LoopAsync()
    {
        await foreach (var action in _inbox.Reader.ReadAllAsync())
        {
            try
            {
                action();
            }
            catch (StepRefusedException e)
            {
                // Two things crossed and the decider kept the one that came first; the loser changes nothing.
                LogRefused(_logger, e);
            }
        }
    }

    private void Handle(SwitchNotification notification)
    {
        if (_stopping)
        {
            return;
        }

        switch (notification)
        {
            case IncomingCall incoming:
                Receive(incoming);
                break;
            case LegAnswered answered when AgentLegOf(answered.Leg) is { } call:
                Answered(call, answered.Leg);
                break;
            case LegEnded ended when _legs.Remove(ended.Leg, out var call):
                if (ended.Leg == call.CallerLeg)
                {
                    CallerGone(call, ended);
                }
                else
                {
                    AgentGone(call, ended);
                }

                break;
            case LegHeld held when AgentLegOf(held.Leg) is { State.Phase: CallPhase.Connected } call:
                Take(new Step(call.SipCallId).Call(call, new HoldCall(Now)).Then(() => WhileIn(call, CallPhase.OnHold, () =>
                {
                    _switch.Unbridge(call.CallerLeg);
                    _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
                })));
                break;
            case LegRetrieved retrieved when AgentLegOf(retrieved.Leg) is { State.Phase: CallPhase.OnHold } call:
                Take(new Step(call.SipCallId).Call(call, new RetrieveCall(Now)).Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
                break;
            case PhoneRegistered registered when _extensions.TryGetValue(registered.Extension, out var agent):
                agent.PhoneRegistered = true;
                Take(new Step(null).Agent(agent, new SignInAgent(Now)));
                break;
            case PhoneUnregistered gone when _extensions.TryGetValue(gone.Extension, out var agent):
                agent.PhoneRegistered = false;
                SignOutIfGone(agent);
                break;
        }

        Dispatch();
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>The call whose present agent leg this is.</summary>
    private LiveCall? AgentLegOf(LegId leg) => _legs.TryGetValue(leg, out var call) && call.AgentLeg == leg ? call : null;

    private static void WhileIn(LiveCall call, CallPhase phase, Action action)
    {
        if (call.State.Phase == phase)
        {
            action();
        }
    }

    private void Take(Step step)
    {
        step.Settle();
        Note(step.LiveCall, step.LiveAgent);
        _journal.Write(step);
    }

    /// <summary>After every change of their states: whether the call is to be offered, and whether the agent can take an offer.</summary>
    private void Note(LiveCall? call, LiveAgent? agent)
    {
        if (call is not null)
        {
            _ = call.State.Phase == CallPhase.Queued ? _waiting.Add(call) : _waiting.Remove(call);
        }

        if (agent is not null)
        {
            _ = agent.State.Status == AgentStatus.Available ? _idle.Add(agent) : _idle.Remove(agent);
        }
    }

    private void Receive(IncomingCall incoming)
    {
        var queue = _numbers.GetValueOrDefault(incoming.To);
        var call = new LiveCall(Guid.CreateVersion7(), incoming, queue);
        var direction = incoming.Source is ExtensionSource ? CallDirection.Internal : CallDirection.Inbound;
        var receive = new ReceiveCall(call.Id, direction, incoming.From, incoming.To, incoming.At, incoming.SipCallId);
        _legs.Add(call.CallerLeg, call);
        if (queue is null)
        {
            Take(new Step(call.SipCallId).Call(call, receive, new FailCall("no-such-number", Now)).Then(() => _switch.Reject(call.CallerLeg, 404, "Not Found")));
            return;
        }

        _calls.Add(call.Id, call);
        Take(new Step(call.SipCallId).Call(call, receive, new EnqueueCall(queue.Id, Now)).Then(() =>
        {
            // Whoever is being connected already needs no music; whoever is gone needs nothing.
            if (_switch.Answer(call.CallerLeg) && call.Waits)
            {
                Announce(call);
            }
        }));
        call.RankedSince = call.State.LastAt;
    }

    private void Announce(LiveCall call)
    {
        if (call.Waits)
        {
            _switch.Play(call.CallerLeg, _audio.Position(PositionOf(call)), Guid.NewGuid());
            _agenda.In(WaitingAudio.AnnounceEvery, () => Announce(call));
        }
    }

    private int PositionOf(LiveCall call) =>
        1 + _calls.Values.Count(c => c.Waits && c.State.QueueId == call.State.QueueId && (c.RankedSince, c.Id).CompareTo((call.RankedSince, call.Id)) < 0);

    /// <summary>Offers every call that can be offered now.</summary>
    private void Dispatch()
    {
        if (_stopping || _waiting.Count == 0)
        {
            return;
        }

        var now = Now;
        var idle = _idle
            .Where(a => a.PhoneRegistered && a.OfferableFrom <= now)
            .Select(a => new IdleAgent(a.Id, a.State.Queues, a.State.Since)).ToList();
        if (idle.Count == 0)
        {
            return;
        }

        var waiting = _waiting.Select(c => new WaitingCall(c.Id, c.State.QueueId!.Value, c.RankedSince, c.Missed)).ToList();
        foreach (var proposal in LongestIdle.Propose(new FloorPicture(waiting, idle)))
        {
            Offer(_calls[proposal.CallId], _agents[proposal.AgentId]);
        }
    }

    private void Offer(LiveCall call, LiveAgent agent)
    {
        var now = Now;
        Take(new Step(call.SipCallId).Call(call, new OfferCall(agent.Id, now)).Agent(agent, new OfferToAgent(call.Id, now)).Then(() =>
        {
            if (call.State.Phase == CallPhase.Offered && call.Agent == agent && call.AgentLeg is null)
            {
                var leg = _switch.Originate(agent.State.Extension!, new OriginateOptions
                {
                    FromUser = call.From,
                    FromDisplayName = call.DisplayName,
                    RingTimeout = TimeSpan.FromSeconds(call.Queue!.Settings.RingSeconds),
                });
                call.AgentLeg = leg;
                _legs.Add(leg, call);
            }
        }));
        call.Agent = agent;
    }

    private void Answered(LiveCall call, LegId leg)
    {
        if (call.State.Phase != CallPhase.Offered || call.Agent is not { } agent)
        {
            _switch.HangUp(leg, HangUpCause.Normal);
            return;
        }

        var now = Now;
        Take(new Step(call.SipCallId).Call(call, new AnswerCall(agent.Id, now)).Agent(agent, new OccupyAgent(call.Id, now))
            .Then(() => WhileIn(call, CallPhase.Connected, () => Bridge(call))));
    }

    private void Bridge(LiveCall call)
    {
        if (call.AgentLeg is { } agentLeg)
        {
            _switch.Bridge(call.CallerLeg, agentLeg);
        }
    }

    private void CallerGone(LiveCall call, LegEnded ended)
    {
        if (!call.State.IsLive)
        {
            return;
        }

        if (ended.Reason is LegEndReason.Failed or LegEndReason.Unreachable && call.Waits)
        {
            End(call, new FailCall("caller-leg-failed", Now), wrapUp: false);
            return;
        }

        End(call, new EndCall(CallParty.Caller, "hang-up", Now, HasWrapUp(call)), HasWrapUp(call));
    }

    private void AgentGone(LiveCall call, LegEnded ended)
    {
        if (call.AgentLeg != ended.Leg || call.Agent is not { } agent)
        {
            return;
        }

        call.AgentLeg = null;
        if (call.State.Phase is CallPhase.Connected or CallPhase.OnHold)
        {
            End(call, new EndCall(CallParty.Agent, "hang-up", Now, HasWrapUp(call)), HasWrapUp(call));
        }
        else if (call.State.Phase == CallPhase.Offered)
        {
            Missed(call, agent, ended.Reason switch
            {
                LegEndReason.Rejected => NonResponse.Refused,
                LegEndReason.NoAnswer => NonResponse.TimedOut,
                _ => NonResponse.Unreachable,
            });
        }
    }

    private void Missed(LiveCall call, LiveAgent agent, NonResponse reason)
    {
        var now = Now;
        Take(new Step(call.SipCallId).Call(call, new MissOffer(agent.Id, reason, now)).Agent(agent, new ReleaseAgent(call.Id, now)));
        call.Agent = null;
        call.Missed[agent.Id] = call.Missed.GetValueOrDefault(agent.Id) + 1;
        agent.OfferableFrom = now + PauseAfterMissedOffer;
        _agenda.In(PauseAfterMissedOffer, Dispatch);
        SignOutIfGone(agent);
    }

    private static bool HasWrapUp(LiveCall call) => call.State.Phase is CallPhase.Connected or CallPhase.OnHold && call.Queue!.Settings.WrapUpSeconds > 0;

    /// <summary>Ends the call for both sides; the agent wraps up or is free again.</summary>
    private void End(LiveCall call, CallCommand end, bool wrapUp)
    {
        var step = new Step(call.SipCallId).Call(call, end);
        if (call.Agent is { } agent)
        {
            step.Agent(agent, wrapUp && agent.State.CallId == call.Id ? new WrapUpAgent(call.Id, end.At) : new ReleaseAgent(call.Id, end.At));
        }

        Take(step.Then(() =>
        {
            _switch.HangUp(call.CallerLeg, HangUpCause.Normal);
            if (call.AgentLeg is { } agentLeg)
            {
                _switch.HangUp(agentLeg, HangUpCause.Normal);
            }
        }));
        if (wrapUp)
        {
            _agenda.In(TimeSpan.FromSeconds(call.Queue!.Settings.WrapUpSeconds), () => WrappedUp(call));
            return;
        }

        _calls.Remove(call.Id);
        if (call.Agent is { } released)
        {
            SignOutIfGone(released);
        }
    }

    private void WrappedUp(LiveCall call)
    {
        if (_stopping || call.State.Phase != CallPhase.WrapUp || call.Agent is not { } agent)
        {
            return;
        }

        var now = Now;
        Take(new Step(call.SipCallId).Call(call, new CompleteWrapUp(now)).Agent(agent, new ReleaseAgent(call.Id, now)));
        _calls.Remove(call.Id);
        SignOutIfGone(agent);
        Dispatch();
    }

    /// <summary>An agent whose phone is gone is signed out, once no call is at hand.</summary>
    private void SignOutIfGone(LiveAgent agent)
    {
        if (!agent.PhoneRegistered && agent.State.CallId is null)
        {
            Take(new Step(null).Agent(agent, new SignOutAgent("phone-unregistered", Now)));
        }
    }

    private void EndAll()
    {
        _stopping = true;
        var now = Now;
        foreach (var call in _calls.Values)
        {
            var step = new Step(call.SipCallId);
            Take(call.State.Phase == CallPhase.WrapUp
                ? step.Call(call, new CompleteWrapUp(now))
                : step.Call(call, new EndCall(CallParty.System, "system-shutdown", now)));
        }

        foreach (var agent in _agents.Values)
        {
            Take(new Step(null).Agent(agent, new SignOutAgent("system-shutdown", now)));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Routing for {Queues} queues and {Agents} agents; {Cut} calls were cut by the restart")]
    private static partial void LogStarted(ILogger logger, int queues, int agents, int cut);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A step was refused and dropped")]
    private static partial void LogRefused(ILogger logger, Exception exception);
}
