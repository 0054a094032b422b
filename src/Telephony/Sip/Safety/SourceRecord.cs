namespace CallCenter.Telephony.Sip;

/// <summary>What is known of one source. Belongs to the loop.</summary>
internal sealed class SourceRecord(SourceKey key, double now)
{
    public SourceKey Key { get; } = key;

    /// <summary>Server transactions that live.</summary>
    public int Transactions { get; set; }

    /// <summary>Calls that live.</summary>
    public int Calls { get; set; }

    public TokenBucket Invites = new(SourceLimits.Stranger.InviteBurst, now);

    public TokenBucket Registers = new(SourceLimits.Stranger.RegisterBurst, now);

    /// <summary>Bytes that may still be sent to it unproved.</summary>
    public TokenBucket Credit = new(SipGuard.FreeBytes, now);

    /// <summary>Offences, leaking away.</summary>
    public double Score { get; set; }

    /// <summary>When <see cref="Score"/> was right, s.</summary>
    public double ScoreAt { get; set; } = now;

    /// <summary>When it last sent something, s.</summary>
    public double SeenAt { get; set; } = now;

    /// <summary>Until when a password proved there speaks for it, s.</summary>
    public double ProvenUntil { get; set; } = double.NegativeInfinity;

    /// <summary>Challenges that were followed by a request without credentials, or by none, since it last proved a password by SHA-256.</summary>
    public int Unanswered { get; set; }

    /// <summary>When it was last told that it asks for too much, s.</summary>
    public double ToldAt { get; set; } = double.NegativeInfinity;

    /// <summary>Blocks so far.</summary>
    public int Strikes { get; set; }

    /// <summary>Until when those are remembered, s.</summary>
    public double StrikesUntil { get; set; } = double.NegativeInfinity;
}
