namespace CallCenter.Telephony.Sip;

/// <summary>The timer values of RFC 3261 table 4 and of RFC 4028. Immutable; the defaults are the RFCs'.</summary>
public sealed record SipTimers
{
    /// <summary>The RFC's values: T1 500 ms, T2 4 s, T4 5 s.</summary>
    public static SipTimers Default { get; } = new();

    /// <summary>Round-trip estimate.</summary>
    public TimeSpan T1 { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest interval between retransmissions of non-INVITE requests and INVITE responses.</summary>
    public TimeSpan T2 { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Longest time a message stays in the network.</summary>
    public TimeSpan T4 { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The session interval that we ask for, in seconds (RFC 4028 section 4).</summary>
    public int SessionExpires { get; init; } = 1800;

    /// <summary>The shortest session interval that we take, in seconds; 90 is the least that RFC 4028 section 4 allows.</summary>
    public int MinSessionExpires { get; init; } = 90;

    /// <summary>64*T1: Timers B, F, H, J, L and M, and how long a 2xx waits for its ACK.</summary>
    public TimeSpan TransactionTimeout => T1 * 64;

    /// <summary>Timer D: how long a client absorbs retransmitted final responses; at least 32 s with the RFC's T1.</summary>
    public TimeSpan TimerD => T1 * 64;
}
