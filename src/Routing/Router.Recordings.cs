using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Routing.Recordings;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>Recordings of talks, per queue: the caller in the first channel, who talks for the center, and whoever joins, in the second.</summary>
public sealed partial class Router
{
    // Calls whose file is open, by recording: it is closed after the call has ended.
    private readonly Dictionary<RecordingId, LiveCall> _recorded = [];

    // Those that were told to end, whose file is still being closed.
    private readonly HashSet<RecordingId> _closing = [];

    /// <summary>Where recordings are written.</summary>
    public string RecordingFolder { get; init; } = "recordings";

    /// <summary>Says that nothing is to be heard in the file from now on: a card's number is being told.</summary>
    /// <returns>Why not: <c>CALL_NOT_FOUND</c>, <c>CALL_ENDED</c>, <c>CALL_NOT_RECORDED</c>.</returns>
    public Task<Refusal?> PauseRecordingAsync(Guid callId, string user) => OnRecordingAsync(callId, user, new PauseRecording(user, Now), _switch.PauseRecording);

    /// <summary>Ends <see cref="PauseRecordingAsync"/>.</summary>
    /// <inheritdoc cref="PauseRecordingAsync"/>
    public Task<Refusal?> ResumeRecordingAsync(Guid callId, string user) => OnRecordingAsync(callId, user, new ResumeRecording(user, Now), _switch.ResumeRecording);

    private Task<Refusal?> OnRecordingAsync(Guid callId, string user, RecordingCommand command, Action<RecordingId> act) => AskAsync(user, () =>
    {
        if (!_calls.TryGetValue(callId, out var call))
        {
            return new Refusal("CALL_NOT_FOUND", "There is no such call, or it has ended.");
        }

        Take(StepOf(call).Call(call, command).Then(() =>
        {
            if (call.State.Recording is { } recording)
            {
                act(new RecordingId(recording.Id));
            }
        }));
        return null;
    });

    /// <summary>The caller and the agent have just been connected: the talk is recorded from here on where the queue wants that, and one that is recorded goes on with this agent.</summary>
    private void RecordTalk(LiveCall call)
    {
        if (call.State.Recording is { } running && !_closing.Contains(new RecordingId(running.Id)))
        {
            SetOurSide(call, new RecordingId(running.Id));
            return;
        }

        // One whose file is being closed: the next begins right after that.
        if (_stopping || call.State.Recording is not null || call.Queue?.Settings.Record != true)
        {
            return;
        }

        var now = Now;
        var id = new RecordingId(Guid.CreateVersion7());
        var file = RecordingPaths.Of(id.Value, now);
        _recorded.Add(id, call);
        Take(StepOf(call).Call(call, new StartRecording(id.Value, file, now)).Then(() =>
        {
            var path = Path.Combine(RecordingFolder, file);
            if (!_switch.Record(id, path, call.CallerLeg, call.AgentLeg))
            {
                // Both have just hung up.
                Recorded(new RecordingFinished(id, path, TimeSpan.Zero, null, 0, "both sides were gone before it began"));
            }
            else if (call.Conference is not null)
            {
                SetOurSide(call, id);
            }
        }));
    }

    /// <summary>In the second channel are the agent, unless muted, for what is said then is for nobody, and all who have joined the two.</summary>
    private void SetOurSide(LiveCall call, RecordingId id) => _switch.SetChannel(
        id, 1, [.. call is { AgentLeg: { } agent, State.IsMuted: false } ? new[] { agent } : [], .. call.Conference?.Parties.Select(party => party.Leg) ?? []]);

    /// <summary>The talk goes back to a queue, or to a flow or a mailbox: what is said there is nobody's to hear, and the next talk is a recording of its own.</summary>
    private void EndRecording(LiveCall call)
    {
        if (call.State.Recording is { } running)
        {
            _closing.Add(new RecordingId(running.Id));
            _switch.StopRecording(new RecordingId(running.Id));
        }
    }

    /// <returns>False when it is no recording of a talk.</returns>
    private bool Recorded(RecordingFinished finished)
    {
        if (!_recorded.Remove(finished.Recording, out var call))
        {
            return false;
        }

        Take(StepOf(call).Call(call, new FinishRecording(
            finished.Recording.Value, finished.Sha256, Math.Round(finished.Duration.TotalSeconds, 3), finished.Bytes, finished.Failure, Now)));
        if (_closing.Remove(finished.Recording) && call is { State.Phase: CallPhase.Connected or CallPhase.OnHold, AgentLeg: not null })
        {
            RecordTalk(call);
        }

        return true;
    }
}
