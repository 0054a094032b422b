namespace CallCenter.Telephony.Sip;

/// <summary>What the other side of a dialog says that it can do, by the latest headers that it sent (Allow: RFC 3261 section 20.5). Belongs to the loop.</summary>
internal sealed class PeerAbilities
{
    /// <summary>Session refreshes may go by UPDATE (RFC 3311 section 4).</summary>
    public bool Update { get; private set; }

    public bool Info { get; private set; }

    /// <summary>It may be told to answer: a NOTIFY of the event <c>talk</c>, by the latest Allow-Events header (RFC 6665 section 8.2.2), as the phones of many makers have it.</summary>
    public bool Talk { get; private set; }

    public void Note(SipMessage message)
    {
        if (message.Headers.Has(HeaderName.AllowEvents))
        {
            Talk = message.Headers.Tokens(HeaderName.AllowEvents).Contains("talk", StringComparer.OrdinalIgnoreCase);
        }

        if (message.Headers.Has(HeaderName.Allow))
        {
            Update = message.Headers.Tokens(HeaderName.Allow).Contains(SipMethods.Update, StringComparer.Ordinal);
            Info = message.Headers.Tokens(HeaderName.Allow).Contains(SipMethods.Info, StringComparer.Ordinal);
        }
    }

    /// <summary>It refused an UPDATE as a method that it does not know, whatever it said before.</summary>
    public void LacksUpdate() => Update = false;
}
