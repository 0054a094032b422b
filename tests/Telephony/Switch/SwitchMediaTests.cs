using System.Net;
using System.Net.Sockets;
using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Media;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>The verbs of recording, conference, supervision, files and digits, on legs of real calls.</summary>
public sealed class SwitchMediaTests : IDisposable
{
    private static readonly LegId Nobody = new(4711);

    private readonly string _folder = Directory.CreateTempSubdirectory("switch").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_recording_is_told_to_have_finished_when_it_is_stopped_when_its_leg_ends_and_when_the_switch_does()
    {
        var bench = await SwitchBench.StartAsync();
        var (a, _, _) = await bench.AnsweredCallAsync(bench.Phone("4711"));
        var (b, _, _) = await bench.AnsweredCallAsync(bench.Phone("4712"));
        var ids = Enumerable.Range(0, 3).Select(_ => new RecordingId(Guid.NewGuid())).ToArray();
        bench.Switch.Record(ids[0], Wav("stopped"), a, null).ShouldBeTrue();
        bench.Switch.Record(ids[1], Wav("ended"), b).ShouldBeTrue();
        bench.Switch.Record(ids[2], Wav("open"), a, b).ShouldBeTrue();
        bench.Switch.Record(ids[2], Wav("again"), a, b).ShouldBeFalse();
        bench.Switch.Record(new RecordingId(Guid.NewGuid()), Wav("nobody"), Nobody, null).ShouldBeFalse();
        Should.Throw<ArgumentException>(() => bench.Switch.Record(new RecordingId(Guid.NewGuid()), Wav("none")));

        bench.Switch.SetChannel(ids[0], 1, b).ShouldBeTrue();
        bench.Switch.SetChannel(ids[0], 1, Nobody).ShouldBeFalse();
        bench.Switch.PauseRecording(ids[0]);
        bench.Switch.ResumeRecording(ids[0]);
        bench.Switch.StopRecording(ids[0]);
        (await bench.NextAsync<RecordingFinished>()).ShouldSatisfyAllConditions(f => f.Recording.ShouldBe(ids[0]), f => f.Path.ShouldBe(Wav("stopped")), f => f.Failure.ShouldBeNull());

        bench.Switch.HangUp(b, HangUpCause.Normal);
        await bench.NextAsync<LegEnded>();
        (await bench.NextAsync<RecordingFinished>()).Recording.ShouldBe(ids[1]);

        await bench.DisposeAsync();
        var rest = await bench.Switch.Notifications.ReadAllAsync().ToListAsync();
        rest.OfType<RecordingFinished>().ShouldHaveSingleItem().Recording.ShouldBe(ids[2]);
        AudioClip.FromFile(Wav("ended")).Duration.ShouldBeGreaterThan(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_file_is_played_to_its_end_and_one_that_is_none_is_told_with_its_reason()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (leg, _, _) = await bench.AnsweredCallAsync(bench.Phone("4711"));
        await using (var file = File.Create(Wav("short")))
        {
            new AudioClip(Signal.Tone(440, 0.1)).WriteWav(file);
        }

        var (good, bad) = (Guid.NewGuid(), Guid.NewGuid());
        bench.Switch.PlayFile(leg, Wav("short"), good).ShouldBeTrue();
        (await bench.NextAsync<PlaybackFinished>()).ShouldBe(new PlaybackFinished(leg, good));
        bench.Switch.PlayFile(leg, Wav("missing"), bad).ShouldBeTrue();
        (await bench.NextAsync<PlaybackFailed>()).ShouldSatisfyAllConditions(f => f.PlaybackId.ShouldBe(bad), f => f.Reason.ShouldContain("missing.wav"));
        bench.Switch.PlayFile(Nobody, Wav("short"), good).ShouldBeFalse();
    }

    [Fact]
    public async Task Digits_in_the_audio_are_told_while_they_are_asked_for()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var voice = await Voice.CallAsync(bench, "4711");
        bench.Switch.DetectDtmf(voice.Leg).ShouldBeTrue();
        bench.Switch.DetectDtmf(Nobody).ShouldBeFalse();

        // The verb has been carried out when a later one shows its effect.
        bench.Switch.Play(voice.Leg, Playlist.Once(AudioClip.Silence(TimeSpan.FromMilliseconds(20))), Guid.NewGuid());
        await bench.NextAsync<PlaybackFinished>();
        var digit = Key(770, 1336);
        voice.Say([.. digit, .. new short[800], .. digit, .. new short[800]]);
        for (var i = 0; i < 2; i++)
        {
            var found = await bench.NextAsync<DtmfReceived>();
            found.ShouldSatisfyAllConditions(f => f.Leg.ShouldBe(voice.Leg), f => f.Digit.ShouldBe('5'), f => f.Method.ShouldBe(DtmfMethod.InBand));
        }

        bench.Switch.IgnoreDtmf(voice.Leg).ShouldBeTrue();
    }

