using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>One contact of an address of record (RFC 3261 section 10.3).</summary>
/// <param name="Contact">Where the phone says it is.</param>
/// <param name="Source">Where its REGISTER came from.</param>
/// <param name="IsDirect">No address translation lies between: the contact can be reached as it is.</param>
/// <param name="CallId">Call-ID of the REGISTER.</param>
/// <param name="CSeq">Its sequence number.</param>
/// <param name="RegisteredAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">When it lapses.</param>
internal sealed record Registration(SipUri Contact, SipFlow Source, bool IsDirect, string CallId, uint CSeq, DateTimeOffset RegisteredAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Preference among the contacts, 0 to 1; the highest is called first (RFC 3261 section 20.10).</summary>
    public double Q { get; init; } = 1;

    /// <summary>The proxies on the way to the phone, the first one next to us, as a Route header has them (RFC 3327); null when there are none.</summary>
    public string? Path { get; init; }

    /// <summary>What the phone calls itself, over restarts and changes of address (RFC 5626 section 4.1), quotes included; null when it says nothing.</summary>
    public string? Instance { get; init; }

    /// <summary>Which of its flows this is (RFC 5626 section 4.2).</summary>
    public int? RegId { get; init; }

    /// <summary>Where requests for this contact go. Behind proxies, to the first of them; over a connection, back over it.</summary>
    public SipFlow Flow =>
        Path is { } path && NextHop(path) is { } proxy ? Source.Toward(proxy)
        : Source.Transport.IsReliable ? Source
        : IsDirect ? Source.Toward(Contact)
        : Source with { ListensAt = null };

    public Binding ToBinding() => new(Contact.ToString(), Source.Remote, IsDirect, RegisteredAt, ExpiresAt) { Q = Q, Path = Path, Instance = Instance, RegId = RegId };

    private static SipUri? NextHop(string path)
    {
        var scanner = new SipScanner(Encoding.UTF8.GetBytes(path));
        return NameAddr.TryParse(ref scanner, out var first, out _) ? first.Uri : null;
    }
}
