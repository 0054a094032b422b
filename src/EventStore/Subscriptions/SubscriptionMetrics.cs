using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>The subscriptions that this node leads as instruments of <c>System.Diagnostics.Metrics</c>, tagged with the subscription. What is parked is counted only while somebody measures.</summary>
internal sealed partial class SubscriptionMetrics : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Meter _meter = new("CallCenter.EventStore");
    private readonly Func<IReadOnlyList<SubscriptionStatus>> _status;
    private readonly DeadLetters _letters;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Dictionary<string, ParkedCounts> _counts = [];
    private int _wanted;

    public SubscriptionMetrics(Func<IReadOnlyList<SubscriptionStatus>> status, DeadLetters letters, TimeProvider time, ILogger logger)
    {
        (_status, _letters, _time, _logger) = (status, letters, time, logger);
        Gauge("callcenter.subscription.lag", "Positions between the subscription and the end of the log", of => Math.Max(0, of.HighWaterMark - of.Checkpoint));
        Gauge("callcenter.subscription.parked", "Events to be tried again, or behind such", of => Counts(of.Name)?.Parked ?? 0);
        Gauge("callcenter.subscription.dead", "Dead letters", of => Counts(of.Name)?.Dead ?? 0);

        void Gauge(string name, string description, Func<SubscriptionStatus, long> value) => _meter.CreateObservableGauge(name, () => Measure(value), "{event}", description);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            if (Interlocked.Exchange(ref _wanted, 0) == 1)
            {
                try
                {
                    _counts = (await _letters.CountAsync(ct)).ToDictionary(counts => counts.Subscription, StringComparer.Ordinal);
                }
                catch (NpgsqlException exception)
                {
                    LogNotCounted(_logger, exception.Message);
                }
            }

            await Task.Delay(Interval, _time, ct);
        }
    }

    public void Dispose() => _meter.Dispose();

    private ParkedCounts? Counts(string subscription) => _counts.GetValueOrDefault(subscription);

    private IEnumerable<Measurement<long>> Measure(Func<SubscriptionStatus, long> value)
    {
        Interlocked.Exchange(ref _wanted, 1);
        return _status().Where(of => of.State == LeadershipState.Leading).Select(of => new Measurement<long>(value(of), new KeyValuePair<string, object?>("subscription", of.Name)));
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Parked events could not be counted: {Reason}")]
    private static partial void LogNotCounted(ILogger logger, string reason);
}
