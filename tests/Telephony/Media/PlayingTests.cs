using CallCenter.Telephony.Media;

namespace CallCenter.Telephony.Tests.Media;

public sealed class PlayingTests : MediaEngineFixture
{
    [Theory]
    [InlineData(Phone.Pcmu)]
    [InlineData(Phone.Pcma)]
    public async Task A_clip_arrives_whole_in_the_negotiated_law_in_packets_of_20_ms_and_its_end_is_told_once(int law)
    {
        using var phone = Connect($"{law}");
        var clip = new AudioClip(Signal.Tone(440, 0.2));
        var id = Guid.NewGuid();
        var finished = new TaskCompletionSource<Guid>(TaskCreationOptions.RunContinuationsAsynchronously);
        phone.Leg.Play(Playlist.Once(clip), id, finished.SetResult);

        var heard = Enumerable.Range(0, 10).Select(_ => phone.Hear()).ToArray();
        heard.ShouldAllBe(p => p.Header.PayloadType == law && p.Payload.Length == 160 && p.Header.Ssrc == heard[0].Header.Ssrc);
        Continuous(heard.Select(p => p.Header));
        heard[0].Header.Marker.ShouldBeTrue();
        heard.SelectMany(p => p.Payload).Select(c => law == Phone.Pcma ? G711.DecodeALaw(c) : G711.DecodeMuLaw(c))
            .ShouldBe(clip.Samples.ToArray().Select(s => law == Phone.Pcma ? G711.DecodeALaw(G711.EncodeALaw(s)) : G711.DecodeMuLaw(G711.EncodeMuLaw(s))));
        (await finished.Task.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(id);
        phone.Leg.Statistics.PacketsSent.ShouldBe(10);
        phone.Leg.Statistics.BytesSent.ShouldBe(1720);
        phone.HearsNothing().ShouldBeTrue();
    }

    [Fact]
    public void Another_playlist_takes_over_without_a_seam_in_the_numbers_and_without_an_end_of_the_first()
    {
        using var phone = Connect();
        var ended = false;
        phone.Leg.Play(Playlist.Forever(new AudioClip(Signal.Tone(400, 1))), Guid.NewGuid(), _ => ended = true);
        var heard = Enumerable.Range(0, 3).Select(_ => phone.Hear().Header).ToList();
        phone.Leg.Play(Playlist.Forever(AudioClip.Silence(TimeSpan.FromSeconds(1))), Guid.NewGuid(), _ => ended = true);
        while (true)
        {
            var (header, payload) = phone.Hear();
            heard.Add(header);
            if (Array.TrueForAll(payload, c => c == G711.MuLawSilence))
            {
                break;
            }
        }

        Continuous(heard);
        ended.ShouldBeFalse();
    }

    [Fact]
    public async Task A_stopped_playback_sends_no_more_and_tells_no_end()
    {
        using var phone = Connect();
        var ended = false;
        phone.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => ended = true);
        phone.Hear();
        phone.Leg.StopPlaying();
        var sent = phone.Leg.Statistics.PacketsSent;

        // A second leg shows that ticks go on.
        using var other = Connect();
        other.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        await Until(() => other.Leg.Statistics.PacketsSent >= 3);
        phone.Leg.Statistics.PacketsSent.ShouldBe(sent);
        ended.ShouldBeFalse();
    }

    [Fact]
    public void Play_after_an_end_begins_a_new_run_of_the_same_stream()
    {
        using var phone = Connect();
        phone.Leg.Play(Playlist.Once(AudioClip.Silence(TimeSpan.FromMilliseconds(20))), Guid.NewGuid(), _ => { });
        var first = phone.Hear().Header;
        phone.Leg.Play(Playlist.Once(AudioClip.Silence(TimeSpan.FromMilliseconds(20))), Guid.NewGuid(), _ => { });
        var second = phone.Hear().Header;
        second.Ssrc.ShouldBe(first.Ssrc);
        second.SequenceNumber.ShouldBe((ushort)(first.SequenceNumber + 1));
        (second.Timestamp - first.Timestamp).ShouldBeGreaterThanOrEqualTo(160u);
        second.Marker.ShouldBeTrue();
    }

