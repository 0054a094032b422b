using System.Security.Cryptography;

namespace CallCenter.Telephony.Rtp;

/// <summary>
/// The one RTP stream that a leg sends. Whatever feeds it (a player, one relayed party after another), the receiver sees one SSRC whose
/// sequence numbers and timestamps run on.
/// </summary>
/// <remarks>
/// Each feed is a run. A run's first packet gets the next sequence number, a timestamp moved on by the time that has passed, and the marker
/// bit (RFC 3551 section 4.1: the first packet after a gap). Inside a relayed run the sender's own steps are kept, so losses and
/// reordering before us stay visible to the receiver, and packets of one DTMF event keep one timestamp (RFC 4733 section 2.2.1).
/// </remarks>
internal sealed class RtpOutput
{
    private readonly TimeProvider _time;
    private readonly int _samplesPerPacket;
    private readonly int _ownClockRate;
    private int _clockRate;

    private Feed _feed;
    private ushort _lastSequence;
    private uint _lastTimestamp;
    private long _lastStepAt;
    private int _lastSamples;

    private uint _relayedSsrc;
    private ushort _relayedHighest;
    private int _relayedSpan;
    private ushort _sequenceOffset;
    private uint _timestampOffset;

    /// <param name="time">Tells how far timestamps move while nothing is sent.</param>
    /// <param name="clockRate">Of what we make ourselves, in Hz.</param>
    /// <param name="samplesPerPacket">Least step of the timestamp from one run to the next.</param>
    public RtpOutput(TimeProvider time, int clockRate, int samplesPerPacket)
        : this(time, clockRate, samplesPerPacket, RandomUInt32(), (ushort)RandomUInt32(), RandomUInt32())
    {
    }

    internal RtpOutput(TimeProvider time, int clockRate, int samplesPerPacket, uint ssrc, ushort firstSequence, uint firstTimestamp)
    {
        _time = time;
        _ownClockRate = clockRate;
        _clockRate = clockRate;
        _samplesPerPacket = samplesPerPacket;
        Ssrc = ssrc;
        _lastSequence = (ushort)(firstSequence - 1);
        _lastTimestamp = firstTimestamp - (uint)samplesPerPacket;
        _lastStepAt = time.GetTimestamp();
    }

    private enum Feed
    {
        None,
        Generated,
        Relayed,
        Event,
    }

    /// <summary>Chosen at random (RFC 3550 section 8.1).</summary>
    public uint Ssrc { get; }

    /// <summary>Of the timestamps, in Hz: that of the latest codec.</summary>
    public int Clock => _clockRate;

    /// <summary>What the timestamp of a packet would be now, for reports.</summary>
    public uint TimestampNow => _lastTimestamp + Elapsed;

    /// <summary>The next packet starts a new run: nothing was sent for a while, or somebody else feeds the stream from now on.</summary>
    public void EndRun() => _feed = Feed.None;

    /// <summary>Header of the next packet that we make ourselves.</summary>
    /// <param name="payloadType">Of the packet.</param>
    /// <param name="samples">How far the one after it is to move the timestamp on.</param>
    public RtpHeader NextGenerated(byte payloadType, int samples)
    {
        var starts = _feed != Feed.Generated;
        _feed = Feed.Generated;
        _clockRate = _ownClockRate;
        var timestamp = starts ? TimestampOfNewRun() : _lastTimestamp + (uint)_lastSamples;
        _lastSamples = samples;
        return Sent(payloadType, marker: starts, (ushort)(_lastSequence + 1), timestamp);
    }

    /// <summary>Header of the next packet of a telephone event that we make: all packets of one have the timestamp of its beginning (RFC 4733 section 2.2.1).</summary>
    public RtpHeader NextEvent(byte payloadType, bool begins)
    {
        _feed = Feed.Event;
        return Sent(payloadType, marker: begins, (ushort)(_lastSequence + 1), begins ? TimestampOfNewRun() : _lastTimestamp);
    }

    /// <summary>Header under which a packet of another stream goes on.</summary>
    /// <param name="source">The header it came with.</param>
    /// <param name="payloadType">Of the packet as it goes on.</param>
    /// <param name="clockRate">Of its timestamp, in Hz.</param>
    /// <param name="header">What to send it under.</param>
    /// <returns>False for a late packet from before the run: its sequence number is already used.</returns>
    public bool TryNextRelayed(in RtpHeader source, byte payloadType, int clockRate, out RtpHeader header)
    {
        _clockRate = clockRate;
        var ahead = (short)(source.SequenceNumber - _relayedHighest);
        var starts = _feed != Feed.Relayed
            || source.Ssrc != _relayedSsrc
            || ahead is > RtpReceiveStatistics.MaxDropout or < -RtpReceiveStatistics.MaxDropout;
        if (starts)
        {
            _feed = Feed.Relayed;
            _relayedSsrc = source.Ssrc;
            _relayedHighest = source.SequenceNumber;
            _relayedSpan = 0;
            _sequenceOffset = (ushort)(_lastSequence + 1 - source.SequenceNumber);
            _timestampOffset = TimestampOfNewRun() - source.Timestamp;
        }
        else if (ahead > 0)
        {
            _relayedHighest = source.SequenceNumber;
            _relayedSpan = Math.Min(_relayedSpan + ahead, RtpReceiveStatistics.MaxDropout);
        }
        else if (-ahead > _relayedSpan)
        {
            header = default;
            return false;
        }

        header = Sent(
            payloadType,
            starts || source.Marker,
            (ushort)(source.SequenceNumber + _sequenceOffset),
            source.Timestamp + _timestampOffset);
        return true;
    }

    private static uint RandomUInt32()
    {
        Span<byte> bytes = stackalloc byte[4];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt32(bytes);
    }

    private uint Elapsed => (uint)(_time.GetElapsedTime(_lastStepAt).Ticks * _clockRate / TimeSpan.TicksPerSecond);

    private uint TimestampOfNewRun() => _lastTimestamp + Math.Max((uint)_samplesPerPacket, Elapsed);

    private RtpHeader Sent(byte payloadType, bool marker, ushort sequence, uint timestamp)
    {
        // A reordered packet goes out under its own numbers, but the stream stays as far on as it was.
        if ((short)(sequence - _lastSequence) > 0)
        {
            // The packets of an event share one timestamp: time is counted from the first.
            if (timestamp != _lastTimestamp)
            {
                _lastStepAt = _time.GetTimestamp();
            }

            _lastSequence = sequence;
            _lastTimestamp = timestamp;
        }

        return new RtpHeader { Marker = marker, PayloadType = payloadType, SequenceNumber = sequence, Timestamp = timestamp, Ssrc = Ssrc };
    }
}
