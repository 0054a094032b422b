using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>The one parser of SIP messages (RFC 3261 sections 7 and 25). Strict where leniency would be ambiguous: lines end with CRLF, a bare CR or LF is an error.</summary>
internal static class SipParser
{
    public static bool TryParse(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out SipMessage? message, [NotNullWhen(false)] out ParseError? error)
    {
        message = null;
        var start = SkipLineBreaks(datagram);
        if (start == datagram.Length)
        {
            error = new ParseError("no message, only line breaks", start);
            return false;
        }

        if (datagram.Length > SipLimits.MessageBytes)
        {
            error = new ParseError($"more than {SipLimits.MessageBytes} bytes", SipLimits.MessageBytes, 513);
            return false;
        }

        // One copy holds the message for good; folded lines are joined in it, so no later reader meets them (RFC 3261 section 7.3.1).
        var bytes = datagram.ToArray();
        var lineEnd = FindLineEnd(bytes, start);
        if (lineEnd < 0)
        {
            error = new ParseError("the start line does not end", start);
            return false;
        }

        var startLine = bytes.AsSpan(start, lineEnd - start);
        var headers = new SipHeaders(16);
        var fault = ReadHeaders(bytes, lineEnd + 2, headers, out var bodyStart, out var contentLength);
        return startLine.StartsWith("SIP/"u8)
            ? TryFinishResponse(startLine, bytes, bodyStart, contentLength, headers, fault, out message, out error)
            : TryFinishRequest(startLine, bytes, bodyStart, contentLength, headers, fault, out message, out error);
    }

    private static bool TryFinishRequest(
        ReadOnlySpan<byte> line, byte[] bytes, int bodyStart, long? contentLength, SipHeaders headers, ParseError? fault, out SipMessage? message, out ParseError? error)
    {
        message = null;
        var startFault = ReadRequestLine(line, out var method, out var uri);
        if (method is null)
        {
            error = startFault!;
            return false;
        }

        // The first fault by position decides what is reported.
        fault = startFault ?? fault;
        var body = fault is null ? Body(bytes, bodyStart, contentLength, out fault) : default;
        var request = new SipRequest(method, uri, headers, body) { Wire = bytes };
        fault ??= MessageShape.Fault(bytes.AsSpan(0, bodyStart), headers, body.Length);
        fault ??= CheckMandatory(request, bodyStart);
        fault ??= !string.Equals(request.CSeq.Method, method, StringComparison.Ordinal) ? new ParseError($"the method of CSeq is not {method}", 0) : null;
        fault ??= headers.Has(HeaderName.MaxForwards) && request.MaxForwards is null ? new ParseError("Max-Forwards is not a number from 0 to 255", 0) : null;
        if (fault is null)
        {
            message = request;
            error = null;
            return true;
        }

        error = method != SipMethods.Ack && IsAnswerable(request) ? fault with { Answerable = request } : fault;
        return false;
    }

    private static bool TryFinishResponse(
        ReadOnlySpan<byte> line, byte[] bytes, int bodyStart, long? contentLength, SipHeaders headers, ParseError? fault, out SipMessage? message, out ParseError? error)
    {
        message = null;
        if (!line.StartsWith("SIP/2.0 "u8) || line.Length < 11 || !SipScanner.TryNumber(line[8..11], 699, out var status) || status < 100 || (line.Length > 11 && line[11] != ' '))
        {
            error = new ParseError("the status line is malformed", 0);
            return false;
        }

        var body = fault is null ? Body(bytes, bodyStart, contentLength, out fault) : default;
        fault ??= MessageShape.Fault(bytes.AsSpan(0, bodyStart), headers, body.Length);
        var response = new SipResponse((int)status, line.Length > 12 ? Encoding.UTF8.GetString(line[12..]) : "", headers, body) { Wire = bytes };
        error = fault ?? CheckMandatory(response, bodyStart);
        message = error is null ? response : null;
        return error is null;
    }

    private static ParseError? ReadRequestLine(ReadOnlySpan<byte> line, out string? method, out SipUri uri)
    {
        method = null;
        uri = new SipUri();
        var firstSpace = line.IndexOf((byte)' ');
        if (firstSpace <= 0 || !SipScanner.IsToken(line[..firstSpace]))
        {
            return new ParseError("the request line has no method", 0);
        }

        var lastSpace = line.LastIndexOf((byte)' ');
        var version = line[(lastSpace + 1)..];
        method = SipMethods.Text(line[..firstSpace]);
        if (lastSpace == firstSpace || (!version.IsEmpty && !version.StartsWith("SIP/"u8)))
        {
            method = null;
            return new ParseError("the request line has no SIP version", lastSpace);
        }

        if (!version.SequenceEqual("SIP/2.0"u8))
        {
            return version.IsEmpty
                ? new ParseError("the request line ends with white space", lastSpace)
                : new ParseError("the SIP version is not 2.0", lastSpace, 505);
        }

        var uriText = line[(firstSpace + 1)..lastSpace];
        if (!SipUri.TryParse(uriText, out uri, out var error))
        {
            uri = new SipUri();
            return new ParseError($"Request-URI: {error}", firstSpace + 1);
        }

        return uri.Headers is null ? null : new ParseError("Request-URI: it may hold no headers", firstSpace + 1);
    }

