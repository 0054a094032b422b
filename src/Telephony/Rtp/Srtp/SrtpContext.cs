using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.Telephony.Rtp;

/// <summary>The session keys of one direction and what is done with them (RFC 3711 sections 4.1 to 4.3): AES in counter mode and HMAC-SHA1. Not safe for concurrent use.</summary>
/// <remarks>Keyed once; a packet costs no allocation.</remarks>
internal sealed class SrtpContext : IDisposable
{
    /// <summary>Of every SRTCP packet, and of RTP in the suite with the long tag.</summary>
    public const int LongTag = 10;

    private const int BlockLength = 16;
    private const int AuthenticationKeyLength = 20;

    // Counter blocks in, key stream out; as long as the longest datagram. A few threads serve all legs, so these are theirs.
    [ThreadStatic]
    private static byte[]? t_counters;

    [ThreadStatic]
    private static byte[]? t_stream;

    private readonly byte[] _salt = new byte[SrtpKey.SaltLength];
    private readonly byte[] _digest = new byte[AuthenticationKeyLength];
    private readonly Aes _aes = Aes.Create();
    private readonly ICryptoTransform _cipher;
    private readonly IncrementalHash _mac;

    /// <param name="key">Master key and salt.</param>
    /// <param name="isControl">For SRTCP, whose keys are derived under other labels.</param>
    public SrtpContext(SrtpKey key, bool isControl)
    {
        // Section 4.3.2: encryption 0, authentication 1, salting 2; SRTCP 3 to 5.
        var label = (byte)(isControl ? 3 : 0);
        Span<byte> encryption = stackalloc byte[SrtpKey.KeyLength];
        Span<byte> authentication = stackalloc byte[AuthenticationKeyLength];
        Derive(key, label, encryption);
        Derive(key, (byte)(label + 1), authentication);
        Derive(key, (byte)(label + 2), _salt);

        _aes.SetKey(encryption);
        _aes.Mode = CipherMode.ECB;
        _aes.Padding = PaddingMode.None;
        _cipher = _aes.CreateEncryptor();
        _mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA1, authentication);
    }

    public static int TagLength(SrtpSuite suite) => suite == SrtpSuite.Tag80 ? LongTag : 4;

    /// <summary>Encrypts or decrypts in place (section 4.1.1).</summary>
    /// <param name="payload">What the header leaves, <see cref="DatagramLoop.BufferSize"/> bytes at most.</param>
    /// <param name="ssrc">Of the packet.</param>
    /// <param name="index">48 bits for RTP, 31 for RTCP.</param>
    public void Cipher(Span<byte> payload, uint ssrc, ulong index)
    {
        if (payload.IsEmpty)
        {
            return;
        }

        // The counter block is the salt, with the SSRC added at byte 4 and the index at byte 8, and the block's number in the last two bytes.
        Span<byte> start = stackalloc byte[BlockLength];
        start.Clear();
        _salt.CopyTo(start);
        BinaryPrimitives.WriteUInt32BigEndian(start[4..], BinaryPrimitives.ReadUInt32BigEndian(start[4..]) ^ ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(start[6..], BinaryPrimitives.ReadUInt64BigEndian(start[6..]) ^ index);

        var counters = t_counters ??= new byte[DatagramLoop.BufferSize];
        var stream = t_stream ??= new byte[DatagramLoop.BufferSize];
        var blocks = (payload.Length + BlockLength - 1) / BlockLength;
        for (var i = 0; i < blocks; i++)
        {
            var block = counters.AsSpan(i * BlockLength, BlockLength);
            start.CopyTo(block);
            BinaryPrimitives.WriteUInt16BigEndian(block[14..], (ushort)i);
        }

        _cipher.TransformBlock(counters, 0, blocks * BlockLength, stream, 0);
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= stream[i];
        }
    }

    /// <summary>The tag over the data and what follows it in the computation only (section 4.2).</summary>
    public void Authenticate(ReadOnlySpan<byte> data, ReadOnlySpan<byte> implicitRest, Span<byte> tag)
    {
        _mac.AppendData(data);
        _mac.AppendData(implicitRest);
        _mac.GetHashAndReset(_digest);
        _digest.AsSpan(0, tag.Length).CopyTo(tag);
    }

    /// <summary>Whether the tag is right; takes the same time wherever it differs.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> implicitRest, ReadOnlySpan<byte> tag)
    {
        Span<byte> expected = stackalloc byte[LongTag];
        expected = expected[..tag.Length];
        Authenticate(data, implicitRest, expected);
        return CryptographicOperations.FixedTimeEquals(expected, tag);
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _aes.Dispose();
        _mac.Dispose();
    }

    /// <summary>Section 4.3.1 with a key derivation rate of 0: the key stream under the master key, at the salt with the label in byte 7.</summary>
    internal static void Derive(SrtpKey key, byte label, Span<byte> derived)
    {
        Span<byte> counter = stackalloc byte[BlockLength];
        Span<byte> block = stackalloc byte[BlockLength];
        counter.Clear();
        key.Salt.CopyTo(counter);
        counter[7] ^= label;
        using var aes = Aes.Create();
        aes.SetKey(key.Key);
        for (byte i = 0; !derived.IsEmpty; i++)
        {
            counter[15] = i;
            aes.EncryptEcb(counter, block, PaddingMode.None);
            var taken = Math.Min(BlockLength, derived.Length);
            block[..taken].CopyTo(derived);
            derived = derived[taken..];
        }
    }
}
