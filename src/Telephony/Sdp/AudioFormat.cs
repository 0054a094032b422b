using System.Globalization;

namespace CallCenter.Telephony.Sdp;

/// <summary>What an RTP payload is.</summary>
internal enum AudioEncoding : byte
{
    /// <summary>Not negotiated: comfort noise, video, anything else.</summary>
    Unknown,

    /// <summary>G.711 u-law, 8 kHz.</summary>
    Pcmu,

    /// <summary>G.711 A-law, 8 kHz.</summary>
    Pcma,

    /// <summary>DTMF digits as events (RFC 4733).</summary>
    TelephoneEvent,

    /// <summary>G.722 at 64 kbit/s. It samples at 16 kHz, but its RTP clock is 8 kHz by an old mistake that stays (RFC 3551 section 4.5.2).</summary>
    G722,

    /// <summary>A codec that is only passed on between legs that both have it, such as Opus; <see cref="AudioFormat.Foreign"/> says which.</summary>
    Foreign,
}

/// <summary>A payload type and what it stands for in one direction of one session.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Encoding">Never <see cref="AudioEncoding.Unknown"/>.</param>
/// <param name="Foreign">Of a codec that is passed on, and of telephone events on another clock than 8 kHz; else null.</param>
internal readonly record struct AudioFormat(byte PayloadType, AudioEncoding Encoding, ForeignCodec? Foreign = null)
{
    /// <summary>Of every encoding that is made and decoded here, in Hz.</summary>
    public const int ClockRate = 8000;

    /// <summary>What can be made and decoded here, best first, and telephone events. 101 is what everybody uses for those.</summary>
    public static readonly AudioFormat[] Known =
    [
        new(0, AudioEncoding.Pcmu),
        new(8, AudioEncoding.Pcma),
        new(9, AudioEncoding.G722),
        new(101, AudioEncoding.TelephoneEvent),
    ];

    /// <summary>Can be made and decoded here.</summary>
    public bool IsSpeech => Encoding is AudioEncoding.Pcmu or AudioEncoding.Pcma or AudioEncoding.G722;

    /// <summary>Of its timestamps, in Hz.</summary>
    public int Clock => Foreign?.ClockRate ?? ClockRate;

    /// <summary>The name in rtpmap, without clock.</summary>
    public string Name => Encoding switch
    {
        AudioEncoding.Pcmu => "PCMU",
        AudioEncoding.Pcma => "PCMA",
        AudioEncoding.G722 => "G722",
        AudioEncoding.TelephoneEvent => "telephone-event",
        AudioEncoding.Foreign => Foreign!.Name,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The value of its rtpmap attribute.</summary>
    public string RtpMap => string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Foreign?.ToString() ?? $"{Name}/{ClockRate}"}");

    /// <summary>Whether both are the same codec, under whatever number.</summary>
    public bool IsSameCodecAs(AudioFormat other) => Encoding == other.Encoding && Equals(Foreign, other.Foreign);

    /// <summary>The formats of a media section whose codec is known or named, in its order; each codec once.</summary>
    public static List<AudioFormat> In(MediaDescription media)
    {
        var known = new List<AudioFormat>();
        foreach (var text in media.Formats)
        {
            if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var payloadType)
                && payloadType <= 127
                && Named(payloadType, MapOf(media, text) ?? StaticPayloadTypes.RtpMap(payloadType), ParametersOf(media, text)) is { } format
                && !known.Exists(k => k.PayloadType == payloadType || k.IsSameCodecAs(format)))
            {
                known.Add(format);
            }
        }

        return known;
    }

    private static string? MapOf(MediaDescription media, string format) => ValueOf(media, "rtpmap", format);

    private static string? ParametersOf(MediaDescription media, string format) => ValueOf(media, "fmtp", format);

    /// <summary>What an attribute says of one format: its value is the format, a space, and this.</summary>
    private static string? ValueOf(MediaDescription media, string name, string format)
    {
        foreach (var attribute in media.Attributes)
        {
            if (attribute.Name == name
                && attribute.Value is { } value
                && value.StartsWith(format, StringComparison.Ordinal)
                && value.AsSpan(format.Length) is [' ', .. var rest])
            {
                return rest.Trim().ToString();
            }
        }

        return null;
    }

    private static AudioFormat? Named(byte payloadType, string? map, string? parameters)
    {
        if (map is null || !ForeignCodec.TryParse(map, parameters, out var codec))
        {
            return null;
        }

        var encoding = (codec.ClockRate, codec.Channels) switch
        {
            (ClockRate, 1) when codec.Is("PCMU") => AudioEncoding.Pcmu,
            (ClockRate, 1) when codec.Is("PCMA") => AudioEncoding.Pcma,
            (ClockRate, 1) when codec.Is("G722") => AudioEncoding.G722,
            (_, 1) when codec.Is("telephone-event") => AudioEncoding.TelephoneEvent,
            _ => AudioEncoding.Foreign,
        };
        var isOrdinary = encoding != AudioEncoding.Foreign && codec.ClockRate == ClockRate;
        return new AudioFormat(payloadType, encoding, isOrdinary ? null : codec);
    }
}