    private static ParseError? ReadHeaders(byte[] bytes, int position, SipHeaders headers, out int bodyStart, out long? contentLength)
    {
        ParseError? fault = null;
        contentLength = null;
        var count = 0;
        while (true)
        {
            var end = FindLineEnd(bytes, position);
            if (end < 0)
            {
                bodyStart = bytes.Length;
                return fault ?? new ParseError("the header fields do not end with an empty line", position);
            }

            if (end == position)
            {
                bodyStart = position + 2;
                return fault;
            }

            while (end + 2 < bytes.Length && bytes[end + 2] is (byte)' ' or (byte)'\t')
            {
                var next = FindLineEnd(bytes, end + 2);
                if (next < 0)
                {
                    break;
                }

                bytes[end] = bytes[end + 1] = (byte)' ';
                end = next;
            }

            if (++count > SipLimits.Headers || end - position > SipLimits.HeaderBytes)
            {
                bodyStart = bytes.Length;
                return fault ?? new ParseError($"more than {SipLimits.Headers} header fields, or one above {SipLimits.HeaderBytes} bytes", position);
            }

            // The rest is read all the same: it may be needed to answer with.
            var found = ReadHeader(bytes, position, end, headers, ref contentLength);
            fault ??= found;
            position = end + 2;
        }
    }

    private static ParseError? ReadHeader(byte[] bytes, int start, int end, SipHeaders headers, ref long? contentLength)
    {
        var line = bytes.AsSpan(start, end - start);
        if (line.ContainsAny((byte)'\r', (byte)'\n'))
        {
            return new ParseError("a line break that is not CRLF", start);
        }

        var colon = line.IndexOf((byte)':');
        var nameText = colon < 0 ? default : line[..colon].TrimEnd(" \t"u8);
        if (!SipScanner.IsToken(nameText))
        {
            return new ParseError("a header field has no name", start);
        }

        var name = HeaderName.Of(nameText);
        var valueStart = start + colon + 1;
        while (valueStart < end && bytes[valueStart] is (byte)' ' or (byte)'\t')
        {
            valueStart++;
        }

        while (end > valueStart && bytes[end - 1] is (byte)' ' or (byte)'\t')
        {
            end--;
        }

        var value = bytes.AsMemory(valueStart, end - valueStart);
        if (ReferenceEquals(name, HeaderName.ContentLength))
        {
            if (contentLength is not null || !SipScanner.TryNumber(value.Span, int.MaxValue, out var length))
            {
                return new ParseError("Content-Length is not one number", start);
            }

            contentLength = length;
            return null;
        }

        if (IsSingle(name) && headers.Has(name))
        {
            return new ParseError($"{name} stands twice", start);
        }

        headers.AddParsed(name, value);
        return null;
    }

    private static ReadOnlyMemory<byte> Body(byte[] bytes, int start, long? contentLength, out ParseError? fault)
    {
        var available = bytes.Length - start;
        fault = contentLength > available
            ? new ParseError($"Content-Length is {contentLength}, but {available} bytes follow", start)
            : null;

        // Over UDP what follows the body is no message of its own and is dropped (RFC 3261 section 18.3).
        return fault is null ? bytes.AsMemory(start, (int)(contentLength ?? available)) : default;
    }

    private static ParseError? CheckMandatory(SipMessage message, int offset)
    {
        var headers = message.Headers;
        if (!headers.TryGet(HeaderName.Via, out var via))
        {
            return new ParseError("Via is missing", offset);
        }

        if (!Via.TryParseFirst(via.Span, out var topVia, out _, out var error))
        {
            return new ParseError($"Via: {error}", offset);
        }

        if (ReadAddress(headers, HeaderName.From, offset, out var from) is { } fromFault)
        {
            return fromFault;
        }

        if (ReadAddress(headers, HeaderName.To, offset, out var to) is { } toFault)
        {
            return toFault;
        }

        if (!headers.TryGet(HeaderName.CallId, out var callId) || callId.IsEmpty || callId.Span.ContainsAny((byte)' ', (byte)'\t'))
        {
            return new ParseError("Call-ID is missing or malformed", offset);
        }

        if (!headers.TryGet(HeaderName.CSeq, out var field) || !CSeq.TryParse(field.Span, out var cSeq))
        {
            return new ParseError("CSeq is missing or malformed", offset);
        }

        message.SetParsed(topVia, from, to, cSeq);
        return null;
    }

    private static ParseError? ReadAddress(SipHeaders headers, HeaderName name, int offset, out NameAddr address)
    {
        if (!headers.TryGet(name, out var field))
        {
            address = null!;
            return new ParseError($"{name} is missing", offset);
        }

        return NameAddr.TryParse(field.Span, out address, out var error) ? null : new ParseError($"{name}: {error}", offset);
    }

    // A 400 needs a sent-by to go back to, and copies the rest as it stands.
    private static bool IsAnswerable(SipRequest request)
    {
        var headers = request.Headers;
        if (!headers.TryGet(HeaderName.Via, out var field))
        {
            return false;
        }

        _ = Via.TryParseFirst(field.Span, out var via, out _, out _);
        request.SetTopVia(via);
        return via.CanBeAnswered && headers.Has(HeaderName.From) && headers.Has(HeaderName.To) && headers.Has(HeaderName.CallId) && headers.Has(HeaderName.CSeq);
    }

    private static bool IsSingle(HeaderName name) =>
        ReferenceEquals(name, HeaderName.From) || ReferenceEquals(name, HeaderName.To) || ReferenceEquals(name, HeaderName.CallId)
        || ReferenceEquals(name, HeaderName.CSeq) || ReferenceEquals(name, HeaderName.MaxForwards);

    private static int SkipLineBreaks(ReadOnlySpan<byte> datagram)
    {
        var start = 0;
        while (start + 1 < datagram.Length && datagram[start] == '\r' && datagram[start + 1] == '\n')
        {
            start += 2;
        }

        return start;
    }

    private static int FindLineEnd(byte[] bytes, int from)
    {
        var length = bytes.AsSpan(from).IndexOf("\r\n"u8);
        return length < 0 ? -1 : from + length;
    }
}
