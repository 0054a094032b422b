using System.Buffers.Binary;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Media;

public sealed class AudioClipTests
{
    [Fact]
    public void A_clip_written_as_WAV_is_read_as_the_same()
    {
        var clip = new AudioClip(Signal.Tone(440, 0.1));
        var file = new MemoryStream();
        clip.WriteWav(file);
        file.Position = 0;
        AudioClip.FromWav(file).Samples.ToArray().ShouldBe(clip.Samples.ToArray());
    }

    [Fact]
    public void Clips_join_to_one_of_their_added_length()
    {
        var joined = AudioClip.Concat(new AudioClip([1, 2]), AudioClip.Silence(TimeSpan.FromMilliseconds(1)), new AudioClip([3]));
        joined.Samples.ToArray().ShouldBe([1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 3]);
        joined.Duration.ShouldBe(TimeSpan.FromSeconds(11 / 8000.0));
    }

    [Fact]
    public void A_clip_is_encoded_once_for_all()
    {
        var clip = new AudioClip([0, 1000]);
        clip.Encoded(AudioEncoding.Pcma).ToArray().ShouldBe([G711.EncodeALaw(0), G711.EncodeALaw(1000)]);
        clip.Encoded(AudioEncoding.Pcmu).ToArray().ShouldBe([G711.EncodeMuLaw(0), G711.EncodeMuLaw(1000)]);
        (clip.Encoded(AudioEncoding.Pcmu) == clip.Encoded(AudioEncoding.Pcmu)).ShouldBeTrue();
    }

