using CallCenter.Telephony.Media;

namespace CallCenter.Routing;

/// <summary>What a waiting caller hears: the position, now and again, over music.</summary>
public sealed class WaitingAudio(Prompts prompts)
{
    private readonly AudioClip _music = Music.Waiting;

    /// <summary>How often the position is said again.</summary>
    public static TimeSpan AnnounceEvery => TimeSpan.FromSeconds(20);

    public Playlist OnHold => Playlist.Forever(_music);

    /// <param name="position">1 is the next to be served.</param>
    public Playlist Position(int position) => new([prompts.Position(position)], [_music]);
}
