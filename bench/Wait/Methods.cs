using CallCenter.Domain.Floor;

namespace CallCenter.Wait.Bench;

/// <summary>What is known of a queue when a caller comes, and the methods that tell a wait from it; null when there is nothing to go by.</summary>
internal sealed class Methods
{
    public static readonly IReadOnlyList<(string Name, Func<Methods, double?> Estimate)> All =
    [
        ("chosen: 0.7 x (ahead + 1) x mean of 50 intervals + 0.3 x mean wait of 5", m => EstimatedWait.Of(m._pace, m.Ahead)),
        ("(ahead + 1) x mean of 50 intervals between answers", m => (m.Ahead + 1) * m._pace.MeanIntervalSeconds),
        ("(ahead + 1) x mean of the last 10", m => (m.Ahead + 1) * Mean(m._intervals, 10)),
        ("(ahead + 1) x mean of 50 intervals between any two departures", m => (m.Ahead + 1) * Mean(m._departures, 50)),
        ("half that, half mean wait of the last 5", m => (((m.Ahead + 1) * Mean(m._departures, 50)) + m._pace.MeanWaitSeconds) / 2),
        ("wait of the last to be answered (LES)", m => m._last),
        ("mean wait of the last 5 answered", m => m._pace.MeanWaitSeconds),
        ("wait so far of who is at the head (HOL)", m => m.HeadOfLine),
        ("mean of HOL and LES", m => (m.HeadOfLine + m._last) / 2),
        ("none: 0 s", _ => 0),
    ];

    private readonly List<Visit> _waiting = [];
    private readonly List<double> _intervals = [];
    private readonly List<double> _departures = [];
    private QueuePace _pace = QueuePace.Unknown;
    private double? _last;
    private double _lastAnswer = double.MinValue;
    private double _lastDeparture = double.MinValue;
    private double _now;
    private double _headStart;

    /// <summary>Those that rank before who comes now.</summary>
    private int Ahead => _waiting.Count(visit => _now - visit.QueuedAt + visit.HeadStart >= _headStart);

    private double? HeadOfLine => _waiting.Count == 0 ? 0 : _now - _waiting.Min(visit => visit.QueuedAt);

    /// <summary>A caller comes; what follows is asked for that one.</summary>
    public void Comes(Visit visit) => (_now, _headStart) = (visit.QueuedAt, visit.HeadStart);

    public void Waits(Visit visit) => _waiting.Add(visit);

    public void Leaves(Visit visit)
    {
        _waiting.Remove(visit);
        if (visit.QueuedAt < _lastDeparture)
        {
            _departures.Add(visit.LeftAt - _lastDeparture);
        }

        _lastDeparture = visit.LeftAt;
        if (!visit.Answered)
        {
            return;
        }

        if (visit.QueuedAt < _lastAnswer)
        {
            _intervals.Add(visit.LeftAt - _lastAnswer);
        }

        (_lastAnswer, _last) = (visit.LeftAt, visit.Wait);
        _pace = _pace.Answered(DateTimeOffset.UnixEpoch.AddSeconds(visit.QueuedAt), DateTimeOffset.UnixEpoch.AddSeconds(visit.LeftAt));
    }

    private static double? Mean(List<double> numbers, int last) => numbers.Count == 0 ? null : numbers.TakeLast(last).Average();
}
