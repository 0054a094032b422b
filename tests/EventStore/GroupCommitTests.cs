using CallCenter.Testing;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class GroupCommitTests(PostgresFixture postgres) : IAsyncLifetime
{
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Concurrent_appends_share_commits()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i))));

        (await _harness.ReadToEndAsync()).Count.ShouldBe(200);
        (await _harness.ScalarAsync<long>("select count(distinct xmin::text) from mt_events")).ShouldBeLessThan(100);
    }

    [Fact]
    public async Task In_a_group_only_those_fail_that_must()
    {
        var existing = Guid.NewGuid();
        var stored = StoreHarness.To(existing, ExpectedVersion.NoStream, new Counted(0));
        await _harness.Store.AppendAsync(stored, EventMetadata.None);
        var archived = Guid.NewGuid();
        await _harness.AppendAsync(archived, ExpectedVersion.NoStream, new Counted(0));
        await _harness.Store.ArchiveStreamAsync(archived);

        await using var gate = await HoldAsync(existing);
        var good = Enumerable.Range(0, 20).Select(i => _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i))).ToList();
        var wrongVersion = _harness.AppendAsync(existing, ExpectedVersion.Exact(7), new Counted(1));
        var inArchive = _harness.AppendAsync(archived, ExpectedVersion.Any, new Counted(1));
        var notStorable = _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.NoStream, new CallAnswered("a\0b"));
        var idTaken = _harness.Store.AppendAsync(new StreamAppend(Guid.NewGuid(), "call", ExpectedVersion.NoStream, stored.Events), EventMetadata.None);
        var twoStreams = Guid.NewGuid();
        var halfWrong = _harness.Store.AppendAsync(
            [StoreHarness.To(twoStreams, ExpectedVersion.NoStream, new Counted(1)), StoreHarness.To(archived, ExpectedVersion.Exact(1), new Counted(2))], EventMetadata.None);
        var repeated = _harness.Store.AppendAsync(stored, EventMetadata.None);
        await gate.DisposeAsync();

        (await Task.WhenAll(good)).ShouldAllBe(result => result.Version == 1 && !result.Duplicate);
        (await Should.ThrowAsync<WrongExpectedVersionException>(() => wrongVersion)).Actual.ShouldBe(1);
        await Should.ThrowAsync<StreamArchivedException>(() => inArchive);
        await Should.ThrowAsync<EventNotStorableException>(() => notStorable);
        (await Should.ThrowAsync<EventIdConflictException>(() => idTaken)).EventId.ShouldBe(stored.Events[0].Id);
        await Should.ThrowAsync<StreamArchivedException>(() => halfWrong);
        (await repeated).Duplicate.ShouldBeTrue();
        (await _harness.ReadToEndAsync()).Count.ShouldBe(22);
        (await _harness.Store.FetchStreamAsync(twoStreams)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stream_that_somebody_keeps_locked_delays_nobody_else()
    {
        var locked = Guid.NewGuid();
        await _harness.AppendAsync(locked, ExpectedVersion.NoStream, new Counted(1));
        await using var holder = await HoldAsync(locked);

        var held = _harness.AppendAsync(locked, ExpectedVersion.Exact(1), new Counted(2));
        for (var i = 0; i < 10; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i))));
        }

        held.IsCompleted.ShouldBeFalse();
        await holder.DisposeAsync();
        (await held).Version.ShouldBe(2);
    }

    [Fact]
    public async Task Appends_to_one_stream_follow_one_another_in_the_order_in_which_they_were_asked_for()
    {
        var stream = Guid.NewGuid();

        var results = await Task.WhenAll(Enumerable.Range(1, 100).Select(i => _harness.AppendAsync(stream, ExpectedVersion.Exact(i - 1), new Counted(i))));

        results.Select(result => result.Version).ShouldBe(Enumerable.Range(1, 100).Select(i => (long)i));
        (await _harness.Store.FetchStreamAsync(stream)).Select(stored => ((Counted)stored.Data).Amount).ShouldBe(Enumerable.Range(1, 100));
    }

    [Fact]
    public async Task What_was_asked_for_before_the_end_is_committed()
    {
        var store = new PostgresEventStore(_harness.DataSource, StoreHarness.Types, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        var appends = Enumerable.Range(0, 50).Select(i => store.AppendAsync(StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i)), EventMetadata.None)).ToList();

        await store.DisposeAsync();

        (await Task.WhenAll(appends)).Length.ShouldBe(50);
        await Should.ThrowAsync<ObjectDisposedException>(() => store.AppendAsync(StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(1)), EventMetadata.None));
    }

    [Fact]
    public async Task A_session_ended_in_the_middle_of_a_group_loses_and_doubles_nothing()
    {
        var streams = Enumerable.Range(0, 8).Select(_ => Guid.NewGuid()).ToList();
        var written = 0;
        var writing = Task.WhenAll(streams.Select(async stream =>
        {
            for (var version = 0; version < 60; version++)
            {
                (await _harness.AppendAsync(stream, ExpectedVersion.Exact(version), new Counted(version))).Version.ShouldBe(version + 1);
                Interlocked.Increment(ref written);
            }
        }));

        await using var killer = NpgsqlDataSource.Create(_harness.ConnectionString);
        while (!writing.IsCompleted)
        {
            var before = Volatile.Read(ref written);
            await using var kill = killer.CreateCommand(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select statuses%'");
            await kill.ExecuteNonQueryAsync();
            await Eventually.TrueAsync(() => Task.FromResult(writing.IsCompleted || Volatile.Read(ref written) >= before + 20), "appends go on");
        }

        await writing;
        var log = await _harness.ReadToEndAsync(1_000);
        log.GroupBy(stored => stored.StreamId).ToDictionary(stream => stream.Key, stream => stream.Count()).ShouldBe(streams.ToDictionary(stream => stream, _ => 60), ignoreOrder: true);
    }

    /// <summary>Keeps a stream's row locked, as an append of another program does that is not committed, until it is disposed of.</summary>
    private async Task<NpgsqlConnection> HoldAsync(Guid stream)
    {
        var connection = await _harness.DataSource.OpenConnectionAsync();
        await using var command = new NpgsqlCommand($"begin; select from mt_streams where id = '{stream}' for update", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }
}
