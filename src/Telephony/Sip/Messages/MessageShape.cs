namespace CallCenter.Telephony.Sip;

/// <summary>Holds a whole message against <see cref="SipLimits"/>: each part may be within its own limits and all of them together still be a weapon.</summary>
internal static class MessageShape
{
    /// <summary>What is too much; null when nothing is.</summary>
    /// <param name="head">The message up to its body.</param>
    /// <param name="headers">Its header fields.</param>
    /// <param name="bodyBytes">Length of its body.</param>
    public static ParseError? Fault(ReadOnlySpan<byte> head, SipHeaders headers, int bodyBytes)
    {
        if (bodyBytes > SipLimits.BodyBytes)
        {
            return new ParseError($"a body of more than {SipLimits.BodyBytes} bytes", head.Length, 513);
        }

        // A separator in a quoted string counts too: no honest message comes near.
        if (head.Count((byte)';') > SipLimits.MessageParameters)
        {
            return new ParseError($"more than {SipLimits.MessageParameters} parameters in all", 0);
        }

        var (vias, routes) = (0, 0);
        foreach (ref readonly var header in headers.Items)
        {
            if (ReferenceEquals(header.Name, HeaderName.Via))
            {
                vias += 1 + header.Value.Span.Count((byte)',');
            }
            else if (ReferenceEquals(header.Name, HeaderName.RecordRoute) || ReferenceEquals(header.Name, HeaderName.Route))
            {
                routes += 1 + header.Value.Span.Count((byte)',');
            }
        }

        return vias > SipLimits.Vias ? new ParseError($"more than {SipLimits.Vias} Via values", 0)
            : routes > SipLimits.Routes ? new ParseError($"more than {SipLimits.Routes} Route and Record-Route values", 0)
            : null;
    }
}
