using System.Net;

namespace CallCenter.Telephony.Media;

/// <summary>No free pair of an even RTP and the following odd RTCP port is left in the configured range.</summary>
public sealed class MediaPortsExhaustedException(IPAddress address, PortRange ports)
    : Exception($"No free RTP/RTCP port pair is left on {address} in {ports.First}-{ports.Last}.")
{
    /// <summary>The address that was to be bound.</summary>
    public IPAddress Address { get; } = address;

    /// <summary>The range that is used up.</summary>
    public PortRange Ports { get; } = ports;
}
