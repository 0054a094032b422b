namespace CallCenter.Telephony.Sdp;

/// <summary>The audio payload types that need no rtpmap (RFC 3551 section 6, table 4).</summary>
internal static class StaticPayloadTypes
{
    private static readonly string?[] Maps =
    [
        "PCMU/8000", null, null, "GSM/8000", "G723/8000", "DVI4/8000", "DVI4/16000", "LPC/8000", "PCMA/8000", "G722/8000",
        "L16/44100/2", "L16/44100", "QCELP/8000", "CN/8000", "MPA/90000", "G728/8000", "DVI4/11025", "DVI4/22050", "G729/8000",
    ];

    /// <summary>What rtpmap would say of the type; null for a type that is dynamic, reserved or video.</summary>
    public static string? RtpMap(byte payloadType) => payloadType < Maps.Length ? Maps[payloadType] : null;
}
