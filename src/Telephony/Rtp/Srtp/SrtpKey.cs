using System.Security.Cryptography;

namespace CallCenter.Telephony.Rtp;

/// <summary>A suite of RFC 4568 section 6.2; they differ in the length of the RTP tag only.</summary>
internal enum SrtpSuite
{
    /// <summary>AES_CM_128_HMAC_SHA1_80: a tag of 10 bytes.</summary>
    Tag80,

    /// <summary>AES_CM_128_HMAC_SHA1_32: a tag of 4 bytes, 10 for SRTCP.</summary>
    Tag32,
}

/// <summary>Master key and master salt of one direction (RFC 3711 section 8.2): 16 and 14 bytes.</summary>
internal sealed class SrtpKey : IEquatable<SrtpKey>
{
    public const int KeyLength = 16;
    public const int SaltLength = 14;
    public const int Length = KeyLength + SaltLength;

    private readonly byte[] _bytes;

    /// <exception cref="ArgumentException">Not <see cref="Length"/> bytes.</exception>
    public SrtpKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            throw new ArgumentException($"A master key and salt are {Length} bytes, not {bytes.Length}", nameof(bytes));
        }

        _bytes = bytes.ToArray();
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    public ReadOnlySpan<byte> Key => _bytes.AsSpan(0, KeyLength);

    public ReadOnlySpan<byte> Salt => _bytes.AsSpan(KeyLength);

    public static SrtpKey Random() => new(RandomNumberGenerator.GetBytes(Length));

    public bool Equals(SrtpKey? other) => other is not null && CryptographicOperations.FixedTimeEquals(_bytes, other._bytes);

    public override bool Equals(object? obj) => Equals(obj as SrtpKey);

    public override int GetHashCode() => BitConverter.ToInt32(_bytes);
}

/// <summary>What both sides of a stream encrypt with.</summary>
/// <param name="Suite">Of both directions.</param>
/// <param name="Local">What we send.</param>
/// <param name="Remote">What we receive.</param>
internal sealed record SrtpKeys(SrtpSuite Suite, SrtpKey Local, SrtpKey Remote);
