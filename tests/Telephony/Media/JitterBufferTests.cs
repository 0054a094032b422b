using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>Packets come at times that the test chooses, in samples of the reader's clock; a frame is read every 160.</summary>
public sealed class JitterBufferTests
{
    private const uint NearWrap = uint.MaxValue - 5000;

    [Theory]
    [InlineData(AudioEncoding.Pcmu, 160)]
    [InlineData(AudioEncoding.Pcma, 80)]
    [InlineData(AudioEncoding.G722, 160)]
    [InlineData(AudioEncoding.Pcmu, 240)]
    [InlineData(AudioEncoding.G722, 480)]
    internal void An_even_stream_comes_out_as_it_went_in(AudioEncoding encoding, int packet)
    {
        var tone = Signal.Tone(440, 2);
        var heard = Play(Packets(tone, encoding, packet));
        var (lag, correlation) = Signal.Find(tone.AsSpan(0, 2000), heard.AsSpan(0, 2800));
        correlation.ShouldBeGreaterThan(0.995);
        lag.ShouldBeInRange(160, 800);
        Signal.Amplitude(heard.AsSpan(4000, 8000), 440).ShouldBe(8000, 240);
        Steps(heard.AsSpan(1600, 13_000)).ShouldBeLessThan(1.5);
    }

    [Theory]
    [InlineData(AudioEncoding.Pcmu)]
    [InlineData(AudioEncoding.G722)]
    internal void Packets_that_overtake_each_other_and_come_twice_are_put_in_order(AudioEncoding encoding)
    {
        var packets = Packets(Signal.Tone(440, 2), encoding);
        var even = Play([.. packets]);
        for (var i = 0; i + 1 < packets.Count; i += 2)
        {
            (packets[i], packets[i + 1]) = (packets[i] with { Arrival = packets[i + 1].Arrival }, packets[i + 1] with { Arrival = packets[i].Arrival });
        }

        packets.AddRange(packets.ToArray().Select(p => p with { Arrival = p.Arrival + 100 }));
        packets.RemoveAt(packets.FindIndex(p => p.Arrival == 0));
        Play(packets).AsSpan(3200, 9600).ToArray().ShouldBe(even.AsSpan(3200, 9600).ToArray());
    }

    [Fact]
    public void A_lost_packet_is_filled_with_what_was_before_and_costs_no_time()
    {
        var packets = Packets(Signal.Tone(400, 1), AudioEncoding.Pcmu);
        var whole = Play([.. packets]);
        packets.RemoveAt(20);
        var heard = Play(packets);

        // 400 Hz has whole periods in 20 ms: the repetition is the tone itself, fading.
        var gap = Enumerable.Range(0, heard.Length / 160).Where(i => !heard.AsSpan(i * 160, 160).SequenceEqual(whole.AsSpan(i * 160, 160))).ToArray();
        gap.Length.ShouldBe(1);
        Signal.Amplitude(heard.AsSpan(gap[0] * 160, 160), 400).ShouldBeInRange(6000, 7500);
        Steps(heard.AsSpan(1600, 4800)).ShouldBeLessThan(2);
    }

    [Fact]
    public void A_pause_of_the_sender_is_silence_after_60_ms_and_the_talk_goes_on_in_its_time()
    {
        var packets = Packets(Signal.Tone(440, 3), AudioEncoding.Pcmu);
        packets.RemoveAll(p => p.Timestamp - NearWrap is >= 8000 and < 16_000);
        var heard = Play(packets);
        Signal.Level(heard.AsSpan(9200, 6000)).ShouldBe(0);
        Signal.Level(heard.AsSpan(17_000, 6000)).ShouldBe(8000 / Math.Sqrt(2), 100);
    }

