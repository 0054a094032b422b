using System.Buffers.Binary;
using System.Runtime.InteropServices;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>What is known of a queued packet besides its payload.</summary>
/// <param name="Arrival">When it was received, by the clock's <see cref="TimeProvider.GetTimestamp"/>.</param>
/// <param name="Ssrc">Its source.</param>
/// <param name="Timestamp">In units of 125 us.</param>
/// <param name="Length">Bytes of payload.</param>
/// <param name="Encoding">What the payload is.</param>
internal readonly record struct QueuedPacket(long Arrival, uint Ssrc, uint Timestamp, int Length, AudioEncoding Encoding);

/// <summary>Hands received audio from the receiving thread to one other, without a lock. When the other does not keep up, packets are dropped and counted.</summary>
internal sealed class PacketQueue(TimeProvider time, int capacity) : IAudioTap
{
    private const int HeaderSize = 24;

    /// <summary>Longer payloads are no speech of the encodings known here: 200 ms.</summary>
    private const int MaxPayload = 1600;

    private readonly byte[] _bytes = new byte[capacity];

    // Positions since the beginning; each is written by one side alone.
    private long _written;
    private long _read;
    private long _dropped;

    /// <summary>Packets that found no place.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public void OnAudio(ReadOnlySpan<byte> payload, in RtpHeader header, AudioEncoding encoding)
    {
        if (payload.Length > MaxPayload)
        {
            return;
        }

        // Packets lie in one piece: what does not fit before the end of the buffer begins at its start, and a zero says so.
        var size = SizeOf(payload.Length);
        var at = (int)(_written % capacity);
        var skipped = at + size > capacity ? capacity - at : 0;
        if (_written + skipped + size - Volatile.Read(ref _read) > capacity)
        {
            Volatile.Write(ref _dropped, _dropped + 1);
            return;
        }

        if (skipped > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_bytes.AsSpan(at), 0);
            at = 0;
        }

        var slot = _bytes.AsSpan(at, size);
        BinaryPrimitives.WriteInt32LittleEndian(slot, size);
        BinaryPrimitives.WriteUInt16LittleEndian(slot[4..], (ushort)payload.Length);
        slot[6] = (byte)encoding;
        MemoryMarshal.Write(slot[8..], time.GetTimestamp());
        MemoryMarshal.Write(slot[16..], header.Ssrc);
        MemoryMarshal.Write(slot[20..], header.Timestamp);
        payload.CopyTo(slot[HeaderSize..]);
        Volatile.Write(ref _written, _written + skipped + size);
    }

    /// <summary>The oldest packet, if there is one. It stays until <see cref="Advance"/>.</summary>
    public bool TryPeek(out QueuedPacket packet, out ReadOnlySpan<byte> payload)
    {
        if (Volatile.Read(ref _written) == _read)
        {
            packet = default;
            payload = default;
            return false;
        }

        var at = (int)(_read % capacity);
        if (BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at)) == 0)
        {
            Volatile.Write(ref _read, _read + capacity - at);
            at = 0;
        }

        var slot = _bytes.AsSpan(at);
        int length = BinaryPrimitives.ReadUInt16LittleEndian(slot[4..]);
        packet = new QueuedPacket(MemoryMarshal.Read<long>(slot[8..]), MemoryMarshal.Read<uint>(slot[16..]), MemoryMarshal.Read<uint>(slot[20..]), length, (AudioEncoding)slot[6]);
        payload = slot.Slice(HeaderSize, length);
        return true;
    }

    /// <summary>Gives the place of the peeked packet free.</summary>
    public void Advance() => Volatile.Write(ref _read, _read + BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan((int)(_read % capacity))));

    /// <summary>Sizes are kept to multiples of 8, so that a zero always has room at the end.</summary>
    private static int SizeOf(int payload) => (HeaderSize + payload + 7) & ~7;
}
