using CallCenter.Domain;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>What callers press and what they are told outside of flows.</summary>
public sealed partial class Router
{
    /// <summary>Nothing to hear, where words could not be made.</summary>
    private static readonly AudioClip Wordless = AudioClip.Silence(TimeSpan.FromMilliseconds(20));

    private void Pressed(LiveCall call, DtmfReceived key)
    {
        if (!call.Keys.IsNew(key.Method, Now))
        {
            return;
        }

        if (call.OnKey is { } act)
        {
            act(key.Digit);
        }
        else if (call.Waits && call.Queue is { } queue)
        {
            PressedWaiting(call, queue, key.Digit.ToString());
        }
    }

    private void PressedWaiting(LiveCall call, LiveQueue queue, string key)
    {
        if (key == queue.Settings.CallbackKey)
        {
            SendElsewhere(call, new Destination(DestinationKind.Callback, queue.Id.ToString()), "key");
        }
        else if (key == queue.Settings.VoicemailKey)
        {
            SendElsewhere(call, new Destination(DestinationKind.Voicemail, queue.Id.ToString()), "key");
        }
    }

    private void AfterPlaying(LiveCall call, Guid playbackId)
    {
        if (call.AfterPlaying is var (awaited, then) && awaited == playbackId)
        {
            call.AfterPlaying = null;
            then();
        }
    }

    /// <summary>Plays something once, in place of what is heard now.</summary>
    private void PlayOnce(LiveCall call, Action then, params AudioClip[] clips)
    {
        var id = Guid.NewGuid();
        call.AfterPlaying = (id, then);
        _switch.Play(call.CallerLeg, Playlist.Once(clips), id);
    }

    /// <summary>Makes words, which takes its time, and goes on with them on the loop.</summary>
    private void Speak(string words, string language, Action<AudioClip> then) => _ = SpeakAsync(words, language, then);

    private async Task SpeakAsync(string words, string language, Action<AudioClip> then)
    {
        var clip = Wordless;
        try
        {
            clip = await _audio.SayAsync(words, language);
        }
        catch (SpeechSynthesisException e)
        {
            // What was to be said is less than what is to be done.
            LogUnsaid(_logger, e, words);
        }

        Post(() => then(clip));
    }

    /// <summary>What a caller is spoken to in: the call's own language where there are sentences in it, else that of the queue.</summary>
    private static string LanguageOf(LiveCall call, LiveQueue? queue) => call.Language is { } own && QueueSentences.Has(own) ? own : queue?.Settings.Language ?? "en";

    /// <summary>Says something, and ends the call after it.</summary>
    private void SayGoodbye(LiveCall call, string words, string language, string cause) => Speak(words, language, clip =>
    {
        if (call.State.IsLive)
        {
            PlayOnce(call, () => EndBySystem(call, cause), clip);
        }
    });

    private void EndBySystem(LiveCall call, string cause)
    {
        if (call.State.IsLive)
        {
            End(call, new Domain.Calls.EndCall(Domain.Calls.CallParty.System, cause, Now), wrapUp: false);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "\"{Words}\" could not be said")]
    private static partial void LogUnsaid(ILogger logger, Exception exception, string words);

    [LoggerMessage(Level = LogLevel.Error, Message = "A file could not be played to call {Call}: {Reason}")]
    private static partial void LogUnplayed(ILogger logger, Guid call, string reason);
}
