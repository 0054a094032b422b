using System.Buffers.Binary;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Reads keys pressed out of telephone events (RFC 4733): each key once, when it is released, however its packets are repeated, lost or out of order. Not safe for concurrent use.</summary>
internal sealed class TelephoneEventReader(TimeProvider time, Action<DtmfDigit, ForeignCodec?> handler)
{
    private const int BlockLength = 4;
    private const byte EndBit = 0x80;

    /// <summary>An event of which nothing more comes is over (section 2.5.2.2 asks for three packet intervals at least).</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private bool _known;
    private bool _open;
    private uint _ssrc;
    private byte _event;
    private uint _start;
    private uint _duration;
    private long _earlierSegments;
    private int _clock;
    private long _lastPacketAt;
    private ForeignCodec? _foreign;

    /// <summary>Takes a packet of events.</summary>
    /// <param name="header">Its header; the timestamp is the beginning of its first event.</param>
    /// <param name="payload">Blocks of 4 bytes, one for each event, each beginning where the one before ends (section 2.5.1.5).</param>
    /// <param name="clock">Of timestamps and durations, in Hz.</param>
    /// <param name="foreign">The format's name where its clock is not 8 kHz; handed on.</param>
    public void Take(in RtpHeader header, ReadOnlySpan<byte> payload, int clock, ForeignCodec? foreign)
    {
        _foreign = foreign;
        if (header.Ssrc != _ssrc)
        {
            // Another source, whose timestamps have nothing to do with those before.
            (_ssrc, _known) = (header.Ssrc, false);
        }

        var start = header.Timestamp;
        while (payload.Length >= BlockLength)
        {
            var duration = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]);
            TakeBlock(start, payload[0], (payload[1] & EndBit) != 0, duration, clock, header.Marker);
            start += duration;
            payload = payload[BlockLength..];
        }
    }

    /// <summary>Ends an event of which nothing has come for a while: its end was lost.</summary>
    public void EndOverdue()
    {
        if (_open && time.GetElapsedTime(_lastPacketAt) > Patience)
        {
            End();
        }
    }

    private void TakeBlock(uint start, byte code, bool isEnd, ushort duration, int clock, bool marker)
    {
        if (code >= DtmfDigit.Digits.Length)
        {
            return;
        }

        var ahead = unchecked((int)(start - _start));
        if (_known && ahead < 0 && -ahead < clock * 60)
        {
            // A late packet of an event that is over.
            return;
        }

        if (!_known || ahead != 0 || code != _event)
        {
            Begin(start, code, clock, marker);
        }
        else if (!_open)
        {
            // The end, again: it is sent three times.
            return;
        }

        _lastPacketAt = time.GetTimestamp();
        _duration = Math.Max(_duration, duration);
        if (isEnd)
        {
            End();
        }
    }

    private void Begin(uint start, byte code, int clock, bool marker)
    {
        // A key held for longer than the duration can say goes on in a further segment, which begins where the former ended and has no marker (section 2.5.1.3);
        // by how much, is not known when that one's last packet was lost.
        var goesOn = _open && code == _event && clock == _clock && _known && !marker && start - _start <= _duration + (clock / 16);
        if (goesOn)
        {
            _earlierSegments += _duration;
        }
        else
        {
            if (_open)
            {
                End();
            }

            _earlierSegments = 0;
        }

        (_known, _open, _event, _start, _duration, _clock) = (true, true, code, start, 0, clock);
    }

    private void End()
    {
        _open = false;
        handler(new DtmfDigit(DtmfDigit.Digits[_event], TimeSpan.FromSeconds((double)(_earlierSegments + _duration) / _clock)), _foreign);
    }
}
