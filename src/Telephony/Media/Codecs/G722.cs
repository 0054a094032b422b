namespace CallCenter.Telephony.Media;

/// <summary>ITU-T G.722 at 64 kbit/s, for audio of 8 kHz: one code of 8 bits a sample, 6 bits of the lower sub-band and 2 of the higher one.</summary>
/// <remarks>
/// Inside, G.722 splits 16 kHz audio into two bands of 8 kHz and codes each. All audio in the house is 8 kHz, which is the lower band as it is: so
/// no filter bank and no resampling is needed. We send nothing in the higher band, and leave out what the other side has in it.
/// </remarks>
internal static class G722
{
    /// <summary>The least positive difference in both bands, which leaves the predictors alone.</summary>
    public const byte Silence = 0xFD;

    // Table 14: the lower band's decision levels, the values of its 6-bit and 4-bit inverse quantisers by code, and the weights by 4-bit code.
    private static readonly short[] Q6 =
    [
        35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919,
    ];

    private static readonly short[] Qm6 =
    [
        -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
        -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
        24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
        4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
    ];

    private static readonly short[] Qm4 = [0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0];
    private static readonly short[] LowerWeights = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60];

    // The higher band: one decision level, values and weights by 2-bit code.
    private const int Q2 = 564;
    private static readonly short[] Qm2 = [-7408, -1616, 7408, 1616];
    private static readonly short[] HigherWeights = [798, -214, 798, -214];

    /// <summary>Encodes one stream. Not safe for concurrent use.</summary>
    internal sealed class Encoder
    {
        private readonly G722SubBand _lower = G722SubBand.Lower();
        private readonly G722SubBand _higher = G722SubBand.Higher();

        /// <summary>Encodes as many codes as there are samples.</summary>
        public void Encode(ReadOnlySpan<short> samples, Span<byte> codes)
        {
            for (var i = 0; i < samples.Length; i++)
            {
                // The bands are 15 bits wide.
                var low = EncodeLower(samples[i] >> 1);
                codes[i] = (byte)((EncodeHigher(0) << 6) | low);
            }
        }

        private int EncodeLower(int sample)
        {
            var error = Math.Clamp(sample - _lower.Prediction, short.MinValue, short.MaxValue);
            var magnitude = error < 0 ? ~error : error;
            var interval = 1;
            while (interval <= Q6.Length && magnitude >= (Q6[interval - 1] * _lower.Scale) >> 12)
            {
                interval++;
            }

            var code = error >= 0 ? 62 - interval : (interval < 3 ? 64 : 34) - interval;
            _lower.Adapt((_lower.Scale * Qm4[code >> 2]) >> 15, LowerWeights[code >> 2]);
            return code;
        }

        private int EncodeHigher(int sample)
        {
            var error = Math.Clamp(sample - _higher.Prediction, short.MinValue, short.MaxValue);
            var magnitude = error < 0 ? ~error : error;
            var isNear = magnitude < (Q2 * _higher.Scale) >> 12;
            var code = (error < 0 ? 0 : 2) + (isNear ? 1 : 0);
            _higher.Adapt((_higher.Scale * Qm2[code]) >> 15, HigherWeights[code]);
            return code;
        }
    }

    /// <summary>Decodes one stream. Not safe for concurrent use.</summary>
    internal sealed class Decoder
    {
        private readonly G722SubBand _lower = G722SubBand.Lower();

        /// <summary>Decodes as many samples as there are codes.</summary>
        public void Decode(ReadOnlySpan<byte> codes, Span<short> samples)
        {
            for (var i = 0; i < codes.Length; i++)
            {
                var code = codes[i] & 0x3F;
                var reconstructed = _lower.Prediction + ((_lower.Scale * Qm6[code]) >> 15);
                samples[i] = (short)(Math.Clamp(reconstructed, -16384, 16383) << 1);
                _lower.Adapt((_lower.Scale * Qm4[code >> 2]) >> 15, LowerWeights[code >> 2]);
            }
        }
    }
}
