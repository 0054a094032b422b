using System.Collections.Immutable;
using System.Globalization;

using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Flows;
using CallCenter.Routing.Ivr;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>Calls in IVR flows: the machine says what is to be played, asked and told; here it is done.</summary>
public sealed partial class Router
{
    /// <summary>Voices and other systems; without it no call enters a flow.</summary>
    public IvrEquipment? Ivr { get; init; }

    /// <summary>Whether the calendar of a name is open now; null when there is none.</summary>
    private bool? IsOpen(string calendar) => _calendars.Values.FirstOrDefault(known => known.Settings?.Name == calendar)?.IsOpen(Now);

    private LiveCall? IvrOf(LegId leg) => _legs.TryGetValue(leg, out var call) && call.Ivr is not null && call.CallerLeg == leg ? call : null;

    /// <summary>A way through the active version of a flow and, of flows within it, those that are active now; null when there is none.</summary>
    private IvrVisit? BeginFlow(LiveCall call, string name)
    {
        if (Ivr is null)
        {
            return null;
        }

        var brought = new Dictionary<string, string>(call.Attributes, StringComparer.Ordinal) { ["caller"] = call.From, ["dialled"] = call.To };
        if (call.Language is { } language)
        {
            brought["language"] = language;
        }

        return FlowState.Of(name, _flows, brought) is { } state ? new IvrVisit(state) : null;
    }

    private void EnterFlow(LiveCall call, IvrVisit visit, params ReadOnlySpan<CallCommand> first)
    {
        Take(StepOf(call).Call(call, [.. first, new EnterIvr(Now)]).Then(() =>
        {
            if (IsIn(call, visit) && _switch.Answer(call.CallerLeg))
            {
                _switch.DetectDtmf(call.CallerLeg);
                Advance(call, visit, new FlowBegun());
            }
        }));
        call.Ivr = visit;
    }

    private static bool IsIn(LiveCall call, IvrVisit visit) => call.Ivr == visit && call.State.Phase == CallPhase.InIvr;

    private void PressInIvr(LiveCall call, DtmfReceived key)
    {
        if (call.Ivr is { } visit && visit.Keys.IsNew(key.Method, Now))
        {
            Advance(call, visit, new FlowKey(key.Digit));
        }
    }

    private void Played(LiveCall call, Guid playback)
    {
        if (call.Ivr is { Playback: { } playing } visit && playing.Id == playback)
        {
            Advance(call, visit, new FlowPlayed(playing.Serial));
        }
    }

    /// <summary>Tells the machine something, writes what follows, and does it once that is durable.</summary>
    private void Advance(LiveCall call, IvrVisit visit, FlowInput input)
    {
        if (_stopping || !IsIn(call, visit))
        {
            return;
        }

        var turn = FlowMachine.Take(visit.State, input);
        visit.State = turn.State;
        var told = Told(call, turn.Effects);
        if (turn.Effects is [.., FlowLeft left])
        {
            if (turn.Effects.Any(effect => effect is FlowHush))
            {
                // Whom the call goes to may have nothing to play in its place.
                _switch.StopPlaying(call.CallerLeg);
            }

            Leave(call, visit, left, told);
        }
        else if (told.Length == 0)
        {
            Do(call, visit, turn.Effects);
        }
        else
        {
            Take(StepOf(call).Call(call, told).Then(() => Do(call, visit, turn.Effects)));
        }
    }

