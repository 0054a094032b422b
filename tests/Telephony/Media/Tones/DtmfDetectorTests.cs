using CallCenter.Telephony.Media;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

public sealed class DtmfDetectorTests
{
    private const string Keys = "123A456B789C*0#D";
    private static readonly double[] Rows = [697, 770, 852, 941];
    private static readonly double[] Columns = [1209, 1336, 1477, 1633];

    [Fact]
    public void Every_digit_is_found_once_with_its_duration()
    {
        var found = new List<(char Digit, TimeSpan Duration)>();
        var detector = new DtmfDetector((digit, duration) => found.Add((digit, duration)));
        detector.Feed(Dial(Keys, 0.1, 0.1));
        new string([.. found.Select(f => f.Digit)]).ShouldBe(Keys);
        found.ShouldAllBe(f => f.Duration > TimeSpan.FromSeconds(0.075) && f.Duration < TimeSpan.FromSeconds(0.125));
    }

    [Theory]
    [InlineData("as short as Q.24 allows", 0.04, 0.04, 8000, 0, 0, 60)]
    [InlineData("columns 4 dB up", 0.06, 0.06, 4000, 4, 0, 60)]
    [InlineData("columns 8 dB down", 0.06, 0.06, 8000, -8, 0, 60)]
    [InlineData("at -25 dBm0", 0.06, 0.06, 1275, 0, 0, 60)]
    [InlineData("at full scale", 0.06, 0.06, 16_000, 0, 0, 60)]
    [InlineData("1.5 % too high", 0.06, 0.06, 8000, 0, 1.5, 60)]
    [InlineData("1.5 % too low", 0.06, 0.06, 8000, 0, -1.5, 60)]
    [InlineData("in noise 15 dB below", 0.06, 0.06, 8000, 0, 0, 15)]
    public void A_digit_within_the_tolerances_is_found(string what, double duration, double gap, double level, double twist, double deviation, double noise)
    {
        // Every place of the tone in the detector's blocks.
        for (var offset = 0; offset < 102; offset += 6)
        {
            var audio = Dial(Keys, duration, gap, level, twist, deviation);
            Digits([.. new short[offset], .. WithNoise(audio, noise, offset), .. new short[300]]).ShouldBe(Keys, $"{what}, beginning at {offset}");
        }
    }

    [Theory]
    [InlineData("of 15 ms", 0.015, 0.1, 8000, 0, 0)]
    [InlineData("with columns 12 dB up", 0.1, 0.1, 3000, 12, 0)]
    [InlineData("with columns 16 dB down", 0.1, 0.1, 8000, -16, 0)]
    [InlineData("at -45 dBm0", 0.1, 0.1, 130, 0, 0)]
    [InlineData("6 % too high", 0.1, 0.1, 8000, 0, 6)]
    [InlineData("6 % too low", 0.1, 0.1, 8000, 0, -6)]
    public void What_lies_beyond_the_tolerances_is_no_digit(string what, double duration, double gap, double level, double twist, double deviation) =>
        Digits(Dial(Keys, duration, gap, level, twist, deviation)).ShouldBe("", $"a tone {what}");

    [Fact]
    public void An_interruption_of_10_ms_makes_no_second_digit_and_a_pause_of_40_ms_does()
    {
        for (var offset = 0; offset < 102; offset++)
        {
            Digits([.. new short[offset], .. Dial("5", 0.06, 0.01), .. Dial("5", 0.06, 0.1)]).ShouldBe("5");
            Digits([.. new short[offset], .. Dial("5", 0.06, 0.04), .. Dial("5", 0.06, 0.1)]).ShouldBe("55");
        }
    }

    [Fact]
    public async Task Speech_music_and_call_progress_tones_are_no_digits()
    {
        var synthesizer = new SpeechSynthesizer();
        foreach (var text in new[]
        {
            "Good morning, you have reached the city hospital. Please hold the line, an agent will be with you in a moment.",
            "One two three four five six seven eight nine zero. Oh, you mean the blue one? We all owe you a new wheel. She sees three geese, he eats sweet peas.",
            "Aaah. Eeeh. Oooh. Mmmm, well. My order number is seven seven four nine oh two two one. Why? Where were you a year ago?",
        })
        {
            Digits((await synthesizer.SpeakAsync(text, "en", CancellationToken.None)).Samples).ShouldBe("", text);
        }

        Digits(Music.Waiting.Samples).ShouldBe("");
        foreach (var tones in new[] { CallProgressTones.Itu, CallProgressTones.NorthAmerica })
        {
            Digits(AudioClip.Concat(tones.Ringback, tones.Busy, tones.Congestion, tones.SpecialInformation).Samples).ShouldBe("");
        }

        Digits(WithNoise(new short[800_000], -80, 1)).ShouldBe("");
    }

