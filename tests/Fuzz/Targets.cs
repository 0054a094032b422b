using System.Text;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using CallCenter.Telephony.Sip;

namespace CallCenter.Fuzz;

/// <summary>Every parser of the telephony room, each called as the room calls it and then made to give out all that it read.</summary>
internal static class Targets
{
    private const int Datagram = 65_535;
    private const int RtpPacket = 2_048;

    public static IReadOnlyList<Target> All { get; } =
    [
        new("sip", Datagram, Sip),
        new("uri", SipLimits.HeaderBytes, Uri),
        new("digest", SipLimits.HeaderBytes, static input => Digest(input)),
        new("sdp", SipLimits.BodyBytes, static input => Sdp(input)),
        new("rtp", RtpPacket, Rtp),
        new("rtcp", RtpPacket, static input => _ = RtcpCompound.TryParse(input, 1, out var compound) ? compound.GetHashCode() : 0),
        new("stream", Datagram, Stream),
    ];

    private static void Digest(ReadOnlySpan<byte> input)
    {
        if (DigestCredentials.TryParse(input) is { } credentials)
        {
            _ = DigestAuthenticator.Expected(DigestAlgorithm.Md5, "", "INVITE", credentials);
        }
    }

    private static void Sip(byte[] input)
    {
        if (!SipMessage.TryParse(input, out var message, out var error))
        {
            _ = error.ToString();
            if (error.Answerable is { } answerable)
            {
                _ = SipResponse.For(answerable, error.StatusCode, "Bad Request", "tag").ToBytes();
            }

            return;
        }

        Read(message);
        var written = message.ToBytes();
        if (written.Length > SipLimits.HeaderBytes)
        {
            // Short names of headers are written long: a message at its limits goes beyond them.
            return;
        }

        if (!SipMessage.TryParse(written, out var again, out error))
        {
            throw new InvalidOperationException($"what was read cannot be read again when it is written: {error}");
        }

        if (!again.ToBytes().AsSpan().SequenceEqual(written))
        {
            throw new InvalidOperationException("what was read is another message when it is written and read again");
        }
    }

    private static void Read(SipMessage message)
    {
        _ = (message.TopVia.ToString(), message.From.ToString(), message.To.ToString(), message.CallId, message.CSeq);
        foreach (var name in (HeaderName[])[HeaderName.Contact, HeaderName.Route, HeaderName.RecordRoute])
        {
            message.Headers.TryGetAddresses(name, out _, out _);
        }

        foreach (var name in (HeaderName[])[HeaderName.Require, HeaderName.Accept, HeaderName.Supported])
        {
            _ = message.Headers.Tokens(name).Count();
        }

        foreach (var credentials in message.Headers.All(HeaderName.Authorization))
        {
            Digest(credentials.Span);
        }

        if (message is SipRequest request)
        {
            _ = (request.MaxForwards, request.Uri.UserText, request.Uri.Address);
            _ = SipResponse.For(request, 200, "OK", "tag", message.Body).ToBytes();
            _ = KnownScanners.Of(request);
        }

        if (!message.Body.IsEmpty)
        {
            Sdp(message.Body.Span);
        }
    }

    private static void Uri(byte[] input)
    {
        if (!SipUri.TryParse(input, out var uri, out _))
        {
            return;
        }

        _ = (uri.UserText, uri.Address);
        var written = uri.ToString();
        if (!SipUri.TryParse(Encoding.UTF8.GetBytes(written), out var again, out var error))
        {
            throw new InvalidOperationException($"\"{written}\" was written and cannot be read: {error}");
        }

        if (again.ToString() != written)
        {
            throw new InvalidOperationException($"\"{written}\" is read as \"{again}\"");
        }
    }

    private static void Sdp(ReadOnlySpan<byte> input)
    {
        if (SdpParser.TryParse(input, out var description, out _))
        {
            _ = description.ToString();
        }
    }

    private static void Rtp(byte[] input)
    {
        if (RtpHeader.TryParse(input, out var header, out _) && header.PayloadOffset + header.PayloadLength > input.Length)
        {
            throw new InvalidOperationException("the payload ends behind the packet");
        }
    }

    private static void Stream(byte[] input)
    {
        var framer = new StreamFramer();
        for (var rest = input.AsSpan(); !rest.IsEmpty;)
        {
            var kind = framer.Next(rest, out var length, out _);
            if (kind is FrameKind.Incomplete or FrameKind.Broken)
            {
                return;
            }

            rest = rest[length..];
        }
    }
}