    private CallCommand[] Told(LiveCall call, IReadOnlyList<FlowEffect> effects)
    {
        var now = Now;
        var told = new List<CallCommand>();
        var (topic, segment) = ((string?)null, (string?)null);
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case FlowStepTaken e:
                    told.Add(new TakeIvrStep(e.Flow, e.Version, e.Step, e.Kind, e.Result, e.Input, now));
                    break;
                case FlowAttribute e:
                    SetAttribute(call, e.Name, e.Value);
                    told.Add(new SetAttribute(e.Name, e.Value, now));
                    (topic, segment) = (Classifies(e, "topic") ?? topic, Classifies(e, "segment") ?? segment);
                    break;
                case FlowCompleted e:
                    told.Add(new CompleteSelfService(e.Flow, e.Step, now));
                    break;
                case FlowScored e:
                    told.Add(new AnswerSurvey(e.Question, e.Score, e.Lowest, e.Highest, now));
                    break;
            }
        }

        if (topic is not null || segment is not null)
        {
            told.Add(new ClassifyCall(topic, segment, now));
        }

        return [.. told];

        // Figures are read in plain: only what stands in the flow's own text goes into them.
        static string? Classifies(FlowAttribute attribute, string name) => attribute is { HasValues: false, Value.Length: > 0 } && attribute.Name == name ? attribute.Value : null;
    }

    // Two of the attributes are more than a word to whoever takes the call: the voice that goes on speaking, and the rank in a queue.
    private static void SetAttribute(LiveCall call, string name, string value)
    {
        call.Attributes[name] = value;
        if (name == "language")
        {
            call.Language = value;
        }
        else if (name == "priority" && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var priority) && priority <= 9)
        {
            call.Priority = priority;
        }
    }

    private void Leave(LiveCall call, IvrVisit visit, FlowLeft left, CallCommand[] told)
    {
        call.Ivr = null;
        if (left.Failed is { } failed)
        {
            LogFlowFailed(_logger, call.Id, failed);
            Finish(call, told, new FailCall("flow-failed", Now), 480, "Temporarily Unavailable");
        }
        else if (left.To.Kind == DestinationKind.HangUp)
        {
            Finish(call, told, new EndInIvr(Now), 480, "Temporarily Unavailable");
        }
        else
        {
            call.Resumable = visit.State.GoesOnIfNotTaken ? visit : null;
            if (left.Needs is { } needs)
            {
                Need(call, needs);
            }

            // Flows name an agent's mailbox by the extension.
            var to = left.To is { Kind: DestinationKind.Voicemail, Target: { } extension } && QueueOf(extension) is null && _extensions.TryGetValue(extension, out var agent)
                ? left.To with { Target = agent.Id.ToString() }
                : left.To;
            try
            {
                Send(call, to, [.. told, new LeaveIvr(left.To, Now)]);
            }
            catch (StepRefusedException e)
            {
                // A way that routing does not know must not leave the caller in silence.
                LogFlowFailed(_logger, call.Id, e.Message);
                Finish(call, told, new FailCall("flow-failed", Now), 480, "Temporarily Unavailable");
            }

            if (!IsUnderWay(call))
            {
                call.Resumable = null;
            }
            else if (left.To.Kind == DestinationKind.Number)
            {
                Ringback(call);
            }

            Dispatch();
        }
    }

    /// <summary>A call that a flow has sent to a number, and that nobody has taken there yet.</summary>
    private static bool IsUnderWay(LiveCall call) => call.Agent is null && (call.State.Phase == CallPhase.Received || (call.State.Phase == CallPhase.Offered && call.State.IsDirect));

    /// <summary>Who has been answered by a flow hears from us that it rings elsewhere.</summary>
    private void Ringback(LiveCall call) => Take(StepOf(call).Then(() =>
    {
        if (IsUnderWay(call) && call.Ivr is null)
        {
            _switch.Play(call.CallerLeg, Playlist.Forever(CallProgressTones.Itu.Ringback), Guid.NewGuid());
        }
    }));

    /// <summary>Where a flow had sent the call, it was not taken: the flow goes on.</summary>
    /// <param name="call">It talks with nobody.</param>
    /// <param name="first">What comes before.</param>
    /// <returns>False when no flow waits for that.</returns>
    private bool TryResume(LiveCall call, params ReadOnlySpan<CallCommand> first)
    {
        // In the IVR still: that the call leaves it is among what comes before.
        if (call.Resumable is not { } visit || !(IsUnderWay(call) || call.State.Phase == CallPhase.InIvr))
        {
            return false;
        }

        (call.Resumable, call.Ivr) = (null, visit);
        Take(StepOf(call).Call(call, [.. first, new EnterIvr(Now)]).Then(() =>
        {
            _switch.StopPlaying(call.CallerLeg);
            Advance(call, visit, new FlowNotTaken());
        }));
        return true;
    }

    /// <summary>What is not up to date any more, because the caller was quicker than the disk, is left undone.</summary>
    private void Do(LiveCall call, IvrVisit visit, IReadOnlyList<FlowEffect> effects)
    {
        if (!IsIn(call, visit))
        {
            return;
        }

        foreach (var effect in effects)
        {
            switch (effect)
            {
                case FlowHush when visit.State.Phase != FlowPhase.Playing || visit.Playback?.Serial != visit.State.Serial:
                    _switch.StopPlaying(call.CallerLeg);
                    break;
                case FlowPlay play when play.Serial == visit.State.Serial:
                    _ = PlayAsync(Ivr!, call, visit, play);
                    break;
                case FlowWait wait when wait.Serial == visit.State.Serial:
                    _agenda.In(wait.Time, () => Advance(call, visit, new FlowTimeUp(wait.Serial)));
                    break;
                case FlowAsk ask when ask.Serial == visit.State.Serial:
                    _ = AskOtherAsync(Ivr!, call, visit, ask);
                    break;
                case FlowAskHours ask when ask.Serial == visit.State.Serial:
                    Advance(call, visit, new FlowHours(ask.Serial, IsOpen(ask.Calendar)));
                    break;
            }
        }
    }

    private async Task PlayAsync(IvrEquipment ivr, LiveCall call, IvrVisit visit, FlowPlay play)
    {
        try
        {
            var playlist = await ivr.PrepareAsync(play.Sounds);
            Post(() =>
            {
                if (!IsIn(call, visit) || visit.State.Serial != play.Serial || visit.State.Phase != FlowPhase.Playing)
                {
                    return;
                }

                if (playlist.Intro.Count == 0)
                {
                    Advance(call, visit, new FlowPlayed(play.Serial));
                    return;
                }

                visit.Playback = (Guid.NewGuid(), play.Serial);
                _switch.Play(call.CallerLeg, playlist, visit.Playback.Value.Id);
            });
        }
        catch (Exception e)
        {
            // Whatever it is, the caller goes on.
            LogIvrFault(_logger, e, call.Id, visit.State.Step);
            Post(() => Advance(call, visit, new FlowPlayed(play.Serial)));
        }
    }

    private async Task AskOtherAsync(IvrEquipment ivr, LiveCall call, IvrVisit visit, FlowAsk ask)
    {
        FlowAnswer answer;
        try
        {
            answer = await ivr.AskAsync(ask);
        }
        catch (Exception e)
        {
            LogIvrFault(_logger, e, call.Id, ask.Step);
            answer = new FlowAnswer.Failed(e.GetType().Name);
        }

        Post(() => Advance(call, visit, new FlowAnswered(ask.Serial, answer)));
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Call {Call} is ended: {Failed}")]
    private static partial void LogFlowFailed(ILogger logger, Guid call, string failed);

    [LoggerMessage(Level = LogLevel.Error, Message = "Call {Call}, step {Step}: a fault of ours; the call goes on")]
    private static partial void LogIvrFault(ILogger logger, Exception exception, Guid call, string step);
}
