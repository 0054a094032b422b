using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>ITU-T G.711: logarithmic speech coding, 8 bits a sample. Linear samples are 16 bit, full scale.</summary>
internal static class G711
{
    /// <summary>The code of a sample of zero in u-law.</summary>
    public const byte MuLawSilence = 0xFF;

    /// <summary>The code of the least positive sample in A-law, which has no zero.</summary>
    public const byte ALawSilence = 0xD5;

    // u-law works on 14 bits, A-law on 13: the lower bits of a 16-bit sample decide nothing, so they need no place in the tables.
    private static readonly byte[] MuLawCodes = Tabulate(1 << 14, i => MuLawCode((short)(i << 2)));
    private static readonly byte[] ALawCodes = Tabulate(1 << 13, i => ALawCode((short)(i << 3)));
    private static readonly short[] MuLawSamples = Tabulate(256, i => MuLawSample((byte)i));
    private static readonly short[] ALawSamples = Tabulate(256, i => ALawSample((byte)i));
    private static readonly byte[] MuLawToALaw = Tabulate(256, i => ALawCode(MuLawSample((byte)i)));
    private static readonly byte[] ALawToMuLaw = Tabulate(256, i => MuLawCode(ALawSample((byte)i)));

    public static byte EncodeMuLaw(short sample) => MuLawCodes[(ushort)sample >> 2];

    public static byte EncodeALaw(short sample) => ALawCodes[(ushort)sample >> 3];

    public static short DecodeMuLaw(byte code) => MuLawSamples[code];

    public static short DecodeALaw(byte code) => ALawSamples[code];

    /// <summary>Encodes as many codes as there are samples.</summary>
    public static void Encode(AudioEncoding encoding, ReadOnlySpan<short> samples, Span<byte> codes)
    {
        if (encoding == AudioEncoding.Pcma)
        {
            for (var i = 0; i < samples.Length; i++)
            {
                codes[i] = EncodeALaw(samples[i]);
            }
        }
        else
        {
            for (var i = 0; i < samples.Length; i++)
            {
                codes[i] = EncodeMuLaw(samples[i]);
            }
        }
    }

    /// <summary>Decodes as many samples as there are codes.</summary>
    public static void Decode(AudioEncoding encoding, ReadOnlySpan<byte> codes, Span<short> samples)
    {
        var table = encoding == AudioEncoding.Pcma ? ALawSamples : MuLawSamples;
        for (var i = 0; i < codes.Length; i++)
        {
            samples[i] = table[codes[i]];
        }
    }

    /// <summary>Turns codes of one law into the other's, in place.</summary>
    public static void Transcode(AudioEncoding from, Span<byte> codes)
    {
        var table = from == AudioEncoding.Pcma ? ALawToMuLaw : MuLawToALaw;
        foreach (ref var code in codes)
        {
            code = table[code];
        }
    }

    /// <summary>The code of silence.</summary>
    public static byte Silence(AudioEncoding encoding) => encoding == AudioEncoding.Pcma ? ALawSilence : MuLawSilence;

    private static T[] Tabulate<T>(int count, Func<int, T> value)
    {
        var table = new T[count];
        for (var i = 0; i < count; i++)
        {
            table[i] = value(i);
        }

        return table;
    }

    private static byte MuLawCode(short sample)
    {
        // Negative samples in one's complement, so that the two halves of the law mirror each other.
        var sign = sample < 0 ? 0x00 : 0x80;
        var magnitude = Math.Min(((sample < 0 ? ~sample : sample) >> 2) + 33, 0x1FFF);

        // With the bias of 33 the leading one of a magnitude is bit 5 in segment 0 and bit 12 in segment 7.
        var segment = int.Log2(magnitude) - 5;
        var step = (magnitude >> (segment + 1)) & 0x0F;
        return (byte)(sign | (~((segment << 4) | step) & 0x7F));
    }

    private static short MuLawSample(byte code)
    {
        var bits = ~code;
        var segment = (bits >> 4) & 0x07;
        var magnitude = (((2 * (bits & 0x0F)) + 33) << segment) - 33;
        return (short)((code & 0x80) == 0 ? -magnitude << 2 : magnitude << 2);
    }

    private static byte ALawCode(short sample)
    {
        var sign = sample < 0 ? 0x00 : 0x80;
        var magnitude = (sample < 0 ? ~sample : sample) >> 4;

        // Segments 0 and 1 share one step size; from segment 1 on the leading one says which segment it is.
        var segment = magnitude < 32 ? magnitude >> 4 : int.Log2(magnitude) - 3;
        var step = (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0x0F;

        // Even bits are inverted on the line (G.711 table 1a, note 2).
        return (byte)((sign | (segment << 4) | step) ^ 0x55);
    }

    private static short ALawSample(byte code)
    {
        var bits = code ^ 0x55;
        var segment = (bits >> 4) & 0x07;
        var step = ((bits & 0x0F) << 1) + 1;

        // The middle of the decision interval, in units of half a step of 13 bits.
        var magnitude = segment == 0 ? step << 3 : (step + 32) << (segment + 2);
        return (short)((bits & 0x80) == 0 ? -magnitude : magnitude);
    }
}
