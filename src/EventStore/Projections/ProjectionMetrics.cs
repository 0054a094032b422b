using System.Diagnostics.Metrics;

namespace CallCenter.EventStore;

/// <summary>Progress and lag of this process's projections as instruments of <c>System.Diagnostics.Metrics</c>, tagged with projection and shard.</summary>
internal sealed class ProjectionMetrics : IDisposable
{
    public const string MeterName = "CallCenter.EventStore";

    private readonly Meter _meter = new(MeterName);

    public ProjectionMetrics(Func<IReadOnlyList<ProjectionStatus>> status)
    {
        Gauge("callcenter.projection.position", "{event}", "All events of the projection up to this position are in its tables", of => of.Checkpoint);
        Gauge("callcenter.projection.lag", "{event}", "Positions between the projection and the end of the log", of => Math.Max(0, of.HighWaterMark - of.Checkpoint));
        Gauge("callcenter.projection.state", "", "0 stopped, 1 standby, 2 leading, 3 poisoned, 4 rebuilding, 5 superseded", of => (long)of.State);

        void Gauge(string name, string unit, string description, Func<ProjectionStatus, long> value) => _meter.CreateObservableGauge(
            name, () => status().Select(of => new Measurement<long>(value(of), new("projection", of.Name), new("shard", of.Shard))), unit, description);
    }

    public void Dispose() => _meter.Dispose();
}