    [Theory]
    [InlineData(22_050)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    [InlineData(16_000)]
    public void Resampling_keeps_the_telephone_band_and_removes_what_would_alias_into_it(int rate)
    {
        var kept = Resampler.Resample(Signal.Tone(1000, 0.5, rate: rate), rate, 8000);
        kept.Length.ShouldBe(4000);
        var middle = kept.AsSpan(400, 3200);
        Signal.Amplitude(middle, 1000).ShouldBe(8000, 80);
        Signal.Level(middle).ShouldBe(8000 / Math.Sqrt(2), 80);

        var removed = Resampler.Resample(Signal.Tone(5000, 0.5, rate: rate), rate, 8000);
        Signal.Level(removed.AsSpan(400, 3200)).ShouldBeLessThan(8000 * 0.001);
    }

    [Fact]
    public void Two_channels_are_averaged()
    {
        var file = Wav(channels: 2, rate: 8000, bits: 16, tag: 1, [100, 300, -100, 100]);
        AudioClip.FromWav(new MemoryStream(file)).Samples.ToArray().ShouldBe([200, 0]);
    }

    [Fact]
    public void Chunks_that_are_not_needed_are_passed_over()
    {
        var file = Wav(channels: 1, rate: 8000, bits: 16, tag: 1, [5, 6]);
        byte[] listed = [.. file[..36], .. "LIST"u8, 3, 0, 0, 0, 1, 2, 3, 0, .. file[36..]];
        AudioClip.FromWav(new MemoryStream(listed)).Samples.ToArray().ShouldBe([5, 6]);
    }

    [Theory]
    [InlineData("52494646", "RIFF header")]
    [InlineData("4F676753000000000000000000000000", "does not begin with RIFF")]
    [InlineData("524946460000000057415645", "'fmt ' chunk")]
    [InlineData("524946460000000057415645666D74200400000001000100", "at least 16")]
    [InlineData("5249464600000000574156456461746100000000", "before the 'fmt ' chunk")]
    [InlineData("524946460000000057415645666D742010000000", "ends 16 bytes before the end of 'fmt '")]
    [InlineData("524946460000000057415645666D7420FFFFFFFF", "claims 4294967295 bytes")]
    public void What_is_no_WAV_file_is_refused_with_what_and_where(string hex, string reason) =>
        Should.Throw<InvalidDataException>(() => AudioClip.FromWav(new MemoryStream(Convert.FromHexString(hex)))).Message.ShouldContain(reason);

    [Theory]
    [InlineData(3, 8000, 16, 1)]
    [InlineData(1, 4000, 16, 1)]
    [InlineData(1, 8000, 12, 1)]
    [InlineData(1, 8000, 16, 7)]
    [InlineData(1, 8000, 16, 6)]
    public void A_WAV_file_of_another_format_is_refused_with_what_it_is(int channels, int rate, int bits, int tag) =>
        Should.Throw<InvalidDataException>(() => AudioClip.FromWav(new MemoryStream(Wav(channels, rate, bits, tag, [1]))))
            .Message.ShouldContain($"format {tag}, {bits} bit, {channels} channels, {rate} Hz");

    [Theory]
    [InlineData(1, 8, 1, "80FF00", new short[] { 0, 32512, -32768 })]
    [InlineData(1, 24, 1, "FF0010FE00F0", new short[] { 4096, -4096 })]
    [InlineData(1, 32, 1, "FFFF0010", new short[] { 4096 })]
    [InlineData(7, 8, 1, "FF8000", new short[] { 0, 32124, -32124 })]
    [InlineData(6, 8, 1, "D5AA", new short[] { 8, 32256 })]
    [InlineData(7, 8, 2, "FF80", new short[] { 16062 })]
    public void Samples_of_other_sizes_and_G711_are_read(int tag, int bits, int channels, string data, short[] samples)
    {
        var bytes = Convert.FromHexString(data);
        var file = Wav(channels, 8000, bits, tag, new short[(bytes.Length + 1) / 2]);
        bytes.CopyTo(file, 44);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), bytes.Length);
        AudioClip.FromWav(new MemoryStream(file)).Samples.ToArray().ShouldBe(samples);
    }

    [Fact]
    public void A_file_whose_length_was_not_known_is_read_to_its_end()
    {
        var file = Wav(channels: 1, rate: 8000, bits: 16, tag: 1, [5, 6, 7]);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(40), uint.MaxValue);
        AudioClip.FromWav(new MemoryStream(file)).Samples.ToArray().ShouldBe([5, 6, 7]);
    }

    [Fact]
    public void No_damaged_file_brings_anything_but_the_named_exception()
    {
        var file = Wav(channels: 1, rate: 22_050, bits: 16, tag: 1, Signal.Tone(300, 0.01, rate: 22_050));
        Prop.ForAll<byte, ushort, ushort>((value, position, length) =>
        {
            var damaged = file.AsSpan(0, length % file.Length).ToArray();
            if (damaged.Length > 0)
            {
                damaged[position % Math.Min(damaged.Length, 48)] = value;
            }

            try
            {
                AudioClip.FromWav(new MemoryStream(damaged));
            }
            catch (InvalidDataException e)
            {
                return e.Message.Length > 0;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }

    [Fact]
    public void The_waiting_music_is_16_seconds_long_at_a_soft_level_without_clipping_and_without_a_seam()
    {
        var music = Music.Waiting;
        music.Duration.ShouldBe(TimeSpan.FromSeconds(16));
        Signal.Level(music.Samples).ShouldBe(0.063 * short.MaxValue, 20);
        music.Samples.ToArray().Max(s => Math.Abs((int)s)).ShouldBeLessThan(short.MaxValue / 2);

        var steps = music.Samples.ToArray().Zip(music.Samples[1..].ToArray(), (a, b) => Math.Abs(a - b)).Max();
        Math.Abs(music.Samples[^1] - music.Samples[0]).ShouldBeLessThanOrEqualTo(steps);
        for (var second = 0; second < 16; second++)
        {
            Signal.Level(music.Samples.Slice(second * 8000, 8000)).ShouldBeGreaterThan(300, $"second {second} must not be silent");
        }
    }

    private static byte[] Wav(int channels, int rate, int bits, int tag, short[] samples)
    {
        var file = new byte[44 + (2 * samples.Length)];
        "RIFF....WAVEfmt "u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), (short)tag);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), rate);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), (short)bits);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), 2 * samples.Length);
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + (2 * i)), samples[i]);
        }

        return file;
    }
}
