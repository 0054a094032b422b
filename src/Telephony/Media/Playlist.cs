namespace CallCenter.Telephony.Media;

/// <summary>What a leg hears: the intro once, then the loop over and over until something else is played or playing stops.</summary>
/// <remarks>
/// Putting an announcement into waiting music is a new playlist with the announcement as intro and the same loop clips: a leg that
/// was already in that loop goes on where it was interrupted, so the music does not start from its beginning each time.
/// </remarks>
/// <param name="Intro">Played once, in order. May be empty.</param>
/// <param name="Loop">Repeated for ever after the intro. Empty when the playlist ends with its intro.</param>
public sealed record Playlist(IReadOnlyList<AudioClip> Intro, IReadOnlyList<AudioClip> Loop)
{
    /// <summary>Plays the clips in order, then ends.</summary>
    public static Playlist Once(params AudioClip[] clips) => new(clips, []);

    /// <summary>Repeats the clips until something else is played.</summary>
    public static Playlist Forever(params AudioClip[] clips) => new([], clips);
}
