namespace CallCenter.Telephony.Sdp;

/// <summary>Which ways a stream flows, seen from the side that wrote the description (RFC 8866 section 6.7).</summary>
[Flags]
internal enum MediaDirection
{
    Inactive = 0,
    SendOnly = 1,
    RecvOnly = 2,
    SendRecv = SendOnly | RecvOnly,
}

internal static class MediaDirections
{
    /// <summary>Of a media section: its own attribute, else the session's, else sendrecv.</summary>
    public static MediaDirection Of(MediaDescription media, SessionDescription session) =>
        In(media.Attributes) ?? In(session.Attributes) ?? MediaDirection.SendRecv;

    /// <summary>The attribute's name.</summary>
    public static string Name(MediaDirection direction) => direction switch
    {
        MediaDirection.Inactive => "inactive",
        MediaDirection.SendOnly => "sendonly",
        MediaDirection.RecvOnly => "recvonly",
        MediaDirection.SendRecv => "sendrecv",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The same stream seen from the other side.</summary>
    public static MediaDirection Reversed(MediaDirection direction) => direction switch
    {
        MediaDirection.SendOnly => MediaDirection.RecvOnly,
        MediaDirection.RecvOnly => MediaDirection.SendOnly,
        _ => direction,
    };

    private static MediaDirection? In(IReadOnlyList<SdpAttribute> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute is { Value: null, Name: "sendrecv" or "sendonly" or "recvonly" or "inactive" })
            {
                return attribute.Name switch
                {
                    "sendonly" => MediaDirection.SendOnly,
                    "recvonly" => MediaDirection.RecvOnly,
                    "inactive" => MediaDirection.Inactive,
                    _ => MediaDirection.SendRecv,
                };
            }
        }

        return null;
    }
}
