namespace CallCenter.Telephony.Sip;

/// <summary>Why bytes are not a SIP message, and what is left of them to answer with.</summary>
/// <param name="Reason">What is wrong, naming the element.</param>
/// <param name="Offset">Byte offset near which it was found.</param>
/// <param name="StatusCode">The response that the RFC wants for it: 400, 413, 505 and the like.</param>
/// <param name="Answerable">The request as far as it was read, when Via, From, To, Call-ID and CSeq suffice to answer it; null when silence is right (responses, ACK, garbage).</param>
public sealed record ParseError(string Reason, int Offset, int StatusCode = 400, SipRequest? Answerable = null)
{
    public override string ToString() => $"{Reason} (at byte {Offset})";
}
