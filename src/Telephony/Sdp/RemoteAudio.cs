using System.Globalization;
using System.Net;
using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Sdp;

/// <summary>What the remote party's description says of its audio, besides the codecs.</summary>
/// <param name="Rtp">Where it wants packets; null when it holds by the address 0.0.0.0 or ::.</param>
/// <param name="Direction">As it wrote it.</param>
internal sealed record RemoteAudio(IPEndPoint? Rtp, MediaDirection Direction)
{
    private const int DefaultPacketMilliseconds = 20;
    private const int ShortestPacketMilliseconds = 10;
    private const int LongestPacketMilliseconds = 100;

    /// <summary>Where it wants RTCP.</summary>
    public IPEndPoint? Rtcp { get; init; }

    /// <summary>It takes RTCP on the port of RTP (RFC 5761).</summary>
    public bool HasMuxedControl { get; init; }

    public TimeSpan PacketTime { get; init; } = TimeSpan.FromMilliseconds(DefaultPacketMilliseconds);

    public SrtpKeys? Keys { get; init; }

    /// <summary>Reads a media section whose address is known already.</summary>
    public static RemoteAudio Of(MediaDescription media, MediaDirection direction, IPEndPoint? rtp)
    {
        var muxed = ValueOf(media, "rtcp-mux") is not null;
        return new RemoteAudio(rtp, direction)
        {
            Rtcp = muxed ? rtp : ControlOf(media, rtp),
            HasMuxedControl = muxed,
            PacketTime = PacketTimeOf(media),
        };
    }

    /// <summary>The next port unless a=rtcp says otherwise (RFC 3605); an address there that cannot be used is passed over.</summary>
    private static IPEndPoint? ControlOf(MediaDescription media, IPEndPoint? rtp)
    {
        if (rtp is null)
        {
            return null;
        }

        var parts = ValueOf(media, "rtcp")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var address = rtp.Address;
        if (parts is [_, "IN", var type, var written]
            && new SdpConnection(type, written).TryGetAddress(out var named)
            && named.AddressFamily == address.AddressFamily)
        {
            address = named;
        }

        return parts.Length > 0 && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? new IPEndPoint(address, port)
            : new IPEndPoint(address, Math.Min(rtp.Port + 1, IPEndPoint.MaxPort));
    }

    /// <summary>What it wishes (ptime), within what it can take (maxptime), in whole tens of milliseconds (RFC 8866 sections 6.4 and 6.5).</summary>
    private static TimeSpan PacketTimeOf(MediaDescription media)
    {
        var wished = Number(media, "ptime") ?? DefaultPacketMilliseconds;
        var most = Math.Min(Number(media, "maxptime") ?? LongestPacketMilliseconds, LongestPacketMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Max(ShortestPacketMilliseconds, Math.Min(wished, most) / 10 * 10));
    }

    // Some write fractions (RFC 4566 allowed them): "ptime:20.0".
    private static int? Number(MediaDescription media, string name) =>
        double.TryParse(ValueOf(media, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 1 and < 10_000
            ? (int)value
            : null;

    /// <summary>An attribute's value, empty for one without; null when it is not there.</summary>
    private static string? ValueOf(MediaDescription media, string name)
    {
        foreach (var attribute in media.Attributes)
        {
            if (attribute.Name == name)
            {
                return attribute.Value ?? "";
            }
        }

        return null;
    }
}
