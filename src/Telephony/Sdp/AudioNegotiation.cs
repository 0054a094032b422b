using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace CallCenter.Telephony.Sdp;

/// <summary>Offer and answer (RFC 3264) of one leg with one audio stream, over the life of its dialog. Not safe for concurrent use.</summary>
/// <param name="address">Where we receive.</param>
/// <param name="port">Our RTP port; RTCP is on the next one.</param>
internal sealed class AudioNegotiation(IPAddress address, int port)
{
    private readonly string _sessionId = RandomNumberGenerator.GetInt32(1, int.MaxValue).ToString(CultureInfo.InvariantCulture);

    // Every later description has at least the media sections of the former one, in their places (RFC 3264 section 8).
    private IReadOnlyList<MediaDescription>? _layout;
    private int _audioIndex;

    private List<AudioFormat> _formats = [.. AudioFormat.Offered];
    private List<AudioFormat>? _pendingOffer;
    private MediaDirection _wanted = MediaDirection.SendRecv;
    private long _version;
    private string? _lastBody;

    /// <summary>Our offer, or re-offer, of everything that we can.</summary>
    /// <param name="received">What may come from now on: media may be faster than its answer (RFC 3264 section 5.1).</param>
    /// <param name="direction">Which ways we want it to flow from now on; null leaves that as it is.</param>
    public string CreateOffer(out PayloadTypes received, MediaDirection? direction = null)
    {
        _wanted = direction ?? _wanted;
        var offered = OfferableFormats();
        var media = _layout is null ? [Audio(offered, _wanted)] : _layout.Select(Refused).ToArray();
        media[_audioIndex] = Audio(offered, _wanted);
        _pendingOffer = offered;
        received = new PayloadTypes(offered);
        return Write(media);
    }

    /// <summary>Answers an offer. On failure nothing changes.</summary>
    public bool TryAnswer(ReadOnlySpan<byte> offer, out string answer, out AudioSession session, out string? error)
    {
        answer = string.Empty;
        session = null!;
        if (!SdpParser.TryParse(offer, out var description, out var parseError))
        {
            error = parseError.ToString();
            return false;
        }

        // The first stream that fits is ours; why the others do not is told only when there is none.
        error = "the offer has no media section";
        for (var i = 0; i < description.Media.Count; i++)
        {
            if (TryAgree(description, description.Media[i], isOurs: null, out var formats, out var remote, out var direction, out var reason))
            {
                var media = description.Media.Select(Refused).ToArray();
                media[i] = Audio(formats, MediaDirections.Reversed(remote is null ? direction & ~MediaDirection.RecvOnly : direction) & _wanted);
                Settle(media, i, formats);
                session = new AudioSession(remote, direction, formats, formats);
                answer = Write(media);
                error = null;
                return true;
            }

            error = i == 0 ? reason : $"{error}; {reason}";
        }

        return false;
    }

    /// <summary>Takes the answer to the last offer. On failure nothing changes.</summary>
    public bool TryApplyAnswer(ReadOnlySpan<byte> answer, out AudioSession session, out string? error)
    {
        session = null!;
        if (_pendingOffer is not { } offered)
        {
            error = "there is no offer to answer";
            return false;
        }

        if (!SdpParser.TryParse(answer, out var description, out var parseError))
        {
            error = parseError.ToString();
            return false;
        }

        var sections = _layout?.Count ?? 1;
        if (description.Media.Count != sections)
        {
            error = $"the answer has {description.Media.Count} media sections where the offer had {sections}";
            return false;
        }

        if (!TryAgree(description, description.Media[_audioIndex], isOurs: offered, out var formats, out var remote, out var direction, out error))
        {
            return false;
        }

        session = new AudioSession(remote, direction, offered, formats);
        Settle([.. description.Media], _audioIndex, offered);
        return true;
    }

