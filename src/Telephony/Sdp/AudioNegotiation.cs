using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using CallCenter.Telephony.Rtp;

namespace CallCenter.Telephony.Sdp;

/// <summary>Offer and answer (RFC 3264) of one leg with one audio stream, over the life of its dialog. Not safe for concurrent use.</summary>
/// <param name="address">Where we receive.</param>
/// <param name="port">Our RTP port; RTCP is on the next one.</param>
/// <param name="policy">What we agree to.</param>
internal sealed class AudioNegotiation(IPAddress address, int port, AudioPolicy policy)
{
    private readonly string _sessionId = RandomNumberGenerator.GetInt32(1, int.MaxValue).ToString(CultureInfo.InvariantCulture);
    private readonly AudioKeys _keys = new();

    // Every later description has at least the media sections of the former one, in their places (RFC 3264 section 8).
    private IReadOnlyList<MediaDescription>? _layout;
    private int _audioIndex;

    private List<AudioFormat> _formats = policy.Codecs.Offered();
    private Offer? _pending;
    private string? _protocol;
    private bool _muxed;
    private MediaDirection _wanted = MediaDirection.SendRecv;
    private long _version;
    private string? _lastBody;

    public AudioNegotiation(IPAddress address, int port)
        : this(address, port, AudioPolicy.Default)
    {
    }

    /// <summary>The next offer asks for encryption, unless told otherwise.</summary>
    public bool OffersEncryption => (_protocol ?? Unsettled).Contains("SAVP", StringComparison.Ordinal);

    private string Unsettled => policy.Encryption == MediaEncryption.Offered ? "RTP/SAVP" : "RTP/AVP";

