using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>Marten and this store on one database: each sees what the other wrote, and neither overwrites it.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MartenTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;
    private MartenSession _marten = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        _marten = new MartenSession(_harness.DataSource);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Appends_of_both_to_one_stream_are_read_in_order_by_both()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));
        (await _marten.AppendAsync(_stream, 1, new Counted(2), new Counted(3))).ShouldBe([3, 2, 3]);
        (await _harness.AppendAsync(_stream, ExpectedVersion.Exact(3), new Counted(4))).Version.ShouldBe(4);

        var ours = await _harness.Store.FetchStreamAsync(_stream);
        var martens = await _marten.FetchAsync(_stream);

        ours.Select(e => (e.Version, e.Position, e.Data)).ShouldBe([(1L, 1L, new Counted(1)), (2L, 2L, new Counted(2)), (3L, 3L, new Counted(3)), (4L, 4L, new Counted(4))]);
        martens.Select(e => (e.Version, e.Position, e.Data)).ShouldBe(ours.Select(e => (e.Version, e.Position, (object?)e.Data)));
        (await _harness.ReadToEndAsync()).Select(e => e.Position).ShouldBe([1, 2, 3, 4]);
        ours[1].Metadata.ShouldBe(new EventMetadata("a correlation", "a cause", "a user"));
        (await _marten.FetchStateAsync(_stream)).ShouldBe((4, "call", false));
    }

    [Fact]
    public async Task A_stream_that_Marten_starts_is_one_of_ours()
    {
        await _marten.StartAsync(_stream, new Counted(1), new Counted(2));

        (await _harness.AppendAsync(_stream, ExpectedVersion.Exact(2), new Counted(3))).Version.ShouldBe(3);
        await Should.ThrowAsync<WrongExpectedVersionException>(() => _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(4)));
        (await _harness.Store.FetchStreamAsync(_stream)).Select(e => (e.Data, e.StreamType)).ShouldBe([(new Counted(1), "call"), (new Counted(2), "call"), (new Counted(3), "call")]);
    }

    [Fact]
    public async Task A_stream_that_we_start_cannot_be_started_by_Marten()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));

        (await Should.ThrowAsync<PostgresException>(() => _marten.StartAsync(_stream, new Counted(2)))).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await _harness.ReadToEndAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_expected_version_holds_whoever_was_first()
    {
        await _marten.AppendAsync(_stream, 0, new Counted(1));
        (await Should.ThrowAsync<WrongExpectedVersionException>(() => _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(2)))).Actual.ShouldBe(1);

        await _harness.AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(2));
        (await Should.ThrowAsync<PostgresException>(() => _marten.AppendAsync(_stream, 1, new Counted(3)))).SqlState.ShouldBe(MartenSession.WrongVersion);

        (await _harness.ScalarAsync<long>("select last_value from mt_events_sequence")).ShouldBe(2, "a refusal draws no position");
        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Writers_of_both_kinds_at_once_leave_no_gap_and_no_reader_behind()
    {
        const int Each = 25;
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(0));
        await using var runtime = new ProjectionRuntime(_harness.Store, _harness.DataSource, [new TotalsProjection()], TimeProvider.System, NullLogger.Instance);
        await runtime.StartAsync();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                await (writer % 2 == 0 ? (Task)_marten.AppendAsync(_stream, null, new Counted(1)) : _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(1)));
            }
        })));

        var events = await _harness.Store.FetchStreamAsync(_stream);
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, (8 * Each) + 1).Select(version => (long)version));
        events.Select(e => e.Position).ShouldBeInOrder();
        await runtime.WaitForAsync(events[^1].Position);
        (await _harness.ScalarAsync<long>("select amount from totals.total")).ShouldBe(8 * Each);
    }

    [Fact]
    public async Task What_Marten_archives_takes_no_more_events_and_stays_in_our_log()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));

        await _marten.ArchiveAsync(_stream);

        await Should.ThrowAsync<StreamArchivedException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(3)));
        (await Should.ThrowAsync<PostgresException>(() => _marten.AppendAsync(_stream, null, new Counted(3)))).SqlState.ShouldBe(MartenSession.Archived);
        (await _marten.FetchAsync(_stream)).ShouldBeEmpty();
        (await _marten.FetchStateAsync(_stream)).ShouldBe((2, "call", true));
        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(2);
        (await _harness.ReadToEndAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_append_of_no_events_changes_nothing()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));

        (await _marten.AppendAsync(_stream, null)).ShouldBe([1]);

        (await _marten.FetchStateAsync(_stream)).Version.ShouldBe(1);
    }

    [Fact]
    public async Task Martens_daemon_marks_its_progress_and_the_gaps_that_it_skipped()
    {
        await _harness.ExecuteAsync("select mt_mark_event_progression('Orders:All', 5); select mt_mark_event_progression('Orders:All', 7)");

        (await _harness.ScalarAsync<long>("select last_seq_id from mt_event_progression where name = 'Orders:All'")).ShouldBe(7);
        (await _harness.ScalarAsync<long>("select mt_mark_progression_with_skip('HighWaterMark', 10, 4)")).ShouldBe(10, "where there was no mark");
        (await _harness.ScalarAsync<long>("select mt_mark_progression_with_skip('HighWaterMark', 20, 10)")).ShouldBe(20);
        (await _harness.ScalarAsync<long>("select mt_mark_progression_with_skip('HighWaterMark', 30, 10)")).ShouldBe(20, "the mark has moved meanwhile");
        (await _harness.ScalarAsync<string>("select string_agg(starting_sequence || '-' || ending_sequence, ' ' order by ending_sequence) from mt_high_water_skips where timestamp is not null"))
            .ShouldBe("4-10 10-20");
    }
}
