using System.Text;

namespace CallCenter.Fuzz;

/// <summary>Makes new inputs of known ones: a few small changes each, of kinds that have broken parsers before.</summary>
/// <param name="random">Seeded, so that a run can be had again.</param>
internal sealed class Mutator(Random random)
{
    private const int MostChanges = 6;

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\r\n", "\r", "\n", "\r\n\r\n", "\r\n ", "\0", "\"", "\\", "\\\"", "<", ">", ";", ",", ":", "@", "=", "?", "%", "%00", "%0", "[", "]", "[::1]", " ", "\t", "*",
            "-1", "0", "4294967295", "4294967296", "2147483648", "99999999999999999999", "SIP/2.0", "SIP/3.0", "sip:", "sips:", "tel:+1", ";lr", ";branch=z9hG4bK", ";rport",
            "Via: ", "v: ", "Content-Length: ", "l: 0", "From: ", "To: ", "CSeq: 1 INVITE", "Contact: *", "Digest ", "nonce=", "qop=auth", "v=0", "m=audio 0 RTP/AVP", "a=rtpmap:",
            "a=fmtp:", "c=IN IP6 ::", "\u00e9", "\ud83d\ude00",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0x80], [0x00, 0x01], [0xFF, 0xFF, 0xFF, 0xFF],
    ];

    /// <summary>One input made of two others.</summary>
    public byte[] Mutate(byte[] seed, byte[] other, int longest)
    {
        var bytes = new List<byte>(seed);
        for (var left = random.Next(1, MostChanges + 1); left > 0; left--)
        {
            Change(bytes, other);
        }

        if (bytes.Count > longest)
        {
            bytes.RemoveRange(longest, bytes.Count - longest);
        }

        return [.. bytes];
    }

    private void Change(List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, random.Next(1, random.Next(4) == 0 ? 400 : 12));
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                break;
            case 4:
                // A part again, at times many times over: what costs more than its length shows there.
                var part = bytes.GetRange(at, length);
                for (var times = random.Next(10) == 0 ? random.Next(1, 300) : 1; times > 0; times--)
                {
                    bytes.InsertRange(at, part);
                }

                break;
            case 5 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, random.Next(Math.Min(200, other.Length - from)) + 1).ToArray());
                break;
            case 6:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 7 when length > 0:
                var moved = bytes.GetRange(at, length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count + 1), moved);
                break;
            default:
                bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next(256)));
                break;
        }
    }
}