    [Fact]
    public async Task A_playback_begun_before_the_session_is_agreed_waits_for_it()
    {
        var leg = Engine.CreateLeg();
        leg.Play(Playlist.Once(new AudioClip(Signal.Tone(440, 0.02))), Guid.NewGuid(), _ => { });

        // Ticks pass: another leg's playback comes to its end meanwhile.
        using var other = Connect();
        var ticked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        other.Leg.Play(Playlist.Once(AudioClip.Silence(TimeSpan.FromMilliseconds(60))), Guid.NewGuid(), _ => ticked.SetResult());
        await ticked.Task.WaitAsync(TimeSpan.FromSeconds(20));
        using var phone = new Phone(leg);
        phone.Hear().Payload.ShouldNotBe([.. Enumerable.Repeat(G711.MuLawSilence, 160)]);
    }

    [Theory]
    [InlineData("a=sendonly\r\n", null)]
    [InlineData("a=inactive\r\n", null)]
    [InlineData("", "0.0.0.0")]
    public async Task A_leg_that_is_held_is_sent_nothing_and_hears_on_with_a_marker_when_it_is_taken_back(string attributes, string? connection)
    {
        using var phone = Connect();
        phone.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        var before = phone.Hear().Header;
        phone.Offer("0", attributes, connection);
        phone.Leg.RemoteHolds.ShouldBeTrue();
        var sent = phone.Leg.Statistics.PacketsSent;
        using var other = Connect();
        other.Leg.Play(Playlist.Forever(Music.Waiting), Guid.NewGuid(), _ => { });
        await Until(() => other.Leg.Statistics.PacketsSent >= 3);
        phone.Leg.Statistics.PacketsSent.ShouldBe(sent);

        phone.Offer("0");
        phone.Leg.RemoteHolds.ShouldBeFalse();
        var heard = phone.Hear().Header;
        while (heard.SequenceNumber != (ushort)(before.SequenceNumber + sent))
        {
            heard = phone.Hear().Header;
        }

        heard.Ssrc.ShouldBe(before.Ssrc);
        heard.Marker.ShouldBeTrue();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(60)]
    public void What_is_played_comes_in_packets_of_the_length_that_the_other_side_wishes(int milliseconds)
    {
        using var phone = Connect("0", $"a=ptime:{milliseconds}\r\n");
        var tone = new AudioClip(Signal.Tone(440, 0.5));
        phone.Leg.Play(Playlist.Once(tone), Guid.NewGuid(), _ => { });
        var heard = new List<byte>();
        uint? expected = null;
        while (heard.Count < tone.Samples.Length)
        {
            var (header, payload) = phone.Hear();
            payload.Length.ShouldBe(milliseconds * 8);
            (header.Marker || header.Timestamp == expected).ShouldBeTrue();
            expected = header.Timestamp + (uint)payload.Length;
            heard.AddRange(payload);
        }

        heard[..tone.Samples.Length].ShouldBe(tone.Encoded(CallCenter.Telephony.Sdp.AudioEncoding.Pcmu).ToArray());
        heard[tone.Samples.Length..].ShouldAllBe(c => c == G711.MuLawSilence);
    }

    /// <summary>Each packet follows the one before; only where the player says (by the marker) that it had to leave out ticks may time be missing.</summary>
    private static void Continuous(IEnumerable<Telephony.Rtp.RtpHeader> headers)
    {
        Telephony.Rtp.RtpHeader? former = null;
        foreach (var header in headers)
        {
            if (former is { } f)
            {
                header.SequenceNumber.ShouldBe((ushort)(f.SequenceNumber + 1));
                var step = header.Timestamp - f.Timestamp;
                (header.Marker ? step >= 160 : step == 160).ShouldBeTrue($"a step of {step} at {header}");
            }

            former = header;
        }
    }
}
