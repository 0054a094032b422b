using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

public sealed class PlaybackTests
{
    private static readonly AudioClip Announcement = Ramp(1000, 250);
    private static readonly AudioClip MusicOne = Ramp(2000, 400);
    private static readonly AudioClip MusicTwo = Ramp(6000, 300);
    private static readonly AudioClip Empty = new([]);

    [Fact]
    public void Clips_follow_each_other_without_a_gap_and_the_last_packet_is_filled_with_silence()
    {
        var playback = Begin(Playlist.Once(Announcement, Empty, MusicTwo));
        var heard = Read(playback, 4);
        heard.AsSpan(0, 550).ToArray().ShouldBe(Codes(Announcement, MusicTwo));
        heard.AsSpan(550).ToArray().ShouldAllBe(c => c == G711.MuLawSilence);
        playback.Ended.ShouldBeTrue();
    }

    [Fact]
    public void A_playlist_that_fills_its_last_packet_has_ended_with_it()
    {
        var playback = Begin(Playlist.Once(Ramp(0, 320)));
        Read(playback, 1);
        playback.Ended.ShouldBeFalse();
        Read(playback, 1);
        playback.Ended.ShouldBeTrue();
    }

    [Fact]
    public void The_intro_is_heard_once_and_the_loop_for_ever()
    {
        var playback = Begin(new Playlist([Announcement], [MusicOne, MusicTwo]));
        Read(playback, 20).AsSpan(0, 250 + 700 + 700).ToArray().ShouldBe(Codes(Announcement, MusicOne, MusicTwo, MusicOne, MusicTwo));
        playback.Ended.ShouldBeFalse();
    }

    [Fact]
    public void Music_goes_on_after_an_announcement_where_it_was_interrupted()
    {
        var music = Begin(Playlist.Forever(MusicOne, MusicTwo));
        Read(music, 3);
        var interrupted = Begin(new Playlist([Announcement], [MusicOne, MusicTwo]));
        interrupted.TakeLoopPositionFrom(music);
        Read(interrupted, 2).AsSpan(0, 320).ToArray().ShouldBe([.. Codes(Announcement), .. Codes(MusicTwo)[80..150]]);
    }

    [Fact]
    public void An_announcement_that_interrupts_another_still_finds_the_place_in_the_music()
    {
        var music = Begin(Playlist.Forever(MusicOne));
        Read(music, 1);
        var first = Begin(new Playlist([Announcement], [MusicOne]));
        first.TakeLoopPositionFrom(music);
        Read(first, 1);
        var second = Begin(new Playlist([Announcement], [MusicOne]));
        second.TakeLoopPositionFrom(first);
        Read(second, 2).AsSpan(250, 70).ToArray().ShouldBe(Codes(MusicOne)[160..230]);
    }

    [Fact]
    public void Other_music_starts_at_its_beginning()
    {
        var music = Begin(Playlist.Forever(MusicOne));
        Read(music, 1);
        var other = Begin(Playlist.Forever(MusicTwo));
        other.TakeLoopPositionFrom(music);
        Read(other, 1).ShouldBe(Codes(MusicTwo)[..160]);
    }

    [Fact]
    public void A_playlist_of_nothing_has_ended_before_it_began_even_as_a_loop()
    {
        Begin(Playlist.Once()).Ended.ShouldBeTrue();
        Begin(Playlist.Forever(Empty)).Ended.ShouldBeTrue();
    }

    private static Playback Begin(Playlist playlist) => new(playlist, Guid.Empty, _ => { });

    private static byte[] Read(Playback playback, int packets)
    {
        var codes = new byte[packets * 160];
        for (var i = 0; i < packets; i++)
        {
            playback.Read(AudioEncoding.Pcmu, codes.AsSpan(i * 160, 160));
        }

        return codes;
    }

    private static byte[] Codes(params AudioClip[] clips) => [.. clips.SelectMany(c => c.Encoded(AudioEncoding.Pcmu).ToArray())];

    private static AudioClip Ramp(int from, int length) => new([.. Enumerable.Range(0, length).Select(i => (short)(from + (10 * i)))]);
}
