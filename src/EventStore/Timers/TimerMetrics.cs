using System.Diagnostics.Metrics;

namespace CallCenter.EventStore;

/// <summary>Timers over all nodes as instruments of <c>System.Diagnostics.Metrics</c>; counted at the first look after each measurement, so that nobody counts for nobody.</summary>
internal sealed class TimerMetrics : IDisposable
{
    private readonly Meter _meter = new("CallCenter.EventStore");
    private int _wanted;

    public TimerMetrics()
    {
        _meter.CreateObservableGauge("callcenter.timers.pending", () => Measure(of => of.Pending), "{timer}", "Timers that wait, are being fired, or are to be tried again");
        _meter.CreateObservableGauge("callcenter.timers.dead", () => Measure(of => of.Dead), "{timer}", "Timers that failed as often as they may");
        _meter.CreateObservableGauge("callcenter.timers.lag", () => Measure(of => of.Lag.TotalSeconds), "s", "How late the latest pending timer is");
    }

    public TimerCounts? Last { get; set; }

    public bool TakeWanted() => Interlocked.Exchange(ref _wanted, 0) == 1;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<T>> Measure<T>(Func<TimerCounts, T> value)
        where T : struct
    {
        Interlocked.Exchange(ref _wanted, 1);
        return Last is { } counts ? [new Measurement<T>(value(counts))] : [];
    }
}