    /// <summary>Our offer, or re-offer, of everything that we can.</summary>
    /// <param name="received">What may come from now on: media may be faster than its answer (RFC 3264 section 5.1).</param>
    /// <param name="direction">Which ways we want it to flow from now on; null leaves that as it is.</param>
    /// <param name="foreign">What the leg has that this one is to be bridged with, offered as it has it.</param>
    /// <param name="plain">Offers no encryption, to a party that refused it.</param>
    public string CreateOffer(out PayloadTypes received, MediaDirection? direction = null, IEnumerable<AudioFormat>? foreign = null, bool plain = false)
    {
        _wanted = direction ?? _wanted;
        var protocol = _protocol ?? (plain ? "RTP/AVP" : Unsettled);
        var offered = OfferableFormats(foreign ?? []);
        var crypto = protocol.Contains("SAVP", StringComparison.Ordinal) ? _keys.Offered() : [];
        var media = _layout is null ? [Audio(protocol, offered, _wanted, crypto)] : _layout.Select(Refused).ToArray();
        media[_audioIndex] = Audio(protocol, offered, _wanted, crypto);
        _pending = new Offer(protocol, offered, crypto);
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
            var section = description.Media[i];
            if (TryAgree(description, section, to: null, out var formats, out var remote, out var crypto, out var reason))
            {
                var direction = MediaDirections.Reversed(remote.Rtp is null ? remote.Direction & ~MediaDirection.RecvOnly : remote.Direction) & _wanted;
                _muxed = remote.HasMuxedControl;
                var media = description.Media.Select(Refused).ToArray();
                media[i] = Audio(section.Protocol, formats, direction, crypto is null ? [] : [crypto]);
                Settle(media, i, formats, section.Protocol);
                session = new AudioSession(remote, _wanted, formats, formats);
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
        if (_pending is not { } offer)
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

        if (!TryAgree(description, description.Media[_audioIndex], offer, out var formats, out var remote, out _, out error))
        {
            return false;
        }

        session = new AudioSession(remote, _wanted, offer.Formats, formats);
        Settle([.. description.Media], _audioIndex, offer.Formats, description.Media[_audioIndex].Protocol);
        return true;
    }

    private bool TryAgree(
        SessionDescription description,
        MediaDescription media,
        Offer? to,
        out List<AudioFormat> formats,
        out RemoteAudio remote,
        out CryptoAttribute? crypto,
        out string? error)
    {
        remote = null!;
        crypto = null;
        formats = AudioFormat.In(media);
        formats = to is null
            ? policy.Codecs.Choose(formats, inOwnOrder: !policy.Codecs.KeepsOfferersOrder)
            : formats.FindAll(f => to.Formats.Exists(f.IsSameCodecAs));
        error = (media.Kind, media.Protocol, media.Port) switch
        {
            (not "audio", _, _) => $"{media.Kind} is not supported",
            (_, not ("RTP/AVP" or "RTP/AVPF" or "RTP/SAVP" or "RTP/SAVPF"), _) => $"audio over {media.Protocol} is not supported, only RTP/AVP and RTP/SAVP",
            (_, "RTP/SAVP" or "RTP/SAVPF", _) when policy.Encryption == MediaEncryption.Refused =>
                $"audio over {media.Protocol} is not supported where its key crosses the network in clear",

            // Plain audio for an answer is no attack: who answers is who could have refused.
            (_, not "RTP/AVP" and var protocol, not 0) when to is not null && protocol != to.Protocol => $"the answer is for {protocol} where the offer was for {to.Protocol}",
            (_, _, 0) => "audio is refused (port 0)",
            _ when !formats.Exists(f => f.IsSpeech) => $"no common codec: {policy.Codecs} are known, {string.Join(' ', media.Formats)} were given",
            _ => null,
        };
        if (error is not null || !TryLocate(media.Connection ?? description.Connection, media.Port, out var rtp, out error))
        {
            return false;
        }

        SrtpKeys? keys = null;
        if (media.Protocol.Contains("SAVP", StringComparison.Ordinal) && !_keys.TryAgree(media, to?.Crypto, out keys, out crypto))
        {
            error = $"audio over {media.Protocol} without a crypto line that we can use";
            return false;
        }

        remote = RemoteAudio.Of(media, MediaDirections.Of(media, description), rtp) with { Keys = keys };
        return true;
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

    private void Settle(MediaDescription[] media, int audioIndex, List<AudioFormat> formats, string protocol)
    {
        _layout = media;
        _audioIndex = audioIndex;
        _formats = formats;
        _protocol = protocol;
        _pending = null;
    }

    /// <summary>A payload type keeps its meaning for the whole session (RFC 3264 section 8.3.2); codecs that the session lacks are offered again.</summary>
    private List<AudioFormat> OfferableFormats(IEnumerable<AudioFormat> foreign)
    {
        var offer = new List<AudioFormat>(_formats);
        foreach (var wanted in policy.Codecs.Offered().Concat(foreign).Where(wanted => !offer.Exists(wanted.IsSameCodecAs)))
        {
            var free = wanted.PayloadType;
            for (byte dynamic = 96; offer.Exists(f => f.PayloadType == free) && dynamic <= 127; dynamic++)
            {
                free = dynamic;
            }

            offer.Add(wanted with { PayloadType = free });
        }

        // A running session keeps its order: another one may make the remote party change its codec.
        return policy.Codecs.Choose(offer, inOwnOrder: _layout is null);
    }

    private MediaDescription Audio(string protocol, List<AudioFormat> formats, MediaDirection direction, IReadOnlyList<CryptoAttribute> crypto)
    {
        var attributes = new List<SdpAttribute>();
        foreach (var format in formats)
        {
            attributes.Add(new SdpAttribute("rtpmap", format.RtpMap));

            // Digits 0-9, *, #, A-D and flash (RFC 4733 section 3.2).
            if ((format.Encoding == AudioEncoding.TelephoneEvent ? "0-16" : format.Foreign?.Parameters) is { } parameters)
            {
                attributes.Add(new SdpAttribute("fmtp", string.Create(CultureInfo.InvariantCulture, $"{format.PayloadType} {parameters}")));
            }
        }

        attributes.AddRange(crypto.Select(c => new SdpAttribute(CryptoAttribute.Name, c.Value)));
        if (_muxed)
        {
            attributes.Add(new SdpAttribute("rtcp-mux"));
        }

        attributes.Add(new SdpAttribute("ptime", "20"));
        attributes.Add(new SdpAttribute(MediaDirections.Name(direction)));
        return new MediaDescription
        {
            Kind = "audio",
            Port = port,
            Protocol = protocol,
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

    private sealed record Offer(string Protocol, List<AudioFormat> Formats, IReadOnlyList<CryptoAttribute> Crypto);
}
