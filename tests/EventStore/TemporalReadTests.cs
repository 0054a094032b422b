using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

/// <summary>Streams and states as they were.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TemporalReadTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly Aggregate<int> Sum = new("counter", 0, (sum, data) => sum + ((Counted)data).Amount) { Snapshots = new SnapshotPolicy("sum", 1, 2) };
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        await new CommandHandler(_harness.Store).HandleAsync(Sum, _stream, _ => [.. new[] { 1, 10, 100, 1000 }.Select(amount => EventData.Of(new Counted(amount)))], EventMetadata.None);
        await _harness.ExecuteAsync($"update mt_events set timestamp = '{Noon:O}'::timestamptz + (version - 1) * interval '1 minute'");
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 111)]
    [InlineData(9, 1111)]
    public async Task At_a_version(long version, int sum)
    {
        var last = Math.Min(version, 4);

        (await _harness.Store.AggregateStreamAsync(Sum, _stream, version)).ShouldBe(new StreamState<int>(sum, last));
        (await _harness.Store.FetchStreamAsync(_stream, version: version)).Count.ShouldBe((int)last);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, 1)]
    [InlineData(1.5, 2)]
    [InlineData(60, 4)]
    public async Task At_an_instant(double minutes, int last)
    {
        var at = Noon.AddMinutes(minutes);

        (await _harness.Store.FetchStreamAsync(_stream, timestamp: at)).Select(e => e.Version).ShouldBe(Enumerable.Range(1, last).Select(v => (long)v));
        (await _harness.Store.AggregateStreamAsync(Sum, _stream, timestamp: at)).Version.ShouldBe(last);
    }

    [Fact]
    public async Task Bounds_are_joined()
    {
        (await _harness.Store.FetchStreamAsync(_stream, afterVersion: 1, version: 3)).Select(e => e.Version).ShouldBe([2, 3]);
        (await _harness.Store.FetchStreamAsync(_stream, afterVersion: 1, timestamp: Noon.AddMinutes(1))).Select(e => e.Version).ShouldBe([2]);
        (await _harness.Store.AggregateStreamAsync(Sum, _stream, version: 1, timestamp: Noon.AddMinutes(2))).ShouldBe(new StreamState<int>(1, 1));
    }

    [Fact]
    public async Task Where_clocks_went_back_an_instant_still_gives_no_event_without_all_before_it()
    {
        await _harness.ExecuteAsync($"update mt_events set timestamp = '{Noon.AddMinutes(-5):O}' where version = 3");

        (await _harness.Store.AggregateStreamAsync(Sum, _stream, timestamp: Noon)).ShouldBe(new StreamState<int>(1, 1));
        (await _harness.Store.FetchStreamAsync(_stream, timestamp: Noon.AddMinutes(1))).Count.ShouldBe(3);
    }
}
