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
    private readonly Channel<Action> _inbox = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<Guid, LiveCall> _calls = [];
    private readonly Dictionary<LegId, LiveCall> _legs = [];
    private readonly Dictionary<Guid, LiveAgent> _agents = [];
    private readonly Dictionary<string, LiveAgent> _extensions = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, LiveQueue> _queues = [];
    private readonly Dictionary<string, LiveQueue> _numbers = new(StringComparer.Ordinal);

    // Extensions whose phone is there, also those that are no agent's.
    private readonly HashSet<string> _registered = new(StringComparer.Ordinal);

    // Kept at hand: looking through the whole floor at every notification costs a large center a third of its CPU time.
    private readonly HashSet<LiveCall> _waiting = [];
    private readonly HashSet<LiveCall> _offered = [];
    private readonly HashSet<LiveAgent> _idle = [];

    private readonly PostgresEventStore _store;
    private readonly ISwitch _switch;
    private readonly WaitingAudio _audio;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Journal _journal;
    private readonly Agenda _agenda;
    private readonly ConfigurationFeed _feed;
    private readonly CancellationTokenSource _ending = new();
    private Task _loop = Task.CompletedTask;
    private Task _following = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private bool _stopping;

    public Router(PostgresEventStore store, ISwitch @switch, WaitingAudio audio, TimeProvider clock, ILogger<Router> logger)
    {
        (_store, _switch, _audio, _clock, _logger) = (store, @switch, audio, clock, logger);
        _journal = new Journal(store, step => Post(step.Carry), (step, e) => Post(() => Repair(step, e)), clock, logger);
        _feed = new ConfigurationFeed(store, Configuration, stored => Post(() => Configure(stored)), clock, logger);
        _agenda = new Agenda(clock, () => Post(() => _agenda!.Run()));
    }

    /// <summary>Records the blocks of addresses; null leaves them unrecorded.</summary>
    public SourceBlocks? Blocks { get; init; }

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
            var live = new LiveAgent(signedOut.State.Id, signedOut.State, signedOut.Version);
            _agents.Add(live.Id, live);
        }

        _dialPlan = floor.DialPlan ?? _dialPlan;
        Reseat();
        foreach (var calendar in floor.Calendars)
        {
            SetCalendar(calendar);
        }

        foreach (var queue in floor.Queues)
        {
            SetQueue(queue);
            _queues[queue.Id].Pace = floor.Paces.GetValueOrDefault(queue.Id, QueuePace.Unknown);
            Show(_queues[queue.Id]);
        }

        foreach (var callback in floor.Callbacks)
        {
            var open = await recovery.OpenCallbackAsync(callback, floor.LastEventAt, cancellationToken);
            Keep(new LiveCallback(open.State.Id, open.State, open.Version));
        }
        SetIvr(floor);

        LogStarted(_logger, _numbers.Count, _extensions.Count, floor.LiveCalls.Count);
        _journal.Start();
        _loop = Task.Run(LoopAsync, CancellationToken.None);
        _listening = Task.Run(ListenAsync, CancellationToken.None);
        _following = Task.Run(() => _feed.RunAsync(floor.Position, _ending.Token), CancellationToken.None);
        _remembering = Task.Run(() => RememberAsync(_ending.Token), CancellationToken.None);
    }

    /// <summary>Faults when routing cannot go on: nobody would take calls any more, so the process must not live on as if.</summary>
    public Task Completion => Task.WhenAny(_loop, _journal.Completion, _following).Unwrap();

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
        await _ending.CancelAsync();
        await _remembering;
        try
        {
            await _following;
        }
        catch (OperationCanceledException)
        {
            // Ended, as asked.
        }

        _ending.Dispose();
        _agenda.Dispose();
    }

    private bool Post(Action action) => _inbox.Writer.TryWrite(action);

    private async Task ListenAsync()
    {
        await foreach (var notification in _switch.Notifications.ReadAllAsync())
        {
            Post(() => Handle(notification));
        }
    }

    private async Task LoopAsync()
    {
        var undispatched = 0;
        await foreach (var action in _inbox.Reader.ReadAllAsync())
        {
            Try(action);

            // One look at the floor for all that has come meanwhile: when many agents get free at once, a look for each would keep the last one waiting.
            if (_isDispatchDue && (++undispatched >= MostBetweenDispatches || !_inbox.Reader.TryPeek(out _)))
            {
                (undispatched, _isDispatchDue) = (0, false);
                Try(Distribute);
            }
        }
    }

    private void Try(Action action)
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

    private void Handle(SwitchNotification notification)
    {
        if (_stopping)
        {
            return;
        }

        if (HandleMailbox(notification) || HandleDesk(notification))
        {
            Dispatch();
            return;
        }

        switch (notification)
        {
            case IncomingCall incoming:
                Receive(incoming);
                break;
            case LegRinging ringing when _legs.TryGetValue(ringing.Leg, out var call):
                Ringing(call, ringing);
                break;
            case LegEarlyMedia early when OfferOf(early.Leg) is ({ State.IsDirect: true } call, _):
                _switch.Progress(call.CallerLeg);
                _switch.Bridge(call.CallerLeg, early.Leg);
                break;
            case LegAnswered answered when _legs.TryGetValue(answered.Leg, out var call) && call.CallerLeg == answered.Leg:
                call.OnCallerAnswered?.Invoke();
                break;
            case LegAnswered answered when _legs.TryGetValue(answered.Leg, out var call) && call.Handover?.Leg == answered.Leg:
                HandoverAnswered(call, call.Handover);
                break;
            case LegAnswered answered when OfferOf(answered.Leg) is var (call, offer):
                Answered(call, offer);
                break;
            case TransferRequested asked:
                Transfer(asked);
                break;
            case LegMeasured measured when _legs.TryGetValue(measured.Leg, out var call):
                call.Measured.Add(FiguresOf(call, measured));
                return;
            case CallTurnedAway away:
                TurnedAway(away);
                break;
            case LegEnded ended when _legs.Remove(ended.Leg, out var call):
                if (ended.Leg == call.CallerLeg)
                {
                    call.OnCallerGone?.Invoke(ended);
                    CallerGone(call, ended);
                }
                else if (call.Handover?.Leg == ended.Leg)
                {
                    NotHandedOver(call, call.Handover, ended);
                }
                else if (OfferOf(call, ended.Leg) is { } offer)
                {
                    NotAnswered(call, offer, ended);
                }
                else
                {
                    AgentGone(call, ended);
                }

                TakeMeasured(call);
                break;
            case LegHeld held when AgentLegOf(held.Leg) is { State.Phase: CallPhase.Connected } call:
                Hold(call);
                break;
            case LegRetrieved retrieved when AgentLegOf(retrieved.Leg) is { State.Phase: CallPhase.OnHold, Handover: null } call:
                Retrieve(call);
                break;
            case DtmfReceived key when IvrOf(key.Leg) is { } call:
                PressInIvr(call, key);
                break;
            case PlaybackFinished played when IvrOf(played.Leg) is { } call:
                Played(call, played.PlaybackId);
                break;
            case PlaybackFailed failed when IvrOf(failed.Leg) is { } call:
                Played(call, failed.PlaybackId);
                break;
            case DtmfReceived key when _legs.TryGetValue(key.Leg, out var call) && call.CallerLeg == key.Leg:
                Pressed(call, key);
                break;
            case PlaybackFinished played when _legs.TryGetValue(played.Leg, out var call):
                AfterPlaying(call, played.PlaybackId);
                break;
            case PlaybackFailed unplayed when _legs.TryGetValue(unplayed.Leg, out var call):
                LogUnplayed(_logger, call.Id, unplayed.Reason);
                AfterPlaying(call, unplayed.PlaybackId);
                break;
            case RecordingFinished finished:
                _ = Recorded(finished) || Spoken(finished);
                break;
            case SourceBlocked or BlockExpired:
                Blocks?.Note(notification);
                return;
            case PhoneRegistered registered:
                _registered.Add(registered.Extension);
                if (_extensions.TryGetValue(registered.Extension, out var signedIn))
                {
                    SignIn(signedIn);
                }

                break;
            case PhoneUnregistered gone:
                _registered.Remove(gone.Extension);
                if (_extensions.TryGetValue(gone.Extension, out var signedOut))
                {
                    (signedOut.PhoneRegistered, signedOut.PhoneWasGone) = (false, true);
                    SignOutIfGone(signedOut);
                }

                break;
        }

        Dispatch();
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    /// <summary>The call whose present agent leg this is.</summary>
    private LiveCall? AgentLegOf(LegId leg) => _legs.TryGetValue(leg, out var call) && call.AgentLeg == leg ? call : null;

    /// <summary>The call and the offer of it that this leg is.</summary>
    private (LiveCall Call, LiveOffer Offer)? OfferOf(LegId leg) =>
        _legs.TryGetValue(leg, out var call) && OfferOf(call, leg) is { } offer ? (call, offer) : null;

    private static LiveOffer? OfferOf(LiveCall call, LegId leg) => call.Offers.Find(offer => offer.Leg == leg);

    private static void WhileIn(LiveCall call, CallPhase phase, Action action)
    {
        if (call.State.Phase == phase)
        {
            action();
        }
    }

    /// <summary>A step that is about this call.</summary>
    private Step StepOf(LiveCall? call) => new(call?.SipCallId, _user);

    private void Take(Step step)
    {
        if (_asked is not null)
        {
            _asked.Add(step);
            _ = step.Written;
        }

        step.Settle();
        foreach (var call in step.Calls)
        {
            Note(call);
        }

        foreach (var agent in step.Agents)
        {
            Note(agent);
        }

        _journal.Write(step);
    }

    /// <summary>After every change of its state: whether the call is to be offered, or is being offered.</summary>
    private void Note(LiveCall call)
    {
        _ = call.State.Phase == CallPhase.Queued ? _waiting.Add(call) : _waiting.Remove(call);
        _ = call.State.Phase == CallPhase.Offered ? _offered.Add(call) : _offered.Remove(call);
        NoteWaiting(call);
    }

    /// <summary>After every change of its state: whether the agent can take an offer.</summary>
    private void Note(LiveAgent agent)
    {
        _ = agent.State is { Status: AgentStatus.Available, Desk.DoNotDisturb: false } ? _idle.Add(agent) : _idle.Remove(agent);
        if (!string.Equals(agent.SitsAt, agent.State.Extension, StringComparison.Ordinal))
        {
            agent.SitsAt = agent.State.Extension;
            Reseat();
        }

        NotePresence(agent);
    }

    /// <summary>An agent whose phone is gone is signed out, once no call is at hand.</summary>
    private void SignOutIfGone(LiveAgent agent)
    {
        if (!agent.PhoneRegistered && agent.State.CallId is null)
        {
            Take(StepOf(null).Agent(agent, new SignOutAgent("phone-unregistered", Now)));
        }
    }

    private void EndAll()
    {
        _stopping = true;
        var now = Now;
        foreach (var call in _calls.Values)
        {
            var step = StepOf(call);
            Take(call.State.Phase == CallPhase.WrapUp
                ? step.Call(call, new CompleteWrapUp(now))
                : step.Call(call, new EndCall(CallParty.System, "system-shutdown", now)));
        }

        foreach (var agent in _agents.Values)
        {
            Take(StepOf(null).Agent(agent, new SignOutAgent("system-shutdown", now)));
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Routing for {Queues} queues and {Agents} agents; {Cut} calls were cut by the restart")]
    private static partial void LogStarted(ILogger logger, int queues, int agents, int cut);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A step was refused and dropped")]
    private static partial void LogRefused(ILogger logger, Exception exception);
}
