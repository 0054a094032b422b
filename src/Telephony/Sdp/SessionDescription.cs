using System.Globalization;
using System.Text;

namespace CallCenter.Telephony.Sdp;

/// <summary>A session description (RFC 8866), as far as telephony needs it: i=, u=, e=, p=, b=, r=, z= and k= lines are checked for their place and dropped.</summary>
internal sealed record SessionDescription
{
    public required SdpOrigin Origin { get; init; }

    public string SessionName { get; init; } = "-";

    /// <summary>Holds for every media section that names none of its own.</summary>
    public SdpConnection? Connection { get; init; }

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];

    public IReadOnlyList<MediaDescription> Media { get; init; } = [];

    /// <summary>The description as text, lines ended by CRLF, with a session that is not bounded in time (t=0 0).</summary>
    public string Write()
    {
        var text = new StringBuilder(512);
        text.Append(CultureInfo.InvariantCulture, $"v=0\r\no={Origin.UserName} {Origin.SessionId} {Origin.SessionVersion} IN {Origin.Address}\r\ns={SessionName}\r\n");
        WriteConnection(text, Connection);
        text.Append("t=0 0\r\n");
        WriteAttributes(text, Attributes);
        foreach (var media in Media)
        {
            text.Append(CultureInfo.InvariantCulture, $"m={media.Kind} {media.Port} {media.Protocol} {string.Join(' ', media.Formats)}\r\n");
            WriteConnection(text, media.Connection);
            WriteAttributes(text, media.Attributes);
        }

        return text.ToString();
    }

    private static void WriteConnection(StringBuilder text, SdpConnection? connection)
    {
        if (connection is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"c=IN {connection}\r\n");
        }
    }

    private static void WriteAttributes(StringBuilder text, IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            text.Append("a=").Append(attribute.Name);
            if (attribute.Value is not null)
            {
                text.Append(':').Append(attribute.Value);
            }

            text.Append("\r\n");
        }
    }
}

/// <summary>The o= line (RFC 8866 section 5.2).</summary>
/// <param name="UserName">No spaces; "-" where there are no users.</param>
/// <param name="SessionId">Decimal digits, of any length.</param>
/// <param name="SessionVersion">Decimal digits, of any length; one more for every change.</param>
/// <param name="Address">Of the machine that made the session.</param>
internal sealed record SdpOrigin(string UserName, string SessionId, string SessionVersion, SdpConnection Address);

/// <summary>An a= line (RFC 8866 section 5.13).</summary>
/// <param name="Name">Compared with case (section 5.13).</param>
/// <param name="Value">Null for a property attribute.</param>
internal readonly record struct SdpAttribute(string Name, string? Value = null);

/// <summary>One m= section (RFC 8866 section 5.14).</summary>
internal sealed record MediaDescription
{
    /// <summary>"audio", "video" and so on.</summary>
    public required string Kind { get; init; }

    /// <summary>0 to 65535; 0 refuses the stream (RFC 3264 section 6).</summary>
    public required int Port { get; init; }

    /// <summary>"RTP/AVP" and so on.</summary>
    public required string Protocol { get; init; }

    /// <summary>Payload types, best first, where the protocol is an RTP profile.</summary>
    public required IReadOnlyList<string> Formats { get; init; }

    /// <summary>Overrides the session's.</summary>
    public SdpConnection? Connection { get; init; }

    public IReadOnlyList<SdpAttribute> Attributes { get; init; } = [];
}