    [Fact]
    public async Task A_leg_that_has_agreed_on_telephone_events_is_listened_to_only_when_that_is_asked_for()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var a = await Voice.CallAsync(bench, "4711", "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
        using var b = await Voice.CallAsync(bench, "4712");
        bench.Switch.DetectDtmf(a.Leg).ShouldBeTrue();
        bench.Switch.Bridge(a.Leg, b.Leg).ShouldBeTrue();
        a.Until(b, 0x21);
        a.Say([.. Key(770, 1336), .. new short[800]]);

        // What comes after the digit has been heard by the other: so the digit has been passed over.
        a.Until(b, 0x22);
        bench.Switch.DetectDtmf(a.Leg, always: true).ShouldBeTrue();
        bench.Switch.Play(a.Leg, Playlist.Once(AudioClip.Silence(TimeSpan.FromMilliseconds(20))), Guid.NewGuid());
        await bench.NextAsync<PlaybackFinished>();
        a.Say([.. Key(852, 1477), .. new short[800]]);
        (await bench.NextAsync<DtmfReceived>()).Digit.ShouldBe('9');
    }

    [Fact]
    public async Task Three_legs_confer_a_supervisor_listens_and_takes_over()
    {
        await using var bench = await SwitchBench.StartAsync();
        using var a = await Voice.CallAsync(bench, "4711");
        using var b = await Voice.CallAsync(bench, "4712");
        using var c = await Voice.CallAsync(bench, "4713");
        var conference = new ConferenceId(Guid.NewGuid());
        foreach (var voice in new[] { a, b, c })
        {
            bench.Switch.Join(conference, voice.Leg).ShouldBeTrue();
        }

        // A mix is heard every 20 ms, also where nobody speaks.
        Array.ForEach([a, b, c], voice => voice.Say(new short[160]));
        Array.ForEach([a, b, c], voice => voice.Hear());
        bench.Switch.Unbridge(c.Leg);
        a.Until(b, 0x21);

        bench.Switch.Supervise(c.Leg, b.Leg, SupervisionMode.Listen).ShouldBeTrue();
        bench.Switch.TakeOver(c.Leg).ShouldBeTrue();
        a.Until(c, 0x22);
        c.Until(a, 0x23);

        bench.Switch.Join(conference, Nobody).ShouldBeFalse();
        bench.Switch.Supervise(c.Leg, Nobody, SupervisionMode.Barge).ShouldBeFalse();
        bench.Switch.Supervise(Nobody, c.Leg, SupervisionMode.Barge).ShouldBeFalse();
        bench.Switch.TakeOver(Nobody).ShouldBeFalse();
    }

    private static short[] Key(int row, int column) => [.. Signal.Tone(row, 0.1).Zip(Signal.Tone(column, 0.1), (r, c) => (short)(r + c))];

    private string Wav(string name) => Path.Combine(_folder, $"{name}.wav");

    /// <summary>The audio of an answered call: G.711 u-law, one packet after the other.</summary>
    private sealed class Voice : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        private readonly IPEndPoint _leg;
        private ushort _sequence;

        private Voice(LegId leg, SipResponse answer)
        {
            Leg = leg;
            var media = Encoding.UTF8.GetString(answer.Body.Span).Split("m=audio ")[1];
            _leg = new IPEndPoint(IPAddress.Loopback, int.Parse(media.Split(' ')[0]));
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        }

        public LegId Leg { get; }

        public static async Task<Voice> CallAsync(SwitchBench bench, string user, string codecs = "0 8", string attributes = "")
        {
            var phone = bench.Phone(user);
            var invite = phone.Call("1000", phone.Sdp(codecs) + attributes);
            var call = await bench.NextAsync<IncomingCall>();
            bench.Switch.Answer(call.Leg).ShouldBeTrue();
            var answer = await phone.ResponseAsync(200, "INVITE");
            phone.InDialog("ACK", invite, answer);
            await bench.NextAsync<LegAnswered>();
            return new Voice(call.Leg, answer);
        }

        public void Say(short[] samples)
        {
            for (var at = 0; at < samples.Length; at += 160)
            {
                var codes = new byte[160];
                G711.Encode(Telephony.Sdp.AudioEncoding.Pcmu, samples.AsSpan(at, 160), codes);
                Send(codes);
            }
        }

        public byte[] Hear()
        {
            var buffer = new byte[2048];
            return buffer[RtpHeader.FixedLength.._socket.Receive(buffer)];
        }

        /// <summary>Speaks until the other hears exactly that: they are bridged.</summary>
        public void Until(Voice other, byte code)
        {
            byte[] codes = [code, code];
            for (var attempt = 0; attempt < 1000; attempt++)
            {
                Send(codes);
                other.Send(codes);
                while (other._socket.Poll(TimeSpan.FromMilliseconds(20), SelectMode.SelectRead))
                {
                    if (other.Hear().AsSpan().SequenceEqual(codes))
                    {
                        return;
                    }
                }
            }

            throw new Xunit.Sdk.XunitException($"{other.Leg} never heard {Leg} say {code}");
        }

        public void Dispose() => _socket.Dispose();

        private void Send(byte[] codes)
        {
            var packet = new byte[RtpHeader.FixedLength + codes.Length];
            new RtpHeader { Marker = false, PayloadType = 0, SequenceNumber = ++_sequence, Timestamp = _sequence * 160u, Ssrc = (uint)Leg.Value }.Write(packet);
            codes.CopyTo(packet, RtpHeader.FixedLength);
            _socket.SendTo(packet, _leg);
        }
    }
}
