using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class ProjectionPoisonTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly StreamCounts _streams = new() { Poison = 13 };
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;
    private ProjectionRuntime _runtime = null!;
    private ProjectionControl _control = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        _control = new ProjectionControl(_harness.DataSource);
        _runtime = new ProjectionRuntime(_harness.Store, _harness.DataSource, [_streams], TimeProvider.System, NullLogger.Instance);
        await _runtime.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _runtime.DisposeAsync();
        await _harness.DisposeAsync();
    }

    [Fact]
    public async Task Where_it_stopped_and_why_can_be_seen_from_any_process()
    {
        await StopAtThirteenAsync();

        var shard = (await _control.ListAsync()).Single();
        (shard.Name, shard.Version, shard.Shard, shard.State, shard.Checkpoint, shard.Lag).ShouldBe(("streams", 1, "All", "poisoned", 2, 2));
        (shard.Poison!.Position, shard.Poison.EventType, shard.Poison.Error).ShouldBe((3, "counted", "13 is poison"));
        shard.Poison.EventId.ShouldBe(await _harness.ScalarAsync<Guid>("select id from mt_events where seq_id = 3"));
    }

    [Fact]
    public async Task Another_process_that_waits_is_told_too()
    {
        await StopAtThirteenAsync();
        await using var second = await StoreHarness.OpenAsync(_harness.ConnectionString);
        await using var standby = new ProjectionRuntime(second.Store, second.DataSource, [new StreamCounts()], TimeProvider.System, NullLogger.Instance);
        await standby.StartAsync();

        (await Should.ThrowAsync<ProjectionPoisonedException>(() => standby.WaitForAsync(4))).Position.ShouldBe(3);
    }

    [Fact]
    public async Task A_skipped_event_stays_out_also_of_a_rebuild_until_a_retry_and_a_rebuild_take_it_in()
    {
        await StopAtThirteenAsync();

        await _control.SkipAsync("streams", 3);
        await Eventually.TrueAsync(async () => await SumAsync() == 7, "it goes on behind the event");
        await _runtime.WaitForAsync(4);
        (await _control.ListAsync()).Single().Skipped.ShouldBe([3]);
        await _runtime.RebuildAsync("streams");
        (await SumAsync()).ShouldBe(7);

        _streams.Poison = null;
        await _control.RetryAsync("streams");
        await _runtime.RebuildAsync("streams");
        (await SumAsync()).ShouldBe(20);
    }

    [Fact]
    public async Task A_retry_takes_the_event_when_its_cause_is_gone_and_stops_again_when_it_is_not()
    {
        await StopAtThirteenAsync();
        var stopped = (await _control.ListAsync()).Single().Poison!.StoppedAt;
        await _control.RetryAsync("streams");
        await Eventually.TrueAsync(async () => (await _control.ListAsync()).Single().Poison is { } poison && poison.StoppedAt > stopped, "it stops again");

        _streams.Poison = null;
        await _control.RetryAsync("streams");
        await Eventually.TrueAsync(async () => await SumAsync() == 20, "it takes the event");
        (await _control.ListAsync()).Single().Poison.ShouldBeNull();
    }

    [Fact]
    public async Task Deciding_on_what_did_not_happen_is_refused()
    {
        (await Should.ThrowAsync<InvalidOperationException>(() => _control.SkipAsync("streams", 1))).Message.ShouldContain("position 1");
        (await Should.ThrowAsync<InvalidOperationException>(() => _control.RetryAsync("streams"))).Message.ShouldContain("'streams'");
    }

    [Fact]
    public async Task A_rebuild_that_meets_an_event_that_it_cannot_apply_leaves_the_live_tables_and_can_be_told_to_skip()
    {
        _streams.Poison = null;
        await AppendAsync(1, 2, 13, 4);
        await _runtime.WaitForAsync(4);
        _streams.Poison = 13;

        (await Should.ThrowAsync<ProjectionPoisonedException>(() => _runtime.RebuildAsync("streams"))).Position.ShouldBe(3);
        (await SumAsync()).ShouldBe(20);
        (await _control.ListAsync()).Select(shard => (shard.Shard, shard.State)).ShouldBe([("All", "leading"), ("All (rebuild)", "poisoned")]);
        await _control.SkipAsync("streams", 3);
        await _runtime.RebuildAsync("streams");
        (await SumAsync()).ShouldBe(7);
    }

    [Fact]
    public async Task Position_lag_and_state_are_metrics()
    {
        await AppendAsync(1, 2);
        await _runtime.WaitForAsync(2);
        (await MeasureAsync()).ShouldBe(new Dictionary<string, long> { ["callcenter.projection.position"] = 2, ["callcenter.projection.lag"] = 0, ["callcenter.projection.state"] = 2 }, ignoreOrder: true);

        await AppendAsync(13, 4);
        await Should.ThrowAsync<ProjectionPoisonedException>(() => _runtime.WaitForAsync(4));
        (await MeasureAsync()).ShouldBe(new Dictionary<string, long> { ["callcenter.projection.position"] = 2, ["callcenter.projection.lag"] = 2, ["callcenter.projection.state"] = 3 }, ignoreOrder: true);
    }

    // Other tests' runtimes may be alive in this process: only this one's database is looked at, by its own projection's name.
    private Task<Dictionary<string, long>> MeasureAsync()
    {
        var values = new ConcurrentDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, all) =>
            {
                if (instrument.Meter.Name == ProjectionMetrics.MeterName)
                {
                    all.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            tags.ToArray().ShouldBe([new("projection", "streams"), new("shard", "All")]);
            values[instrument.Name] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return Task.FromResult(values.ToDictionary(StringComparer.Ordinal));
    }

    private async Task StopAtThirteenAsync()
    {
        await AppendAsync(1, 2, 13, 4);
        (await Should.ThrowAsync<ProjectionPoisonedException>(() => _runtime.WaitForAsync(4))).Position.ShouldBe(3);
    }

    private Task<long> SumAsync() => _harness.ScalarAsync<long>("select coalesce(sum((data->>'Sum')::bigint), 0)::bigint from streams.views");

    private Task AppendAsync(params int[] amounts) => _harness.AppendAsync(_stream, ExpectedVersion.Any, [.. amounts.Select(amount => (object)new Counted(amount))]);
}
