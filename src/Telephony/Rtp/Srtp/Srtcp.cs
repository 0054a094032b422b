using System.Buffers.Binary;

namespace CallCenter.Telephony.Rtp;

/// <summary>Protects the RTCP that a leg sends and opens what it receives (RFC 3711 section 3.4). Its tag is the long one in both suites (RFC 4568 section 6.2). Not safe for concurrent use.</summary>
internal sealed class Srtcp(SrtpKeys keys) : IDisposable
{
    /// <summary>What protection adds to a packet, in bytes: flag and index, and the tag.</summary>
    public const int Overhead = IndexLength + SrtpContext.LongTag;

    private const int IndexLength = 4;

    /// <summary>Header and SSRC of the first packet stay readable.</summary>
    private const int ClearLength = 8;

    private const uint EncryptedFlag = 0x8000_0000;

    private readonly SrtpContext _sending = new(keys.Local, isControl: true);
    private readonly SrtpContext _receiving = new(keys.Remote, isControl: true);
    private ReplayWindow _window;
    private uint _lastIndex;

    public SrtpKeys Keys { get; } = keys;

    /// <summary>Protects a compound packet in place.</summary>
    /// <param name="buffer">The packet, with room for <see cref="Overhead"/> after it.</param>
    /// <param name="length">Of the packet.</param>
    /// <returns>Its length on the wire.</returns>
    public int Protect(Span<byte> buffer, int length)
    {
        _lastIndex = (_lastIndex + 1) & ~EncryptedFlag;
        _sending.Cipher(buffer[ClearLength..length], BinaryPrimitives.ReadUInt32BigEndian(buffer[4..]), _lastIndex);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[length..], EncryptedFlag | _lastIndex);
        _sending.Authenticate(buffer[..(length + IndexLength)], [], buffer.Slice(length + IndexLength, SrtpContext.LongTag));
        return length + Overhead;
    }

    /// <summary>Opens a compound packet in place.</summary>
    /// <returns>False for what is not genuine or was seen before.</returns>
    public bool TryOpen(ref Span<byte> packet)
    {
        var length = packet.Length - Overhead;
        if (length < ClearLength)
        {
            return false;
        }

        var trailer = BinaryPrimitives.ReadUInt32BigEndian(packet[length..]);
        var index = trailer & ~EncryptedFlag;
        if (!_window.IsNew(index) || !_receiving.Verify(packet[..(length + IndexLength)], [], packet[(length + IndexLength)..]))
        {
            return false;
        }

        _window.Take(index);
        if ((trailer & EncryptedFlag) != 0)
        {
            _receiving.Cipher(packet[ClearLength..length], BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), index);
        }

        packet = packet[..length];
        return true;
    }

    public void Dispose()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }
}
