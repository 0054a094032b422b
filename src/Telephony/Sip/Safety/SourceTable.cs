namespace CallCenter.Telephony.Sip;

/// <summary>
/// The sources lately heard of, at most <see cref="Capacity"/> strangers. When it is full, new strangers share one record, and with it their limits, until there is room: a flood of
/// forged addresses costs other strangers, not memory and not those who are known. Belongs to the loop.
/// </summary>
internal sealed class SourceTable
{
    public const int Capacity = 20_000;

    // An idle record says nothing any more: its buckets are full and its score has leaked away.
    private const double IdleSeconds = 600;
    private const double SweepEverySeconds = 60;
    private const double SweepFullEverySeconds = 1;

    private readonly Dictionary<SourceKey, SourceRecord> _records = [];
    private readonly SourceRecord _others = new(default, 0);
    private double _sweptAt = double.NegativeInfinity;

    public int Count => _records.Count;

    /// <summary>The record of a source, made at its first message.</summary>
    /// <param name="key">Which source.</param>
    /// <param name="known">It is a trunk's or a phone's: these are few, and have a record in any case.</param>
    /// <param name="now">Seconds.</param>
    public SourceRecord Of(SourceKey key, bool known, double now)
    {
        Sweep(now, SweepEverySeconds);
        if (!_records.TryGetValue(key, out var record))
        {
            if (_records.Count >= Capacity)
            {
                Sweep(now, SweepFullEverySeconds);
            }

            if (_records.Count >= Capacity && !known)
            {
                return _others;
            }

            _records.Add(key, record = new SourceRecord(key, now));
        }

        record.SeenAt = now;
        return record;
    }

    /// <summary>The record stands for many: what one of them does must not be blamed on another.</summary>
    public bool IsShared(SourceRecord record) => ReferenceEquals(record, _others);

    private void Sweep(double now, double interval)
    {
        if (now - _sweptAt < interval)
        {
            return;
        }

        _sweptAt = now;
        foreach (var (key, record) in _records)
        {
            if (now - record.SeenAt > IdleSeconds && record is { Transactions: 0, Calls: 0 } && now > record.StrikesUntil)
            {
                _records.Remove(key);
            }
        }
    }
}
