namespace CallCenter.Driving;

/// <summary>ITU-T G.711 as the recommendation tells it, with no look at the product's: the tests' phones must not share its mistakes.</summary>
internal static class G711
{
    public const int Pcmu = 0;
    public const int Pcma = 8;

    private static readonly short[] MuLaw = [.. Enumerable.Range(0, 256).Select(code => DecodeMuLaw((byte)code))];
    private static readonly short[] ALaw = [.. Enumerable.Range(0, 256).Select(code => DecodeALaw((byte)code))];

    public static short Decode(int payloadType, byte code) => Table(payloadType)[code];

    /// <summary>The code whose value is nearest.</summary>
    public static byte Encode(int payloadType, short sample)
    {
        var table = Table(payloadType);
        var best = 0;
        for (var code = 1; code < table.Length; code++)
        {
            if (Math.Abs(table[code] - sample) < Math.Abs(table[best] - sample))
            {
                best = code;
            }
        }

        return (byte)best;
    }

    private static short[] Table(int payloadType) => payloadType switch
    {
        Pcmu => MuLaw,
        Pcma => ALaw,
        _ => throw new InvalidOperationException($"Payload type {payloadType} was not agreed on."),
    };

    private static short DecodeMuLaw(byte code)
    {
        var bits = ~code & 0xFF;
        var magnitude = ((((bits & 0x0F) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
        return (short)((bits & 0x80) != 0 ? -magnitude : magnitude);
    }

    private static short DecodeALaw(byte code)
    {
        var bits = code ^ 0x55;
        var (mantissa, segment) = ((bits & 0x0F) << 4, (bits & 0x70) >> 4);
        var magnitude = segment == 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
        return (short)((bits & 0x80) != 0 ? magnitude : -magnitude);
    }
}
