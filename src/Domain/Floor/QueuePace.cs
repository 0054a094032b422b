namespace CallCenter.Domain.Floor;

/// <summary>How fast contacts have been taken from a queue: what the estimated wait goes by.</summary>
public sealed class QueuePace
{
    /// <summary>How many of the latest waits are kept.</summary>
    public const int Waits = 5;

    /// <summary>How many of the latest intervals are kept.</summary>
    public const int Intervals = 50;

    /// <summary>Nobody has been answered yet.</summary>
    public static readonly QueuePace Unknown = new([], [], DateTimeOffset.MinValue);

    private readonly double[] _waits;
    private readonly double[] _intervals;
    private readonly DateTimeOffset _lastAnswer;

    private QueuePace(double[] waits, double[] intervals, DateTimeOffset lastAnswer) => (_waits, _intervals, _lastAnswer) = (waits, intervals, lastAnswer);

    /// <summary>Mean wait of those answered last, in seconds; null before the first.</summary>
    public double? MeanWaitSeconds => _waits.Length == 0 ? null : _waits.Average();

    /// <summary>Mean time from one answer to the next, in seconds, where the second contact waited already at the first answer: with nobody waiting, an interval says nothing. Null before the first.</summary>
    public double? MeanIntervalSeconds => _intervals.Length == 0 ? null : _intervals.Average();

    /// <summary>The pace after an agent has answered one more contact.</summary>
    public QueuePace Answered(DateTimeOffset queuedAt, DateTimeOffset answeredAt) => new(
        Last(_waits, (answeredAt - queuedAt).TotalSeconds, Waits),
        queuedAt < _lastAnswer ? Last(_intervals, Math.Max(0, (answeredAt - _lastAnswer).TotalSeconds), Intervals) : _intervals,
        answeredAt);

    private static double[] Last(double[] numbers, double next, int most) => numbers.Length < most ? [.. numbers, next] : [.. numbers.AsSpan(1), next];
}
