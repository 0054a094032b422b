namespace CallCenter.Telephony.Sip;

/// <summary>What stands at the start of a stream.</summary>
internal enum FrameKind
{
    /// <summary>Part of a message: more must be read.</summary>
    Incomplete,

    Message,

    /// <summary>A double line break: a keep-alive that wants a single one for an answer (RFC 5626 section 4.4.1).</summary>
    Ping,

    /// <summary>A single line break: the answer to a keep-alive, or one too many after a message.</summary>
    Blank,

    /// <summary>Where this message ends cannot be told, so neither where the next one begins.</summary>
    Broken,
}

/// <summary>Finds the messages in a stream by their Content-Length (RFC 3261 section 18.3). Pure but for how far it has looked: every byte of a message is looked at once, however it arrives.</summary>
internal struct StreamFramer
{
    private int _searched;
    private int _wanted;

    /// <summary>Says what the buffer begins with; never throws, whatever the bytes.</summary>
    /// <param name="buffer">What has been received and not yet taken.</param>
    /// <param name="length">How much of it to take; of a broken stream, what may be an answerable request without its body.</param>
    /// <param name="fault">What is wrong with a broken stream.</param>
    public FrameKind Next(ReadOnlySpan<byte> buffer, out int length, out ParseError? fault)
    {
        length = 0;
        fault = null;
        if (buffer.StartsWith("\r\n"u8))
        {
            return LineBreaks(buffer, out length);
        }

        if (_wanted == 0)
        {
            var from = Math.Max(0, _searched - 3);
            var end = buffer[from..].IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                _searched = buffer.Length;
                fault = buffer.Length >= SipLimits.MessageBytes ? new ParseError("the header fields do not end", buffer.Length, 513) : null;
                return fault is null ? FrameKind.Incomplete : FrameKind.Broken;
            }

            var head = from + end + 4;
            fault = ReadLength(buffer[..head], out var body);
            if (fault is not null)
            {
                length = head;
                return FrameKind.Broken;
            }

            _wanted = head + body;
        }

        if (buffer.Length < _wanted)
        {
            return FrameKind.Incomplete;
        }

        length = _wanted;
        _wanted = _searched = 0;
        return FrameKind.Message;
    }

    private static FrameKind LineBreaks(ReadOnlySpan<byte> buffer, out int length)
    {
        // Whether a second line break follows is not known yet; none may, so this is nobody's unfinished message.
        length = 0;
        if (buffer.Length == 2 || (buffer.Length == 3 && buffer[2] == '\r'))
        {
            return FrameKind.Incomplete;
        }

        length = buffer[2..].StartsWith("\r\n"u8) ? 4 : 2;
        return length == 4 ? FrameKind.Ping : FrameKind.Blank;
    }

    // Folded lines included (section 7.3.1): a line that begins with white space continues the one before.
    private static ParseError? ReadLength(ReadOnlySpan<byte> head, out int body)
    {
        body = 0;
        var found = false;
        var at = head.IndexOf("\r\n"u8) + 2;
        while (at < head.Length - 2)
        {
            var end = at + head[at..].IndexOf("\r\n"u8);
            while (head[end + 2] is (byte)' ' or (byte)'\t')
            {
                end += 2 + head[(end + 2)..].IndexOf("\r\n"u8);
            }

            var line = head[at..end];
            if (IsContentLength(line, out var value))
            {
                if (found || !SipScanner.TryNumber(value.Trim(" \t\r\n"u8), int.MaxValue, out var number))
                {
                    return new ParseError("Content-Length is not one number", at);
                }

                if (head.Length + number > SipLimits.MessageBytes)
                {
                    return new ParseError($"more than {SipLimits.MessageBytes} bytes", at, 513);
                }

                found = true;
                body = (int)number;
            }

            at = end + 2;
        }

        return found ? null : new ParseError("Content-Length is missing, which a stream cannot do without", head.Length);
    }

    private static bool IsContentLength(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        var colon = line.IndexOf((byte)':');
        value = colon < 0 ? default : line[(colon + 1)..];
        var name = colon < 0 ? default : line[..colon].TrimEnd(" \t"u8);
        return System.Text.Ascii.EqualsIgnoreCase(name, "Content-Length"u8) || System.Text.Ascii.EqualsIgnoreCase(name, "l"u8);
    }
}
