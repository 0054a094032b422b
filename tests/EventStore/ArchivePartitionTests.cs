using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>A database that keeps archived streams in partitions of their own.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ArchivePartitionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;
    private MartenSession _marten = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres, archivePartitions: true);
        _marten = new MartenSession(_harness.DataSource);
        await _marten.AppendAsync(_stream, 0, new Counted(1));
        await _harness.AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(2), new Counted(3));
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Streams_are_appended_to_and_read_as_everywhere()
    {
        (await _harness.Store.FetchStreamAsync(_stream)).Select(e => e.Data).ShouldBe([new Counted(1), new Counted(2), new Counted(3)]);
        (await _harness.ReadToEndAsync()).Select(e => e.Version).ShouldBe([1, 2, 3]);
        (await Should.ThrowAsync<WrongExpectedVersionException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(4)))).Actual.ShouldBe(3);
        (await Should.ThrowAsync<PostgresException>(() => _marten.AppendAsync(_stream, 1, new Counted(4)))).SqlState.ShouldBe(MartenSession.WrongVersion);
    }

    [Fact]
    public async Task An_archived_stream_moves_and_is_read_where_it_went()
    {
        var other = Guid.NewGuid();
        await _marten.AppendAsync(other, 0, new Counted(7));

        await _marten.ArchiveAsync(_stream);

        (await _harness.ScalarAsync<string>("select (select count(*) from mt_events_archived) || ' ' || (select count(*) from mt_events_default)")).ShouldBe("3 1");
        (await _harness.ScalarAsync<string>("select (select count(*) from mt_streams_archived) || ' ' || (select count(*) from mt_streams_default)")).ShouldBe("1 1");
        (await _harness.ReadToEndAsync()).Select(e => e.Position).ShouldBe([1, 2, 3, 4]);
        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(3);
        await Should.ThrowAsync<StreamArchivedException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(4)));
        (await Should.ThrowAsync<PostgresException>(() => _marten.AppendAsync(_stream, null, new Counted(4)))).SqlState.ShouldBe(MartenSession.Archived);
        (await _marten.FetchStateAsync(_stream)).ShouldBe((3, "call", true));
    }

    [Fact]
    public async Task Archiving_twice_is_archiving_once()
    {
        await _marten.ArchiveAsync(_stream);
        await _marten.ArchiveAsync(_stream);
        await _marten.ArchiveAsync(Guid.NewGuid());

        (await _harness.ReadToEndAsync()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_projection_takes_live_and_archived_events_in_the_order_of_the_log()
    {
        var other = Guid.NewGuid();
        await _marten.AppendAsync(other, 0, new Counted(10));
        await _marten.ArchiveAsync(_stream);
        await _marten.AppendAsync(other, 1, new Counted(100));
        await using var runtime = new ProjectionRuntime(_harness.Store, _harness.DataSource, [new TotalsProjection()], TimeProvider.System, NullLogger.Instance);

        await runtime.StartAsync();
        await runtime.WaitForAsync(5);

        (await _harness.ScalarAsync<string>("select string_agg(amount::text, ' ' order by ordinal) from totals.seen")).ShouldBe("1 2 3 10 100");
    }

    [Fact]
    public async Task An_append_that_waits_for_the_archiving_finds_the_stream_archived()
    {
        await using var archiving = await _harness.DataSource.OpenConnectionAsync();
        await using var transaction = await archiving.BeginTransactionAsync();
        await using var archive = new NpgsqlCommand($"select mt_archive_stream('{_stream}')", archiving, transaction);
        await archive.ExecuteNonQueryAsync();
        var append = _marten.AppendAsync(_stream, null, new Counted(4));
        await Eventually.TrueAsync(
            () => _harness.ScalarAsync<bool>("select exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%mt_quick_append_events%')"), "the append waits");

        await transaction.CommitAsync();

        (await Should.ThrowAsync<PostgresException>(() => append)).SqlState.ShouldBe(MartenSession.Archived);
        (await _harness.ReadToEndAsync()).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_database_of_the_other_kind_is_refused_and_one_of_this_kind_is_not(bool partitions)
    {
        await using var harness = await StoreHarness.CreateAsync(postgres, partitions);

        var refusal = await Should.ThrowAsync<ArchivePartitionsException>(() => harness.Store.EnsureSchemaAsync(new EventStoreOptions { ArchivePartitions = !partitions }));
        await harness.Store.EnsureSchemaAsync(new EventStoreOptions { ArchivePartitions = partitions });

        refusal.Message.ShouldContain(partitions ? "in partitions of their own" : "in the same tables");
    }

    [Fact]
    public async Task An_event_id_is_taken_among_live_events()
    {
        var id = await _harness.ScalarAsync<Guid>("select id from mt_events where version = 1");

        var again = new StreamAppend(_stream, "call", ExpectedVersion.Any, [new EventData(id, new Counted(99))]);

        (await Should.ThrowAsync<EventIdConflictException>(() => _harness.Store.AppendAsync(again, EventMetadata.None))).EventId.ShouldBe(id);
        await _marten.ArchiveAsync(_stream);
        var other = Guid.NewGuid();
        await _marten.AppendAsync(other, 0, new Counted(5));
        await Should.ThrowAsync<EventIdConflictException>(() => _harness.Store.AppendAsync(again with { StreamId = other }, EventMetadata.None));
    }
}
