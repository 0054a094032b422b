using System.Net;

namespace CallCenter.Telephony.Rtp;

/// <summary>Decides whose packets are the remote party's: symmetric RTP (RFC 4961) through NAT, without letting a stranger take the stream.</summary>
/// <remarks>
/// The first valid packet latches its source. A packet from the signalled address is always the remote party's. Any other source has to show
/// <see cref="PacketsToRelatch"/> packets in sequence while the latched one is quiet: at once when it goes on with the SSRC of the latched
/// stream (a NAT that rebinds), after <see cref="SilenceToRelatch"/> when it brings its own. One packet of the latched source starts the count anew,
/// so a thief who knows all but is not on the path cannot win against a party that speaks.
/// Not safe for concurrent use.
/// </remarks>
internal sealed class RtpSourceLatch(TimeProvider time)
{
    public const int PacketsToRelatch = 4;

    /// <summary>Longer than a burst of loss, shorter than what a person takes for a dead line.</summary>
    public static readonly TimeSpan SilenceToRelatch = TimeSpan.FromSeconds(2);

    private SocketAddress? _signalled;
    private uint _ssrc;
    private long _lastHeard;

    private SocketAddress? _candidate;
    private uint _candidateSsrc;
    private ushort _candidateSequence;
    private int _candidateCount;

    /// <summary>Where the remote party sends from, once it has been heard. A new instance for each change, never altered.</summary>
    public SocketAddress? Source { get; private set; }

    /// <summary>Tells the address that signalling has named; a changed one ends the latch, since the party itself has moved.</summary>
    public void Signal(SocketAddress address)
    {
        if (_signalled is not null && !_signalled.Equals(address))
        {
            Source = null;
        }

        _signalled = address;
        _candidate = null;
    }

    /// <summary>Whether the packet is the remote party's; latches its source where the rules say so.</summary>
    /// <param name="source">The packet's source address. May be reused by the caller afterwards.</param>
    /// <param name="header">The packet's header.</param>
    /// <param name="negotiated">Whether its payload type was negotiated: only such a packet can latch.</param>
    public bool Accept(SocketAddress source, in RtpHeader header, bool negotiated)
    {
        if (Source is not null && Source.Equals(source))
        {
            _ssrc = header.Ssrc;
            _lastHeard = time.GetTimestamp();
            _candidate = null;
            return true;
        }

        if (!negotiated)
        {
            return false;
        }

        if (Source is null || (_signalled is not null && _signalled.Equals(source)) || HasEarnedIt(source, header))
        {
            Latch(source, header);
            return true;
        }

        return false;
    }

    private void Latch(SocketAddress source, in RtpHeader header)
    {
        Source = Copy(source);
        _ssrc = header.Ssrc;
        _lastHeard = time.GetTimestamp();
        _candidate = null;
    }

    private bool HasEarnedIt(SocketAddress source, in RtpHeader header)
    {
        var goesOn = _candidate is not null
            && _candidate.Equals(source)
            && header.Ssrc == _candidateSsrc
            && header.SequenceNumber == (ushort)(_candidateSequence + 1);
        if (!goesOn)
        {
            if (_candidate is null || !_candidate.Equals(source))
            {
                _candidate = Copy(source);
            }

            _candidateSsrc = header.Ssrc;
            _candidateCount = 0;
        }

        _candidateSequence = header.SequenceNumber;
        _candidateCount++;
        return _candidateCount >= PacketsToRelatch
            && (header.Ssrc == _ssrc || time.GetElapsedTime(_lastHeard) >= SilenceToRelatch);
    }

    /// <summary>Whether both name the same machine, at whatever port.</summary>
    public static bool IsSameHost(SocketAddress one, SocketAddress? other)
    {
        if (other is null || one.Family != other.Family)
        {
            return false;
        }

        // struct sockaddr_in: family, port, address; sockaddr_in6: family, port, flow, address.
        var (offset, length) = one.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 ? (8, 16) : (4, 4);
        return one.Buffer.Span.Slice(offset, length).SequenceEqual(other.Buffer.Span.Slice(offset, length));
    }

    /// <summary>An address of its own, since receivers use theirs again.</summary>
    public static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }
}
