using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Alarms;
using CallCenter.EventStore;
using CallCenter.Projections.Alarms;

using Npgsql;

namespace CallCenter.Api.Alarms;

/// <summary>Looks at the watched queues every second, and raises and clears their alarms. On several nodes each looks; the stream's version lets one of them tell.</summary>
internal sealed partial class AlarmWatch : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly Aggregate<QueueAlarms> Aggregate = new(QueueAlarms.StreamType, QueueAlarms.Initial, (alarms, e) => QueueAlarms.Evolve(alarms, (AlarmEvent)e));

    private readonly Center _center;
    private readonly AlarmQueries _queries;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public AlarmWatch(Center center, TimeProvider clock, ILogger<AlarmWatch> logger)
    {
        (_center, _queries, _clock, _logger) = (center, new AlarmQueries(center.Source, clock), clock, logger);
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>Says what is watched of a queue from now on.</summary>
    /// <returns>Why not: <c>ALARM_THRESHOLDS</c>.</returns>
    public static async Task<Refusal?> ConfigureAsync(Center center, Guid queue, AlarmThresholds thresholds, DateTimeOffset at, string user, CancellationToken cancellationToken) =>
        await HandleAsync(center, queue, new ConfigureAlarms(queue, thresholds, at), user, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            try
            {
                var known = (await _queries.GetAsync(_stop.Token)).ToDictionary(alarms => alarms.QueueId);
                foreach (var figures in known.Count == 0 ? [] : await _queries.FiguresAsync(_stop.Token))
                {
                    var observe = new ObserveQueue(figures, _clock.GetUtcNow());
                    if (known.TryGetValue(figures.QueueId, out var alarms) && AlarmDecider.Decide(observe, alarms).Events.Count > 0)
                    {
                        await HandleAsync(_center, figures.QueueId, observe, "alarms", _stop.Token);
                    }
                }
            }
            catch (Exception e) when (e is EventStoreException or NpgsqlException && !_stop.IsCancellationRequested)
            {
                LogBlind(_logger, e);
            }
        }
    }

    private static async Task<Refusal?> HandleAsync(Center center, Guid queue, AlarmCommand command, string user, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        await new CommandHandler(center.Store).HandleAsync(Aggregate, QueueAlarms.IdOf(queue), alarms =>
        {
            var decision = AlarmDecider.Decide(command, alarms);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, user), ct: cancellationToken);
        return refusal;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The queues cannot be watched now; trying again")]
    private static partial void LogBlind(ILogger logger, Exception exception);
}
