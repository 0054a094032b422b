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

    /// <summary>Parameters of a whole message.</summary>
    public const int MessageParameters = 512;

    /// <summary>Via values: what Max-Forwards lets pass, and a few that did not count.</summary>
    public const int Vias = 100;

    /// <summary>Route and Record-Route values together.</summary>
    public const int Routes = 100;

    /// <summary>Bytes of a body. Multipart bodies are not read at all (415), so they need no limit of depth.</summary>
    public const int BodyBytes = 32_768;
}
