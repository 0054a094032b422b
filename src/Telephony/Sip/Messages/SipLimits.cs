namespace CallCenter.Telephony.Sip;

/// <summary>What the parser takes at most. A message beyond a limit is malformed, so hostile input costs no more than reading it once.</summary>
public static class SipLimits
{
    /// <summary>Bytes of a whole message: the largest UDP datagram.</summary>
    public const int MessageBytes = 65_535;

    /// <summary>Header fields of a message.</summary>
    public const int Headers = 256;

    /// <summary>Bytes of one header field, folded lines included.</summary>
    public const int HeaderBytes = 8_192;

    /// <summary>Parameters of one header value or URI.</summary>
    public const int Parameters = 64;
}
