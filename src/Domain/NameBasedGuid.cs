using System.Security.Cryptography;
using System.Text;

namespace CallCenter.Domain;

/// <summary>Ids that follow from what they name, so that who meets the same thing twice finds it there (UUID version 5, RFC 9562 section 5.5).</summary>
public static class NameBasedGuid
{
    public static Guid Of(Guid space, string name)
    {
        var text = Encoding.UTF8.GetBytes(name);
        var input = new byte[16 + text.Length];
        space.TryWriteBytes(input, bigEndian: true, out _);
        text.CopyTo(input, 16);

        // The RFC prescribes SHA-1; nothing here rests on its strength.
#pragma warning disable CA5350
        var hash = SHA1.HashData(input).AsSpan(0, 16);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true);
    }
}
