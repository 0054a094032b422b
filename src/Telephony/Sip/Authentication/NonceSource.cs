using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace CallCenter.Telephony.Sip;

/// <summary>How good a nonce and its count are.</summary>
internal enum NonceVerdict
{
    Good,

    /// <summary>Ours, but expired, or with a count that was used before or lies too far back: worth a new try with the same password (RFC 7616 section 3.3, stale).</summary>
    Stale,

    /// <summary>Not made by this process.</summary>
    Forged,
}

/// <summary>
/// Makes and checks nonces. A nonce carries its time under a keyed hash, so that challenges cost no memory whoever asks for them; a count is remembered only for
/// nonces with which someone has proved a password. Requests that overtake each other are taken in any order within the last 64 counts, each count once. The key lives as long as the process: after a restart phones are challenged anew. Belongs to the loop.
/// </summary>
internal sealed class NonceSource(TimeProvider time)
{
    private const int TimeBytes = 8;
    private const int RandomBytes = 8;
    private const int SignatureBytes = 16;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly Dictionary<string, UsedCounts> _counts = [];
    private readonly Queue<(string Nonce, DateTimeOffset Expires)> _expiring = new();

    public string New()
    {
        Span<byte> nonce = stackalloc byte[TimeBytes + RandomBytes + SignatureBytes];
        BinaryPrimitives.WriteInt64BigEndian(nonce, time.GetUtcNow().ToUnixTimeMilliseconds());
        RandomNumberGenerator.Fill(nonce.Slice(TimeBytes, RandomBytes));
        Sign(nonce[..(TimeBytes + RandomBytes)], nonce[(TimeBytes + RandomBytes)..]);
        return Base64Url.EncodeToString(nonce);
    }

    /// <summary>Judges a nonce and the count that comes with it; nothing is remembered yet.</summary>
    public NonceVerdict Check(string nonce, uint count)
    {
        Span<byte> bytes = stackalloc byte[TimeBytes + RandomBytes + SignatureBytes];
        Span<byte> expected = stackalloc byte[SignatureBytes];
        if (!Base64Url.IsValid(nonce, out var length) || length != bytes.Length || !Base64Url.TryDecodeFromChars(nonce, bytes, out _))
        {
            return NonceVerdict.Forged;
        }

        Sign(bytes[..(TimeBytes + RandomBytes)], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, bytes[(TimeBytes + RandomBytes)..]))
        {
            return NonceVerdict.Forged;
        }

        var made = DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(bytes));
        return time.GetUtcNow() - made <= Lifetime && _counts.GetValueOrDefault(nonce).Allows(count) ? NonceVerdict.Good : NonceVerdict.Stale;
    }

    /// <summary>Remembers the count of a nonce that proved a password, so that it cannot be replayed.</summary>
    public void Use(string nonce, uint count)
    {
        var now = time.GetUtcNow();
        while (_expiring.TryPeek(out var oldest) && oldest.Expires < now)
        {
            _counts.Remove(oldest.Nonce);
            _expiring.Dequeue();
        }

        if (!_counts.ContainsKey(nonce))
        {
            // Kept a lifetime from its first use, by when the nonce itself has expired.
            _expiring.Enqueue((nonce, now + Lifetime));
        }

        _counts[nonce] = _counts.GetValueOrDefault(nonce).With(count);
    }

    private void Sign(ReadOnlySpan<byte> text, Span<byte> signature)
    {
        Span<byte> whole = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text, whole);
        whole[..SignatureBytes].CopyTo(signature);
    }

    /// <summary>The highest count of a nonce, and which of the 64 up to it have been used: bit 0 is the highest.</summary>
    private readonly record struct UsedCounts(uint Highest, ulong Seen)
    {
        private const int Width = 64;

        public bool Allows(uint count) => count > Highest || (count > 0 && Highest - count is < Width and var back && (Seen >> (int)back & 1) == 0);

        public UsedCounts With(uint count) => count <= Highest
            ? this with { Seen = Seen | 1UL << (int)(Highest - count) }
            : new(count, (count - Highest is < Width and var forward ? Seen << (int)forward : 0) | 1);
    }
}
