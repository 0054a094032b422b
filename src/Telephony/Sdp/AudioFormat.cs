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

    /// <summary>DTMF digits as events (RFC 4733), on an 8 kHz clock.</summary>
    TelephoneEvent,

    /// <summary>G.722 at 64 kbit/s. It samples at 16 kHz, but its RTP clock is 8 kHz by an old mistake that stays (RFC 3551 section 4.5.2).</summary>
    G722,
}

/// <summary>A payload type and what it stands for in one direction of one session.</summary>
/// <param name="PayloadType">0 to 127.</param>
/// <param name="Encoding">Never <see cref="AudioEncoding.Unknown"/>.</param>
internal readonly record struct AudioFormat(byte PayloadType, AudioEncoding Encoding)
{
    /// <summary>Of every encoding known here, in Hz.</summary>
    public const int ClockRate = 8000;

    /// <summary>What we offer, best first. 101 is what everybody uses for telephone-event.</summary>
    public static readonly AudioFormat[] Offered =
    [
        new(0, AudioEncoding.Pcmu),
        new(8, AudioEncoding.Pcma),
        new(101, AudioEncoding.TelephoneEvent),
    ];

    public bool IsSpeech => Encoding is AudioEncoding.Pcmu or AudioEncoding.Pcma or AudioEncoding.G722;

    /// <summary>The value of its rtpmap attribute.</summary>
    public string RtpMap => string.Create(CultureInfo.InvariantCulture, $"{PayloadType} {Name(Encoding)}/{ClockRate}");

    /// <summary>The formats of a media section that are known here, in its order; each encoding once.</summary>
    public static List<AudioFormat> In(MediaDescription media)
    {
        var known = new List<AudioFormat>();
        foreach (var format in media.Formats)
        {
            if (byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out var payloadType)
                && payloadType <= 127
                && EncodingOf(media, format, payloadType) is var encoding and not AudioEncoding.Unknown
                && !known.Exists(k => k.Encoding == encoding || k.PayloadType == payloadType))
            {
                known.Add(new AudioFormat(payloadType, encoding));
            }
        }

        return known;
    }

    private static AudioEncoding EncodingOf(MediaDescription media, string format, byte payloadType)
    {
        foreach (var attribute in media.Attributes)
        {
            if (attribute is { Name: "rtpmap", Value: { } map }
                && map.StartsWith(format, StringComparison.Ordinal)
                && map.AsSpan(format.Length) is [' ', .. var encoding])
            {
                return Named(encoding.Trim());
            }
        }

        // Static payload types need no rtpmap (RFC 3551 section 6).
        return payloadType switch
        {
            0 => AudioEncoding.Pcmu,
            8 => AudioEncoding.Pcma,
            9 => AudioEncoding.G722,
            _ => AudioEncoding.Unknown,
        };
    }

    private static AudioEncoding Named(ReadOnlySpan<char> encoding)
    {
        // One channel is the default and may be said (RFC 8866 section 6.6).
        if (encoding.EndsWith("/8000/1", StringComparison.Ordinal))
        {
            encoding = encoding[..^2];
        }

        return encoding switch
        {
            _ when encoding.Equals("PCMU/8000", StringComparison.OrdinalIgnoreCase) => AudioEncoding.Pcmu,
            _ when encoding.Equals("PCMA/8000", StringComparison.OrdinalIgnoreCase) => AudioEncoding.Pcma,
            _ when encoding.Equals("G722/8000", StringComparison.OrdinalIgnoreCase) => AudioEncoding.G722,
            _ when encoding.Equals("telephone-event/8000", StringComparison.OrdinalIgnoreCase) => AudioEncoding.TelephoneEvent,
            _ => AudioEncoding.Unknown,
        };
    }

    private static string Name(AudioEncoding encoding) => encoding switch
    {
        AudioEncoding.Pcmu => "PCMU",
        AudioEncoding.Pcma => "PCMA",
        AudioEncoding.G722 => "G722",
        AudioEncoding.TelephoneEvent => "telephone-event",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
