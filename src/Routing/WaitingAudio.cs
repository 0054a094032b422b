using CallCenter.Telephony.Media;

namespace CallCenter.Routing;

/// <summary>What a waiting caller hears: the position, now and again, over music.</summary>
public sealed class WaitingAudio(Prompts prompts)
{
    private readonly AudioClip _music = Music.Waiting;

    /// <summary>How often the position is said again.</summary>
    public static TimeSpan AnnounceEvery => TimeSpan.FromSeconds(20);

    public Playlist OnHold => Playlist.Forever(_music);

    /// <summary>Any words, spoken; synthesised the first time.</summary>
    /// <exception cref="SpeechSynthesisException">They cannot be.</exception>
    public Task<AudioClip> SayAsync(string words, CancellationToken ct = default) => prompts.SayAsync(words, ct);

    /// <param name="position">1 is the next to be served.</param>
    public Playlist Position(int position) => new([prompts.Position(position)], [_music]);
}
