namespace CallCenter.Telephony.Media;

/// <summary>What one leg has sent and received since it was made.</summary>
/// <param name="PacketsSent">RTP packets handed to the network.</param>
/// <param name="BytesSent">RTP bytes sent, headers included, UDP and IP headers not.</param>
/// <param name="PacketsReceived">RTP packets accepted from the remote party.</param>
/// <param name="BytesReceived">RTP bytes received in those packets, headers included.</param>
/// <param name="PacketsLost">Expected less received, over all sources (RFC 3550 A.3); never negative.</param>
/// <param name="PacketsDiscarded">Packets thrown away: malformed, or from an address that is not the remote party's.</param>
/// <param name="SendFailures">Packets that the network stack refused.</param>
/// <param name="PacketsUnrelayed">Packets of the bridged leg in a codec that this leg does not have.</param>
/// <param name="Jitter">Interarrival jitter of the present source (RFC 3550 A.8).</param>
public readonly record struct MediaStatistics(
    long PacketsSent,
    long BytesSent,
    long PacketsReceived,
    long BytesReceived,
    long PacketsLost,
    long PacketsDiscarded,
    long SendFailures,
    long PacketsUnrelayed,
    TimeSpan Jitter);
