using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Routing.Recordings;
using CallCenter.Routing.Voicemails;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;

using Microsoft.Extensions.Logging;

using Npgsql;

namespace CallCenter.Routing;

/// <summary>Callers leave messages: greeting, beep, recording; what is long enough is a message once its file is closed.</summary>
public sealed partial class Router
{
    private static readonly AudioClip Beep = RecordingTone.Beep;

    private readonly Dictionary<RecordingId, VoicemailSession> _spoken = [];

    /// <summary>Asks for a message, in one step with what comes before.</summary>
    /// <param name="call">Talks with nobody.</param>
    /// <param name="target">Id of a queue or agent, or name of a queue; null for the queue that the call is or was in.</param>
    /// <param name="first">What comes before.</param>
    private void AskForMessage(LiveCall call, string? target, params ReadOnlySpan<CallCommand> first)
    {
        if (MailboxOf(call, target) is not var (mailbox, owner))
        {
            Finish(call, first, new FailCall("no-such-mailbox", Now), 404, "Not Found");
            return;
        }

        var now = Now;
        var id = Guid.CreateVersion7();
        var session = new VoicemailSession(id, call, mailbox, owner, RecordingPaths.Of(id, now));
        call.OnCallerGone = _ => GoneBeforeTheBeep(session);
        call.OnKey = _ => { };
        Take(StepOf(call).Call(call, [.. first, new StartVoicemail(id, mailbox, owner, session.File, now)]).Then(() =>
        {
            _switch.Answer(call.CallerLeg);
            _switch.DetectDtmf(call.CallerLeg);
            _ = GreetAsync(session);
        }));
    }

    private (Guid Mailbox, MailboxOwner Owner)? MailboxOf(LiveCall call, string? target) =>
        target is null ? call.Queue is { } own ? (own.Id, MailboxOwner.Queue) : null
        : QueueOf(target) is { } queue ? (queue.Id, MailboxOwner.Queue)
        : Guid.TryParse(target, out var id) && _agents.ContainsKey(id) ? (id, MailboxOwner.Agent)
        : null;

    private async Task GreetAsync(VoicemailSession session)
    {
        var settings = session.Settings;
        try
        {
            settings = await new VoicemailHandler(_store, _clock).MailboxAsync(session.MailboxId, CancellationToken.None);
        }
        catch (Exception e) when (e is EventStoreException or NpgsqlException)
        {
            // The usual settings take the message as well.
            LogMailboxUnread(_logger, e, session.MailboxId);
        }

        Post(() =>
        {
            session.Settings = settings;

            // A greeting of its own is written in the queue's language, whatever the caller's is.
            var (words, language) = settings.Greeting is { } own ? (own, QueueOfMailbox(session)?.Settings.Language ?? "en") : (SentencesOf(session).Greeting, LanguageOf(session));
            Speak(words, language, greeting => Greet(session, greeting));
        });
    }

    private LiveQueue? QueueOfMailbox(VoicemailSession session) => session.Owner == MailboxOwner.Queue ? _queues.GetValueOrDefault(session.MailboxId) : null;

    private string LanguageOf(VoicemailSession session) => LanguageOf(session.Call, QueueOfMailbox(session) ?? session.Call.Queue);

    private CallerSentences SentencesOf(VoicemailSession session) => CallerSentences.Of(LanguageOf(session));

    private void Greet(VoicemailSession session, AudioClip greeting)
    {
        if (!session.Call.State.IsLive)
        {
            return;
        }

        // Who knows the greeting presses any key.
        session.Call.OnKey = _ => PlayOnce(session.Call, () => RecordMessage(session), Beep);
        PlayOnce(session.Call, () => RecordMessage(session), greeting, Beep);
    }

    private void RecordMessage(VoicemailSession session)
    {
        if (!session.Call.State.IsLive || session.IsRecording)
        {
            return;
        }

        session.IsRecording = true;
        session.Call.OnKey = key =>
        {
            if (key == '#')
            {
                _switch.StopRecording(session.Recording);
            }
        };
        _spoken.Add(session.Recording, session);
        var path = Path.Combine(RecordingFolder, session.File);
        var limits = new RecordingLimits(
            TimeSpan.FromSeconds(session.Settings.LongestSeconds), session.Settings.SilenceSeconds == 0 ? null : TimeSpan.FromSeconds(session.Settings.SilenceSeconds));
        if (!_switch.Record(session.Recording, path, limits, session.Call.CallerLeg))
        {
            Spoken(new RecordingFinished(session.Recording, path, TimeSpan.Zero, null, 0, Failure: null));
        }
    }

    private void GoneBeforeTheBeep(VoicemailSession session)
    {
        if (!session.IsRecording)
        {
            Take(StepOf(session.Call).Call(session.Call, new DropVoicemail(session.Id, null, Now)));
        }
    }

    /// <returns>False when it is no message.</returns>
    private bool Spoken(RecordingFinished finished)
    {
        if (!_spoken.Remove(finished.Recording, out var session))
        {
            return false;
        }

        var (call, now) = (session.Call, Now);
        call.OnKey = _ => { };
        if (finished.Bytes == 0 || finished.HeardUntil == TimeSpan.Zero || finished.HeardUntil < TimeSpan.FromSeconds(session.Settings.ShortestSeconds))
        {
            Take(StepOf(call).Call(call, new DropVoicemail(session.Id, finished.Failure, now)).Then(() =>
            {
                _ = Task.Run(() => File.Delete(finished.Path));
                SayGoodbye(call, finished.Failure is null ? SentencesOf(session).Goodbye : SentencesOf(session).NotRecorded, LanguageOf(session), "voicemail");
            }));
            return true;
        }

        var left = new LeaveVoicemail(
            session.Id, session.MailboxId, session.Owner, call.From, call.Id, session.File, finished.Sha256, Math.Round(finished.Duration.TotalSeconds, 3), finished.Bytes, now, finished.Failure);
        Take(StepOf(call).Voicemail(new LiveVoicemail(session.Id), left).Then(() => SayGoodbye(call, SentencesOf(session).Thanks, LanguageOf(session), "voicemail")));
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The settings of mailbox {Mailbox} could not be read; the usual ones are used")]
    private static partial void LogMailboxUnread(ILogger logger, Exception exception, Guid mailbox);
}
