using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Domain names on the wire (RFC 1035 sections 3.1 and 4.1.4). Text form without the dot at the end; the root is empty.</summary>
internal static class DnsName
{
    /// <summary>Of a whole name with its length bytes.</summary>
    public const int LongestBytes = 255;

    private const int LongestLabel = 63;
    private const int PointerBits = 0xc0;

    /// <summary>Writes a name; false when it is none.</summary>
    public static bool TryWrite(string name, Span<byte> destination, out int length)
    {
        length = 0;
        foreach (var label in name.Length == 0 ? [] : name.TrimEnd('.').Split('.'))
        {
            if (label.Length is 0 or > LongestLabel || !Ascii.IsValid(label) || length + label.Length + 2 > destination.Length)
            {
                return false;
            }

            destination[length] = (byte)label.Length;
            Encoding.ASCII.GetBytes(label, destination[(length + 1)..]);
            length += 1 + label.Length;
        }

        destination[length++] = 0;
        return true;
    }

    /// <summary>Reads a name and moves behind it; never throws. Pointers must point back, each further than the one before, so that reading ends.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int at, out string name)
    {
        name = "";
        var text = new StringBuilder();
        var position = at;
        var earliest = at;
        var jumped = false;
        while (position < message.Length)
        {
            var length = message[position];
            if (length == 0)
            {
                at = jumped ? at : position + 1;
                name = text.ToString();
                return true;
            }

            if ((length & PointerBits) == PointerBits)
            {
                if (position + 1 >= message.Length)
                {
                    return false;
                }

                var target = ((length & ~PointerBits) << 8) | message[position + 1];
                if (target >= earliest)
                {
                    return false;
                }

                at = jumped ? at : position + 2;
                (jumped, earliest, position) = (true, target, target);
                continue;
            }

            if (length > LongestLabel || position + 1 + length > message.Length || text.Length + length + 1 > LongestBytes)
            {
                return false;
            }

            // A dot within a label would read as two labels.
            var label = message.Slice(position + 1, length);
            if (label.Contains((byte)'.'))
            {
                return false;
            }

            text.Append(text.Length == 0 ? "" : ".").Append(Encoding.Latin1.GetString(label));
            position += 1 + length;
        }

        return false;
    }
}
