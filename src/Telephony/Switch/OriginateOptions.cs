using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>How to call a phone.</summary>
public sealed record OriginateOptions
{
    /// <summary>User part of the From address: what the phone shows as the caller's number. Empty for a withheld number, written as <c>anonymous</c> (RFC 3261 section 8.1.1.3).</summary>
    public required string FromUser { get; init; }

    /// <summary>Display name of the From address.</summary>
    public string? FromDisplayName { get; init; }

    /// <summary>From the INVITE to the CANCEL; the leg then ends with <see cref="LegEndReason.NoAnswer"/>.</summary>
    public required TimeSpan RingTimeout { get; init; }

    /// <summary>The leg that this one is to be bridged with: codecs that are only passed on are offered as it has them. Null, or a leg that is gone, offers none.</summary>
    public LegId? CodecsOf { get; init; }

    /// <summary>Further header fields of the INVITE. Names must be tokens, values must hold no line break, else <see cref="ArgumentException"/>.</summary>
    public IReadOnlyDictionary<string, string> ExtraHeaders { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    internal static void Validate(OriginateOptions options)
    {
        if (options.RingTimeout <= TimeSpan.Zero)
        {
            throw new ArgumentException($"RingTimeout {options.RingTimeout} is not positive", nameof(options));
        }

        if (SipText.BreaksLine(options.FromUser) || SipText.BreaksLine(options.FromDisplayName) || options.ExtraHeaders.Values.Any(value => SipText.BreaksLine(value)))
        {
            throw new ArgumentException("FromUser, FromDisplayName or a value of ExtraHeaders holds a line break", nameof(options));
        }

        foreach (var name in options.ExtraHeaders.Keys)
        {
            _ = HeaderName.Of(name);
        }
    }
}

/// <summary>Why we hang up; chooses the final response of a call not yet answered, and the Reason header (RFC 3326) of BYE and CANCEL.</summary>
public enum HangUpCause
{
    /// <summary>480 before answer; Q.850 cause 16.</summary>
    Normal,

    /// <summary>486 before answer; Q.850 cause 17.</summary>
    Busy,

    /// <summary>603 before answer; Q.850 cause 21.</summary>
    Declined,

    /// <summary>503 before answer; Q.850 cause 41.</summary>
    Failure,
}
