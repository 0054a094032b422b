namespace CallCenter.Telephony.Sip;

/// <summary>
/// Something that honest phones do seldom and scanners do all the time. Points leak away at one in 10 s: a phone with a wrong password, which tries every minute, never gets as
/// far as <see cref="Enough"/>; 30 unanswered challenges or 10 wrong passwords at a stretch do.
/// </summary>
/// <param name="Points">How much it counts.</param>
internal readonly record struct Offence(double Points)
{
    /// <summary>At this score a source is blocked.</summary>
    public const double Enough = 30;

    private const double LeakPerSecond = 0.1;
    private static readonly TimeSpan FirstBlock = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestBlock = TimeSpan.FromDays(1);

    /// <summary>How long after its last block a source's blocks are remembered.</summary>
    public static TimeSpan Memory => TimeSpan.FromDays(1);

    /// <summary>A request that had to be challenged. Each call of an honest phone begins so; its proof forgives it.</summary>
    public static Offence Unproved => new(1);

    public static Offence WrongCredentials => new(3);

    public static Offence Malformed => new(3);

    /// <summary>It says that it is a scanner.</summary>
    public static Offence Scanner => new(Enough);

    /// <summary>The score with this offence.</summary>
    /// <param name="score">Before.</param>
    /// <param name="seconds">Since then.</param>
    public double Added(double score, double seconds) => Math.Max(0, score - (seconds * LeakPerSecond)) + Points;

    /// <summary>5 min for the first block, each as long again as the one before it, a day at most.</summary>
    /// <param name="strikes">Which block it is, from 1.</param>
    public static TimeSpan BlockLength(int strikes) => strikes > 9 ? LongestBlock : TimeSpan.FromTicks(Math.Min(FirstBlock.Ticks << (strikes - 1), LongestBlock.Ticks));
}
