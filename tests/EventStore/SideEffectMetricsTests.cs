using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SideEffectMetricsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, double> _measured = [];
    private readonly MeterListener _listener = new();
    private StoreHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "CallCenter.EventStore")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _measured[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _measured[instrument.Name] = value);
        _listener.Start();
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        await _harness.DisposeAsync();
    }

    [Fact]
    public async Task Timers_tell_how_many_wait_how_many_are_dead_and_how_late_they_are()
    {
        var now = DateTimeOffset.UtcNow;
        await new DurableTimers(_harness.DataSource, TimeProvider.System).ScheduleAsync(
            [new(Guid.NewGuid(), "nobody's", now.AddHours(-1), "1"), new(Guid.NewGuid(), "nobody's", now.AddHours(1), "1"), new(Guid.NewGuid(), "nobody's", now, "1")]);
        await _harness.ExecuteAsync("update callcenter.timers set next_attempt_at = null where due_at = (select max(due_at) from callcenter.timers)");

        await using var runtime = new TimerRuntime(_harness.DataSource, [], TimeProvider.System, NullLogger.Instance) { Interval = TimeSpan.FromMilliseconds(20) };
        runtime.Start();

        await MeasuredAsync("callcenter.timers.pending", 2);
        await MeasuredAsync("callcenter.timers.dead", 1);
        _measured["callcenter.timers.lag"].ShouldBeInRange(3_600, 3_700);
    }

    [Fact]
    public async Task A_subscription_tells_how_far_behind_it_is_and_what_is_parked_and_dead()
    {
        var hook = new RecordingSubscription("hook") { Fails = (_, _) => true };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);
        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1), new Counted(2), new Counted(3));

        await MeasuredAsync("callcenter.subscription.dead", 1);
        await MeasuredAsync("callcenter.subscription.parked", 2);
        await MeasuredAsync("callcenter.subscription.lag", 0);
    }

    private Task MeasuredAsync(string instrument, double value) => Eventually.TrueAsync(
        () =>
        {
            _listener.RecordObservableInstruments();
            return Task.FromResult(_measured.TryGetValue(instrument, out var measured) && measured == value);
        },
        $"{instrument} is {value}");
}
