namespace CallCenter.Telephony.Sip;

/// <summary>The extensions that this stack knows, as Supported and Require name them.</summary>
internal static class OptionTags
{
    /// <summary>Reliable provisional responses (RFC 3262).</summary>
    public const string Reliable = "100rel";

    /// <summary>Session timers (RFC 4028).</summary>
    public const string Timer = "timer";

    /// <summary>The Replaces header (RFC 3891).</summary>
    public const string Replaces = "replaces";

    /// <summary>REFER without a subscription (RFC 4488).</summary>
    public const string NoReferSub = "norefersub";

    /// <summary>All of them, as a Supported header lists them.</summary>
    public const string All = $"{Reliable}, {Timer}, {Replaces}, {NoReferSub}";

    /// <summary>Those of a request within a call: its provisional responses need not be reliable.</summary>
    public const string WithinCall = $"{Timer}, {Replaces}, {NoReferSub}";

    public static bool IsKnown(string tag) =>
        Is(tag, Reliable) || Is(tag, Timer) || Is(tag, Replaces) || Is(tag, NoReferSub);

    /// <summary>A message lists the tag under this header.</summary>
    public static bool Lists(this SipHeaders headers, HeaderName name, string tag) => headers.Has(name) && headers.Tokens(name).Any(listed => Is(listed, tag));

    // Compared as tokens: without case (RFC 3261 section 7.3.1).
    private static bool Is(string tag, string known) => tag.Equals(known, StringComparison.OrdinalIgnoreCase);
}