    [Theory]
    [InlineData(300)]
    [InlineData(1200)]
    public void Jitter_within_its_limits_is_heard_as_little_once_it_is_known(int jitter)
    {
        var random = new Random(1);
        var packets = Packets(Signal.Tone(440, 8), AudioEncoding.Pcmu).ConvertAll(p => p with { Arrival = p.Arrival + random.Next(jitter) });
        var heard = Play(packets);
        var settled = heard.AsSpan(16_000, 45_000);
        Signal.Level(settled).ShouldBe(8000 / Math.Sqrt(2), 200);
        Steps(settled).ShouldBeLessThan(3);
    }

    [Fact]
    public void A_path_that_grows_longer_is_followed_at_once_and_one_that_grows_shorter_within_seconds()
    {
        var packets = Packets(Signal.Tone(440, 40), AudioEncoding.Pcmu).ConvertAll(p => p.Timestamp - NearWrap is > 40_000 and < 80_000 ? p with { Arrival = p.Arrival + 900 } : p);
        var delays = Delays(packets);
        delays[4].ShouldBeLessThan(500);
        Signal.Level(Play(packets).AsSpan(48_000, 24_000)).ShouldBe(8000 / Math.Sqrt(2), 200);
        delays[9].ShouldBeInRange(900, 1600);
        delays[^1].ShouldBeLessThan(900);
    }

    [Theory]
    [InlineData(1.003)]
    [InlineData(0.997)]
    public void A_clock_that_is_fast_or_slow_never_fills_nor_drains_the_buffer(double speed)
    {
        var packets = Packets(Signal.Tone(440, 60), AudioEncoding.Pcmu).ConvertAll(p => p with { Arrival = (long)(p.Arrival / speed) });
        Delays(packets, speed).ShouldAllBe(delay => delay >= -160 && delay <= 1600);
        var heard = Play(packets);
        for (var second = 2; second < 58; second++)
        {
            Signal.Level(heard.AsSpan(second * 8000, 8000)).ShouldBe(8000 / Math.Sqrt(2), 800, $"second {second}");
        }
    }

    [Fact]
    public void A_stall_and_the_burst_after_it_leave_the_delay_small()
    {
        var packets = Packets(Signal.Tone(440, 20), AudioEncoding.Pcmu).ConvertAll(p => p.Arrival is > 16_000 and < 19_200 ? p with { Arrival = 19_200 } : p);
        Delays(packets)[^1].ShouldBeLessThan(700);
    }

    [Fact]
    public void A_new_source_another_encoding_and_a_clock_that_jumps_are_taken_up()
    {
        var first = Packets(Signal.Tone(440, 1), AudioEncoding.Pcmu);
        var other = Packets(Signal.Tone(700, 1), AudioEncoding.G722).ConvertAll(p => p with { Arrival = p.Arrival + 8000, Ssrc = 9 });
        var jumped = Packets(Signal.Tone(1000, 1), AudioEncoding.G722).ConvertAll(p => p with { Arrival = p.Arrival + 16_000, Ssrc = 9, Timestamp = p.Timestamp + 1_000_000 });
        var stepped = Packets(Signal.Tone(1500, 1), AudioEncoding.G722).ConvertAll(p => p with { Arrival = p.Arrival + 24_000, Ssrc = 9, Timestamp = p.Timestamp + 1_004_000 });
        var heard = Play([.. first, .. other, .. jumped, .. stepped]);
        Signal.Amplitude(heard.AsSpan(1600, 6000), 440).ShouldBe(8000, 300);
        Signal.Amplitude(heard.AsSpan(9600, 6000), 700).ShouldBe(8000, 300);
        Signal.Amplitude(heard.AsSpan(17_600, 6000), 1000).ShouldBe(8000, 300);
        Signal.Amplitude(heard.AsSpan(25_600, 6000), 1500).ShouldBe(8000, 300);
    }

