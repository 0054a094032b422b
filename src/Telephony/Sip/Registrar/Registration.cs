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
    /// <summary>Where requests for this contact go.</summary>
    public SipFlow Flow => IsDirect && !Source.Transport.IsReliable ? Source.Toward(Contact) : Source;

    public Binding ToBinding() => new(Contact.ToString(), Source.Remote, IsDirect, RegisteredAt, ExpiresAt);
}
