using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;
using CallCenter.Telephony.Media;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>What waiting callers are told, by the settings of their queue at that moment.</summary>
public sealed partial class Router
{
    /// <summary>Begins to entertain a call that waits: music, and announcements over it.</summary>
    private void Announce(LiveCall call)
    {
        if (!call.Waits || call.Queue is not { } queue)
        {
            return;
        }

        // A call that comes to a queue again has a row of announcements of its own there; the old one ends.
        var row = ++call.AnnouncementRow;
        call.Announced = 0;
        if (queue.Settings.Announcements.FirstAfterSeconds is > 0 and var seconds)
        {
            _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
            _agenda.In(TimeSpan.FromSeconds(seconds), () => AnnounceNext(call, row));
        }
        else
        {
            AnnounceNext(call, row);
        }
    }

    private void AnnounceNext(LiveCall call, int row)
    {
        if (!call.Waits || row != call.AnnouncementRow || call.Queue is not { } queue)
        {
            return;
        }

        var settings = queue.Settings.Announcements;
        if (settings.EverySeconds > 0)
        {
            _agenda.In(TimeSpan.FromSeconds(settings.EverySeconds), () => AnnounceNext(call, row));
        }

        var said = _audio.AnnounceAsync(
            LanguageOf(call, queue),
            settings.Position ? PositionOf(call) : null,
            settings.EstimatedWait ? EstimatedWait.For(call.Contact, Picture()) : null,
            settings.Texts.Count > 0 ? settings.Texts[(call.Announced ?? 0) % settings.Texts.Count] : null,
            _ending.Token);
        call.Announced++;
        if (said.IsCompletedSuccessfully)
        {
            _switch.Play(call.CallerLeg, said.Result, Guid.NewGuid());
            return;
        }

        if (call.Announced == 1)
        {
            _switch.Play(call.CallerLeg, _audio.OnHold, Guid.NewGuid());
        }

        _ = PlayWhenSpokenAsync(call, row, said);
    }

    private async Task PlayWhenSpokenAsync(LiveCall call, int row, ValueTask<Playlist> said)
    {
        try
        {
            var playlist = await said;
            Post(() =>
            {
                if (call.Waits && row == call.AnnouncementRow)
                {
                    _switch.Play(call.CallerLeg, playlist, Guid.NewGuid());
                }
            });
        }
        catch (SpeechSynthesisException e)
        {
            // The music goes on; a caller who is told nothing still waits.
            LogUnspoken(_logger, e, call.Queue?.Settings.Name);
        }
        catch (OperationCanceledException)
        {
            // The center is being stopped.
        }
    }

    /// <summary>1 is the next to be served.</summary>
    private int PositionOf(LiveCall call) => 1 + Rank.Ahead(call.Contact, _waiting.Concat(_offered).Select(other => other.Contact).Concat(KeptPlaces(call.Queue!.Id)), call.Queue!.Settings, Now);

    [LoggerMessage(Level = LogLevel.Error, Message = "An announcement of queue {Queue} could not be spoken")]
    private static partial void LogUnspoken(ILogger logger, Exception exception, string? queue);
}
