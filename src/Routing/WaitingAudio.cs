using CallCenter.Domain.Queues;
using CallCenter.Telephony.Media;

namespace CallCenter.Routing;

/// <summary>What a waiting caller hears: announcements over music.</summary>
public sealed class WaitingAudio(Prompts prompts)
{
    private readonly AudioClip _music = Music.Waiting;

    public Playlist OnHold => Playlist.Forever(_music);

    /// <summary>Any words, spoken; synthesised the first time.</summary>
    /// <param name="words">What is said.</param>
    /// <param name="language">In which voice, e.g. <c>en</c>, <c>de</c>.</param>
    /// <param name="ct">Ends the synthesis.</param>
    /// <exception cref="SpeechSynthesisException">They cannot be.</exception>
    public Task<AudioClip> SayAsync(string words, string language, CancellationToken ct = default) => language is "en" ? prompts.SayAsync(words, ct) : prompts.SayAsync(words, language, ct);

    /// <summary>An announcement, and music after it; only music when there is nothing to say. Complete at once when everything has been spoken before.</summary>
    /// <param name="language">Of the queue.</param>
    /// <param name="position">1 is the next to be served; null to say nothing of it.</param>
    /// <param name="estimatedWait">In seconds; null to say nothing of it.</param>
    /// <param name="text">The queue's own words.</param>
    /// <param name="cancellationToken">Ends the synthesis.</param>
    /// <exception cref="SpeechSynthesisException">The speech could not be made.</exception>
    public async ValueTask<Playlist> AnnounceAsync(string language, int? position, double? estimatedWait, string? text, CancellationToken cancellationToken)
    {
        var clips = new List<AudioClip>();
        if (position is { } place)
        {
            clips.Add(language is "en" ? prompts.Position(place) : await SayAsync(QueueSentences.Position(language, place), language, cancellationToken));
        }

        if (estimatedWait is { } wait)
        {
            clips.Add(await SayAsync(QueueSentences.EstimatedWait(language, wait), language, cancellationToken));
        }

        if (text is not null)
        {
            clips.Add(await SayAsync(text, language, cancellationToken));
        }

        return new Playlist(clips, [_music]);
    }
}
