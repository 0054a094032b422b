using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Tests;

/// <summary>An event of a type that this program does not know stops those who need it, and nobody else.</summary>
[Collection(PostgresCollection.Name)]
public sealed class UnknownEventTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Aggregate<int> Sum = new("counter", 0, (sum, data) => data is Counted counted ? sum + counted.Amount : sum);
    private readonly Guid _known = Guid.NewGuid();
    private readonly Guid _unknown = Guid.NewGuid();
    private StoreHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        await _harness.AppendAsync(_unknown, ExpectedVersion.NoStream, new Counted(1));
        await _harness.ExecuteAsync($$"""
            update mt_streams set version = 2 where id = '{{_unknown}}';
            insert into mt_events (seq_id, id, stream_id, version, data, type)
            values (nextval('mt_events_sequence'), gen_random_uuid(), '{{_unknown}}', 2, '{"Of": "tomorrow"}', 'of_tomorrow');
            """);
        await _harness.AppendAsync(_known, ExpectedVersion.NoStream, new Counted(2));
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task The_log_the_trail_and_other_streams_are_read_past_it()
    {
        var log = await _harness.ReadToEndAsync();
        var trail = await new EventTrail(_harness.DataSource, StoreHarness.Types).PageAsync(new TrailFilter(StreamId: _unknown), 0, 10);

        log.Select(e => e.Type).ShouldBe(["counted", "of_tomorrow", "counted"]);
        trail[1].Json.ShouldBe("""{"Of": "tomorrow"}""");
        (await _harness.Store.AggregateStreamAsync(Sum, _known)).ShouldBe(new StreamState<int>(2, 1));
        (await new CommandHandler(_harness.Store).HandleAsync(Sum, _known, sum => [EventData.Of(new Counted(sum))], EventMetadata.None)).State.ShouldBe(4);
    }

    [Fact]
    public async Task A_projection_that_does_not_handle_it_goes_on()
    {
        await using var runtime = new ProjectionRuntime(_harness.Store, _harness.DataSource, [new TotalsProjection()], TimeProvider.System, NullLogger.Instance);

        await runtime.StartAsync();
        await runtime.WaitForAsync(3);

        (await _harness.ScalarAsync<long>("select amount from totals.total")).ShouldBe(3);
    }

    [Fact]
    public async Task No_command_is_decided_on_half_a_state()
    {
        var asked = false;

        var refusal = await Should.ThrowAsync<UnknownEventTypeException>(() => new CommandHandler(_harness.Store).HandleAsync(
            Sum,
            _unknown,
            _ =>
            {
                asked = true;
                return [EventData.Of(new Counted(1))];
            },
            EventMetadata.None));

        asked.ShouldBeFalse();
        refusal.Message.ShouldContain($"'of_tomorrow' at position 2 (stream {_unknown}, version 2)");
        (await _harness.Store.FetchStreamAsync(_unknown)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_state_before_it_can_still_be_told() =>
        (await _harness.Store.AggregateStreamAsync(Sum, _unknown, version: 1)).ShouldBe(new StreamState<int>(1, 1));
}