    private bool TryAgree(
        SessionDescription description,
        MediaDescription media,
        List<AudioFormat>? isOurs,
        out List<AudioFormat> formats,
        out IPEndPoint? remote,
        out MediaDirection direction,
        out string? error)
    {
        formats = AudioFormat.In(media);
        if (isOurs is not null)
        {
            formats.RemoveAll(f => !isOurs.Exists(o => o.Encoding == f.Encoding));
        }

        remote = null;
        direction = MediaDirections.Of(media, description);
        error = (media.Kind, media.Protocol, media.Port) switch
        {
            (not "audio", _, _) => $"{media.Kind} is not supported",
            (_, not "RTP/AVP", _) => $"audio over {media.Protocol} is not supported, only RTP/AVP",
            (_, _, 0) => "audio is refused (port 0)",
            _ when !formats.Exists(f => f.IsSpeech) => $"no common codec: PCMU, PCMA and G722 are known, {string.Join(' ', media.Formats)} were given",
            _ => null,
        };
        return error is null && TryLocate(media.Connection ?? description.Connection, media.Port, out remote, out error);
    }

    private bool TryLocate(SdpConnection? connection, int remotePort, out IPEndPoint? remote, out string? error)
    {
        remote = null;
        if (connection is null)
        {
            error = "neither the session nor its audio has a c= line";
            return false;
        }

        if (!connection.TryGetAddress(out var remoteAddress))
        {
            error = $"c= names {connection.Address}, which is no {connection.AddressType} address";
            return false;
        }

        // The way of RFC 2543 to hold, still in use. It must not fail on the address family: it names no address at all.
        if (remoteAddress.Equals(IPAddress.Any) || remoteAddress.Equals(IPAddress.IPv6Any))
        {
            error = null;
            return true;
        }

        if (remoteAddress.AddressFamily != address.AddressFamily)
        {
            error = $"audio at {remoteAddress} cannot be reached from {address}";
            return false;
        }

        remote = new IPEndPoint(remoteAddress, remotePort);
        error = null;
        return true;
    }

    private void Settle(MediaDescription[] media, int audioIndex, List<AudioFormat> formats)
    {
        _layout = media;
        _audioIndex = audioIndex;
        _formats = formats;
        _pendingOffer = null;
    }

    /// <summary>A payload type keeps its meaning for the whole session (RFC 3264 section 8.3.2); encodings that the session lacks are offered again.</summary>
    private List<AudioFormat> OfferableFormats()
    {
        var offer = new List<AudioFormat>(_formats);
        foreach (var wanted in AudioFormat.Offered.Where(wanted => !offer.Exists(f => f.Encoding == wanted.Encoding)))
        {
            var free = wanted.PayloadType;
            for (byte dynamic = 96; offer.Exists(f => f.PayloadType == free) && dynamic <= 127; dynamic++)
            {
                free = dynamic;
            }

            offer.Add(wanted with { PayloadType = free });
        }

        return offer;
    }

    private MediaDescription Audio(List<AudioFormat> formats, MediaDirection direction)
    {
        var attributes = formats.ConvertAll(f => new SdpAttribute("rtpmap", f.RtpMap));
        foreach (var format in formats.Where(f => f.Encoding == AudioEncoding.TelephoneEvent))
        {
            // Digits 0-9, *, #, A-D and flash (RFC 4733 section 3.2).
            attributes.Add(new SdpAttribute("fmtp", string.Create(CultureInfo.InvariantCulture, $"{format.PayloadType} 0-16")));
        }

        attributes.Add(new SdpAttribute("ptime", "20"));
        attributes.Add(new SdpAttribute(MediaDirections.Name(direction)));
        return new MediaDescription
        {
            Kind = "audio",
            Port = port,
            Protocol = "RTP/AVP",
            Formats = formats.ConvertAll(f => f.PayloadType.ToString(CultureInfo.InvariantCulture)),
            Attributes = attributes,
        };
    }

    private static MediaDescription Refused(MediaDescription offered) => offered with { Port = 0, Connection = null, Attributes = [] };

    /// <summary>One origin for the whole dialog, whose version steps by one with each change (RFC 3264 section 8).</summary>
    private string Write(MediaDescription[] media)
    {
        var description = new SessionDescription
        {
            Origin = new SdpOrigin("-", _sessionId, "0", SdpConnection.Of(address)),
            Connection = SdpConnection.Of(address),
            Media = media,
        };
        var body = description.Write();
        if (!string.Equals(body, _lastBody, StringComparison.Ordinal))
        {
            _version++;
            _lastBody = body;
        }

        return (description with { Origin = description.Origin with { SessionVersion = _version.ToString(CultureInfo.InvariantCulture) } }).Write();
    }
}