    [Theory]
    [InlineData(AudioEncoding.Pcmu)]
    [InlineData(AudioEncoding.Pcma)]
    [InlineData(AudioEncoding.G722)]
    internal void Digits_are_found_in_what_is_received_also_when_packets_are_lost_late_or_doubled(AudioEncoding encoding)
    {
        var found = new List<char>();
        var listening = new InBandDtmf((digit, _) => found.Add(digit));
        var audio = Dial("159#", 0.1, 0.1);
        var codes = new byte[audio.Length];
        new SpeechEncoder().Encode(encoding, audio, codes);
        for (var at = 0; at < codes.Length; at += 160)
        {
            var isLost = at / 160 % 10 == 2;
            if (!isLost)
            {
                Hear(listening, codes, at, encoding);
                Hear(listening, codes, at, encoding);
            }
            else if (at > 0)
            {
                Hear(listening, codes, at - 160, encoding);
            }
        }

        found.ShouldBe("159#");
    }

    [Fact]
    public void What_cannot_be_decoded_is_not_listened_to_and_another_source_begins_anew()
    {
        var found = new List<char>();
        var listening = new InBandDtmf((digit, _) => found.Add(digit));
        var codes = new byte[1600];
        new SpeechEncoder().Encode(AudioEncoding.Pcmu, Dial("8", 0.2, 0), codes);
        Hear(listening, codes, 0, AudioEncoding.TelephoneEvent);
        for (var at = 0; at < 800; at += 160)
        {
            Hear(listening, codes, at, AudioEncoding.Pcmu);
        }

        Hear(listening, codes, 0, AudioEncoding.Pcmu, ssrc: 2);
        found.ShouldBe("8");
    }

    private static void Hear(InBandDtmf listening, byte[] codes, int at, AudioEncoding encoding, uint ssrc = 1) =>
        listening.OnAudio(
            codes.AsSpan(at, Math.Min(160, codes.Length - at)),
            new RtpHeader { Marker = false, PayloadType = 0, SequenceNumber = (ushort)(at / 160), Timestamp = unchecked(uint.MaxValue - 4000 + (uint)at), Ssrc = ssrc },
            encoding);

    private static string Digits(ReadOnlySpan<short> audio)
    {
        var found = new List<char>();
        var detector = new DtmfDetector((digit, _) => found.Add(digit));
        detector.Feed(audio);
        detector.Break();
        return new string([.. found]);
    }

    /// <param name="digits">What to dial.</param>
    /// <param name="duration">Of each, in seconds.</param>
    /// <param name="gap">After each, in seconds.</param>
    /// <param name="level">Amplitude of the row.</param>
    /// <param name="twist">Column over row, in dB.</param>
    /// <param name="deviation">Of all frequencies, in percent.</param>
    private static short[] Dial(string digits, double duration, double gap, double level = 8000, double twist = 0, double deviation = 0)
    {
        var audio = new List<short>();
        foreach (var key in digits.Select(d => Keys.IndexOf(d, StringComparison.Ordinal)))
        {
            var row = Signal.Tone(Rows[key / 4] * (1 + (deviation / 100)), duration, level);
            var column = Signal.Tone(Columns[key % 4] * (1 + (deviation / 100)), duration, level * Math.Pow(10, twist / 20));
            audio.AddRange(row.Zip(column, (r, c) => (short)Math.Clamp(r + c, short.MinValue, short.MaxValue)));
            audio.AddRange(new short[(int)(gap * 8000)]);
        }

        return [.. audio];
    }

    /// <summary>White noise, this far (in dB) below two tones of amplitude 8000.</summary>
    private static short[] WithNoise(short[] audio, double below, int seed)
    {
        var random = new Random(seed);
        var amplitude = below < 0 ? 12_000 : 8000 * Math.Sqrt(3) * Math.Pow(10, -below / 20);
        return Array.ConvertAll(audio, s => (short)Math.Clamp(s + (((random.NextDouble() * 2) - 1) * amplitude), short.MinValue, short.MaxValue));
    }
}
