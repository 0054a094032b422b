using System.Runtime.InteropServices;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>The reference in the folder g722 was made by spandsp 0.0.6 at 64 kbit/s and 8 kHz: speech, noise and square waves at full scale, silence, a soft tone.</summary>
public sealed class G722Tests
{
    private static readonly short[] Input = MemoryMarshal.Cast<byte, short>(Reference("input.pcm")).ToArray();

    [Fact]
    public void Every_code_of_the_encoder_is_the_reference_s()
    {
        var codes = new byte[Input.Length];
        new G722.Encoder().Encode(Input, codes);
        codes.ShouldBe(Reference("codes.g722"));
    }

    [Fact]
    public void Every_sample_of_the_decoder_is_the_reference_s()
    {
        var codes = Reference("codes.g722");
        var samples = new short[codes.Length];
        new G722.Decoder().Decode(codes, samples);
        samples.ShouldBe(MemoryMarshal.Cast<byte, short>(Reference("decoded.pcm")).ToArray());
    }

    [Theory]
    [InlineData(AudioEncoding.Pcmu, AudioEncoding.G722)]
    [InlineData(AudioEncoding.G722, AudioEncoding.Pcma)]
    [InlineData(AudioEncoding.Pcma, AudioEncoding.Pcmu)]
    internal void Speech_survives_another_encoding_on_its_way(AudioEncoding from, AudioEncoding to)
    {
        var speech = Input[..4000];
        var codes = new byte[speech.Length];
        new SpeechEncoder().Encode(from, speech, codes);
        var transcoder = new Transcoder();
        for (var i = 0; i < codes.Length; i += 200)
        {
            transcoder.TryTranscode(from, to, codes.AsSpan(i, 200)).ShouldBeTrue();
        }

        var heard = new short[speech.Length];
        new SpeechDecoder().Decode(to, codes, heard);
        Signal.SignalToNoise(speech, heard).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void What_cannot_be_decoded_is_left_alone()
    {
        byte[] codes = [1, 2, 3];
        new Transcoder().TryTranscode(AudioEncoding.Unknown, AudioEncoding.Pcmu, codes).ShouldBeFalse();
        new Transcoder().TryTranscode(AudioEncoding.Pcmu, AudioEncoding.TelephoneEvent, codes).ShouldBeFalse();
        codes.ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_clip_that_loops_has_no_click_at_its_seam_and_silence_is_silent_after_it()
    {
        var tone = new AudioClip(Signal.Tone(400, 1));
        var codes = tone.Encoded(AudioEncoding.G722).ToArray();
        var decoder = new G722.Decoder();
        var heard = new short[codes.Length];
        decoder.Decode(codes, heard);
        decoder.Decode(codes, heard);
        Signal.SignalToNoise(tone.Samples[..400], heard.AsSpan(0, 400)).ShouldBeGreaterThan(25);

        codes.AsSpan().Fill(SpeechEncoder.Silence(AudioEncoding.G722));
        decoder.Decode(codes, heard);

        // The predictors may settle beside zero, which nobody hears; they must not go on sounding.
        var settled = heard[4000..];
        (settled.Max() - settled.Min()).ShouldBeLessThan(10);
    }

    private static byte[] Reference(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Media", "g722", name));
}