    [Fact]
    public void No_sequence_of_packets_brings_it_out_of_step()
    {
        var random = new Random(3550);
        var jitter = new JitterBuffer(patience: 80);
        var frame = new short[160];
        for (var i = 0; i < 100_000; i++)
        {
            if (random.Next(3) == 0)
            {
                jitter.Read(frame);
            }
            else
            {
                var payload = new byte[random.Next(10) == 0 ? random.Next(5000) : random.Next(500)];
                var encoding = random.Next(100) == 0 ? AudioEncoding.G722 : AudioEncoding.Pcmu;
                var timestamp = random.Next(20) == 0 ? (uint)random.NextInt64(uint.MaxValue) : (uint)(random.Next(6000) + (i * 50));
                jitter.Put(new QueuedPacket(0, (uint)random.Next(50) / 49, timestamp, payload.Length, encoding), payload);
            }
        }

        var heard = Play(Packets(Signal.Tone(440, 1), AudioEncoding.Pcmu), jitter);
        Signal.Amplitude(heard.AsSpan(2400, 4800), 440).ShouldBe(8000, 300);
    }

    private static List<Sent> Packets(short[] audio, AudioEncoding encoding, int size = 160)
    {
        var encoder = new SpeechEncoder();
        var packets = new List<Sent>();
        for (var at = 0; at + size <= audio.Length; at += size)
        {
            var codes = new byte[size];
            encoder.Encode(encoding, audio.AsSpan(at, size), codes);
            packets.Add(new Sent(at, 7, unchecked(NearWrap + (uint)at), encoding, codes));
        }

        return packets;
    }

    private static short[] Play(List<Sent> packets, JitterBuffer? jitter = null)
    {
        jitter ??= new JitterBuffer(patience: 80);
        var heard = new List<short>();
        foreach (var frame in Frames(packets, jitter))
        {
            heard.AddRange(frame);
        }

        return [.. heard];
    }

    private static IEnumerable<short[]> Frames(List<Sent> packets, JitterBuffer jitter)
    {
        var waiting = new Queue<Sent>(packets.OrderBy(p => p.Arrival));
        var end = packets.Max(p => p.Arrival) + 1600;
        for (var now = 80L; now < end; now += 160)
        {
            while (waiting.TryPeek(out var next) && next.Arrival <= now)
            {
                waiting.Dequeue();
                jitter.Put(new QueuedPacket(0, next.Ssrc, next.Timestamp, next.Codes.Length, next.Encoding), next.Codes);
            }

            var frame = new short[160];
            jitter.Read(frame);
            yield return frame;
        }
    }

    /// <summary>For each second, how far the audio is read behind its arrival on the shortest path: each packet's codes say when it was sent.</summary>
    private static int[] Delays(List<Sent> packets, double speed = 1)
    {
        const int Cycle = 120;
        var stamped = packets.ConvertAll(p => p with { Codes = [.. Enumerable.Repeat((byte)(1 + (unchecked(p.Timestamp - NearWrap) / 160 % Cycle)), 160)] });
        var numbers = Enumerable.Range(0, Cycle).ToDictionary(number => G711.DecodeMuLaw((byte)(number + 1)));
        var delays = new List<int>();
        var frames = Frames(stamped, new JitterBuffer(patience: 80)).ToArray();
        for (var second = 1; second < frames.Length / 50; second++)
        {
            var at = second * 50;
            while (frames[at][0] != frames[at][9] || !numbers.ContainsKey(frames[at][0]))
            {
                at++;
            }

            // The packet of that number whose time is the nearest. A frame may begin anywhere in it.
            var number = numbers[frames[at][0]];
            number += (int)Math.Round((at - number) / (double)Cycle) * Cycle;
            delays.Add((int)((at * 160) + 80 - (number * 160 / speed)));
        }

        return [.. delays];
    }

    /// <summary>The largest step from sample to sample, as a multiple of what the tone of 440 Hz and amplitude 8000 has at most: a click shows.</summary>
    private static double Steps(ReadOnlySpan<short> samples)
    {
        var largest = 0;
        for (var i = 1; i < samples.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(samples[i] - samples[i - 1]));
        }

        return largest / (8000 * 2 * Math.PI * 440 / 8000);
    }

    private sealed record Sent(long Arrival, uint Ssrc, uint Timestamp, AudioEncoding Encoding, byte[] Codes);
}
