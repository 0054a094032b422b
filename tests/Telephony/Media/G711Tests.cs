using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Tests.Media;

/// <summary>Against tables 1 and 2 of ITU-T G.711, written out here from their definition and not from the code under test.</summary>
public sealed class G711Tests
{
    /// <summary>Positive decision values x1 to x127 and quantised values y1 to y128 of A-law (table 1a), in 16-bit units (table units are 1/8).</summary>
    private static readonly (int[] Decisions, int[] Values) ALaw = Law(firstChord: 32, step: 2, scale: 8, chords: 7, values: (from, to) => (from + to) / 2);

    /// <summary>The same of u-law (table 2a), in 16-bit units (table units are 1/4). Its first decision value is 1, its first quantised value 0.</summary>
    private static readonly (int[] Decisions, int[] Values) MuLaw = MuLawTable();

    [Fact]
    public void A_law_decodes_every_code_to_its_value_in_table_1()
    {
        for (var n = 0; n < 128; n++)
        {
            // Character signals have their even bits inverted on the line.
            G711.DecodeALaw((byte)((0x80 | n) ^ 0x55)).ShouldBe((short)ALaw.Values[n]);
            G711.DecodeALaw((byte)(n ^ 0x55)).ShouldBe((short)-ALaw.Values[n]);
        }
    }

    [Fact]
    public void U_law_decodes_every_code_to_its_value_in_table_2()
    {
        for (var n = 0; n < 128; n++)
        {
            // All bits are inverted.
            G711.DecodeMuLaw((byte)(0xFF - n)).ShouldBe((short)MuLaw.Values[n]);
            G711.DecodeMuLaw((byte)(0x7F - n)).ShouldBe((short)-MuLaw.Values[n]);
        }
    }

    [Fact]
    public void A_law_encodes_every_sample_into_the_interval_that_it_lies_in()
    {
        for (var sample = 0; sample <= short.MaxValue; sample++)
        {
            var n = ALaw.Decisions.Count(x => x <= sample);
            G711.EncodeALaw((short)sample).ShouldBe((byte)((0x80 | n) ^ 0x55), $"sample {sample}");

            // Negative samples mirror the positive ones in one's complement (ITU-T G.191).
            G711.EncodeALaw((short)~sample).ShouldBe((byte)(n ^ 0x55), $"sample {~sample}");
        }
    }

    [Fact]
    public void U_law_encodes_every_sample_into_the_interval_that_it_lies_in()
    {
        for (var sample = 0; sample <= short.MaxValue; sample++)
        {
            var n = MuLaw.Decisions.Count(x => x <= sample);
            G711.EncodeMuLaw((short)sample).ShouldBe((byte)(0xFF - n), $"sample {sample}");
            G711.EncodeMuLaw((short)~sample).ShouldBe((byte)(0x7F - n), $"sample {~sample}");
        }
    }

    [Fact]
    public void Every_code_survives_decoding_and_encoding()
    {
        for (var code = 0; code <= 255; code++)
        {
            G711.EncodeALaw(G711.DecodeALaw((byte)code)).ShouldBe((byte)code);

            // u-law has two zeros; the negative one becomes the positive one.
            G711.EncodeMuLaw(G711.DecodeMuLaw((byte)code)).ShouldBe((byte)(code == 0x7F ? 0xFF : code));
        }
    }

    [Fact]
    public void No_sample_is_off_by_more_than_half_a_step_of_its_segment()
    {
        for (int sample = short.MinValue; sample <= short.MaxValue; sample++)
        {
            var magnitude = Math.Abs(sample);
            Math.Abs(G711.DecodeALaw(G711.EncodeALaw((short)sample)) - sample).ShouldBeLessThanOrEqualTo(8 + (magnitude / 32));
            if (magnitude < 32_124)
            {
                Math.Abs(G711.DecodeMuLaw(G711.EncodeMuLaw((short)sample)) - sample).ShouldBeLessThanOrEqualTo(4 + ((magnitude + 132) / 32));
            }
        }
    }

    [Fact]
    public void Transcoding_is_decoding_and_encoding_in_place()
    {
        var codes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        var toALaw = codes.ToArray();
        G711.Transcode(AudioEncoding.Pcmu, toALaw);
        toALaw.ShouldBe(codes.Select(c => G711.EncodeALaw(G711.DecodeMuLaw(c))));
        var toMuLaw = codes.ToArray();
        G711.Transcode(AudioEncoding.Pcma, toMuLaw);
        toMuLaw.ShouldBe(codes.Select(c => G711.EncodeMuLaw(G711.DecodeALaw(c))));
    }

    private static (int[] Decisions, int[] Values) Law(int firstChord, int step, int scale, int chords, Func<int, int, int> values)
    {
        // The first chord has 32 intervals of 2; each of the six others 16, of a step that doubles: decision values 64, 128, 256 to 4096.
        var bounds = new List<int> { 0 };
        for (var chord = 0; chord < chords; chord++)
        {
            for (var i = 0; i < (chord == 0 ? firstChord : 16); i++)
            {
                bounds.Add(bounds[^1] + (step << chord));
            }
        }

        return ([.. bounds.Skip(1).SkipLast(1).Select(b => b * scale)], [.. bounds.Zip(bounds.Skip(1), (from, to) => values(from, to) * scale)]);
    }

    private static (int[] Decisions, int[] Values) MuLawTable()
    {
        // Decision values 0, 1, 3 to 31, then eight chords of 16 intervals (15 and the one across the border in the first), steps 2 to 256, up to 8159.
        var bounds = new List<int> { 0, 1 };
        for (var chord = 0; chord < 8; chord++)
        {
            for (var i = 0; i < (chord == 0 ? 15 : 16); i++)
            {
                bounds.Add(bounds[^1] + (2 << chord));
            }
        }

        bounds[^1].ShouldBe(8159);
        int[] values = [0, .. bounds.Skip(1).Zip(bounds.Skip(2), (from, to) => (from + to) / 2)];
        return ([.. bounds.Skip(1).SkipLast(1).Select(b => b * 4)], [.. values.Select(v => v * 4)]);
    }
}
