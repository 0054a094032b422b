using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class ProjectionKindTests(PostgresFixture postgres) : IAsyncLifetime
{
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_streams_view_is_folded_over_batches_and_removed_when_an_event_ends_it()
    {
        var streams = new StreamCounts();
        await using var runtime = await StartAsync(streams);
        var (kept, ended) = (Guid.NewGuid(), Guid.NewGuid());
        await AppendAsync(kept, 1, 2);
        await runtime.WaitForAsync(await AppendAsync(ended, 5));
        (await streams.FindAsync(_harness.DataSource, ended)).ShouldBe(new CountView(1, 5, "1"));

        await AppendAsync(kept, 4);
        await runtime.WaitForAsync(await AppendAsync(ended, -1));

        (await streams.FindAsync(_harness.DataSource, kept)).ShouldBe(new CountView(3, 7, "1 2 3"));
        (await streams.FindAsync(_harness.DataSource, ended)).ShouldBeNull();
        (await _harness.ScalarAsync<long>($"select version from streams.views where id = '{kept}'")).ShouldBe(3);
    }

    [Fact]
    public async Task Views_over_many_streams_take_each_event_under_every_key_that_it_names()
    {
        var parity = new ParityCounts();
        await using var runtime = await StartAsync(parity);
        await AppendAsync(Guid.NewGuid(), 1, 2, 0);
        await AppendAsync(Guid.NewGuid(), 3, 4);
        await runtime.WaitForAsync(await AppendAsync(Guid.NewGuid(), 5));

        (await parity.FindAsync(_harness.DataSource, "odd")).ShouldBe(new CountView(3, 9));
        (await parity.FindAsync(_harness.DataSource, "even")).ShouldBe(new CountView(2, 6));
        (await parity.FindAsync(_harness.DataSource, "all")).ShouldBe(new CountView(5, 15));
    }

    [Fact]
    public async Task Plain_SQL_sees_every_event_once_and_stops_at_the_one_that_it_cannot_apply()
    {
        await using var runtime = await StartAsync(new SqlSums());
        var stream = Guid.NewGuid();
        await AppendAsync(stream, 1, 2, 3);
        await _harness.AppendAsync(stream, ExpectedVersion.Any, new CallAnswered("not for it"));
        await AppendAsync(stream, 4, 13, 5);

        var stop = await Should.ThrowAsync<ProjectionPoisonedException>(() => runtime.WaitForAsync(7));

        stop.Position.ShouldBe(6);
        (await _harness.ScalarAsync<long>("select amount from sums.sums")).ShouldBe(10);
        await new ProjectionControl(_harness.DataSource).SkipAsync("sums", 6);
        await Eventually.TrueAsync(async () => await _harness.ScalarAsync<long>("select amount from sums.sums") == 15, "it goes on behind the skipped event");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Catching_up_while_appends_go_on_gives_what_a_fresh_fold_gives_whatever_the_shards(int shards)
    {
        var streams = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToList();
        foreach (var stream in streams)
        {
            await AppendAsync(stream, 1, 2, 3);
        }

        await using var runtime = await StartAsync(new StreamCounts(shards: shards), new SqlSums(shards: shards));
        var positions = await Task.WhenAll(streams.Select(stream => AppendAsync(stream, 4, 5)));
        await runtime.WaitForAsync(positions.Max());

        foreach (var stream in streams)
        {
            (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(5, 15, "1 2 3 4 5"));
            (await _harness.ScalarAsync<long>($"select amount from sums.sums where stream_id = '{stream}'")).ShouldBe(15);
        }

        runtime.Status.Count.ShouldBe(2 * shards);
    }

    [Fact]
    public async Task Shards_have_checkpoints_of_their_own_under_Martens_names_and_all_get_streams()
    {
        await using (var runtime = await StartAsync(new StreamCounts(shards: 2)))
        {
            var position = 0L;
            for (var i = 0; i < 40; i++)
            {
                position = await AppendAsync(Guid.NewGuid(), 1);
            }

            await runtime.WaitForAsync(position);
        }

        (await CheckpointsAsync()).ShouldBe(["streams:shard-0", "streams:shard-1"]);
        var shares = await ColumnAsync<long>("select count(*) from streams.views group by (get_byte(uuid_send(id), 3) # get_byte(uuid_send(id), 15)) % 2");
        shares.Count.ShouldBe(2);
        shares.Sum().ShouldBe(40);
    }

    [Fact]
    public async Task Dividing_it_into_other_shards_later_loses_and_doubles_nothing()
    {
        var stream = Guid.NewGuid();
        foreach (var shards in new[] { 1, 3, 2, 1 })
        {
            await using var runtime = await StartAsync(new StreamCounts(shards: shards));
            await AppendAsync(Guid.NewGuid(), 1);
            await runtime.WaitForAsync(await AppendAsync(stream, 1));
        }

        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(4, 4, "1 2 3 4"));
        (await _harness.ScalarAsync<long>("select sum((data->>'Count')::bigint)::bigint from streams.views")).ShouldBe(8);
        (await CheckpointsAsync()).ShouldBe(["streams:All"]);
    }

    [Fact]
    public async Task A_raised_version_builds_itself_beside_the_old_tables_and_the_old_program_writes_no_more()
    {
        var stream = Guid.NewGuid();
        await using var old = await StartAsync(new StreamCounts());
        await old.WaitForAsync(await AppendAsync(stream, 1, 2));
        await using var second = await StoreHarness.OpenAsync(_harness.ConnectionString);
        await using var raised = new ProjectionRuntime(second.Store, second.DataSource, [new StreamCounts(version: 2)], TimeProvider.System, NullLogger.Instance);
        await raised.StartAsync();

        var position = await AppendAsync(stream, 3);
        await raised.WaitForAsync(position);

        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(3, 12, "1 2 3"));
        (await CheckpointsAsync()).ShouldBe(["streams:V2:All"]);
        await Should.ThrowAsync<ProjectionSupersededException>(async () => await old.WaitForAsync(await AppendAsync(stream, 4)));
        await raised.WaitForAsync(4);
        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(4, 20, "1 2 3 4"));

        await using var tooLate = await StartAsync(new StreamCounts());
        await Should.ThrowAsync<ProjectionSupersededException>(() => tooLate.WaitForAsync(4));
        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(4, 20, "1 2 3 4"));
    }

    [Fact]
    public async Task A_sharded_projection_is_rebuilt_while_appends_go_on()
    {
        var streams = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToList();
        await using var runtime = await StartAsync(new StreamCounts(shards: 3));
        await Task.WhenAll(streams.Select(stream => AppendAsync(stream, 1, 2)));

        var writer = Task.WhenAll(streams.Select(async stream =>
        {
            for (var i = 0; i < 20; i++)
            {
                await AppendAsync(stream, 1);
            }
        }));
        await runtime.RebuildAsync("streams");
        await runtime.RebuildAsync("streams");
        await writer;

        await runtime.WaitForAsync(await _harness.Store.HighWaterMarkAsync());
        (await _harness.ScalarAsync<long>("select count(*) from streams.views where (data->>'Count')::int = 22 and version = 22")).ShouldBe(20);
    }

    [Fact]
    public async Task Where_nothing_is_for_it_waiting_is_exact_on_every_node_though_the_checkpoint_is_not_stored()
    {
        await using var second = await StoreHarness.OpenAsync(_harness.ConnectionString);
        await using var leader = await StartAsync(new StreamCounts());
        await leader.WaitForAsync(await AppendAsync(Guid.NewGuid(), 1));
        await using var standby = new ProjectionRuntime(second.Store, second.DataSource, [new StreamCounts()], TimeProvider.System, NullLogger.Instance);
        await standby.StartAsync();

        var position = (await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new CallAnswered("a"))).LastPosition;
        await leader.WaitForAsync(position);
        await standby.WaitForAsync(position);

        (await _harness.ScalarAsync<long>("select last_seq_id from mt_event_progression where name = 'streams:All'")).ShouldBeLessThanOrEqualTo(position);
        await leader.WaitForAsync(await AppendAsync(Guid.NewGuid(), 1));
        (await _harness.ScalarAsync<long>("select count(*) from streams.views")).ShouldBe(2);
    }

    [Fact]
    public async Task Pages_are_read_by_index_and_the_session_is_left_as_it_was()
    {
        await using var connection = await _harness.DataSource.OpenConnectionAsync();
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { new(ProjectionFeed.ByIndex), new("select current_setting('enable_sort')") } })
        {
            await using var reader = await batch.ExecuteReaderAsync();
            await reader.NextResultAsync();
            await reader.ReadAsync();
            reader.GetString(0).ShouldBe("off");
        }

        await using var after = new NpgsqlCommand("select current_setting('enable_sort')", connection);
        (await after.ExecuteScalarAsync()).ShouldBe("on");
    }

    [Fact]
    public async Task Two_nodes_whose_sessions_are_ended_again_and_again_apply_every_event_once()
    {
        await using var second = await StoreHarness.OpenAsync(_harness.ConnectionString);
        IProjection[] projections = [new TotalsProjection(), new StreamCounts(shards: 2), new SqlSums()];
        await using var here = await StartAsync(projections);
        await using var there = new ProjectionRuntime(second.Store, second.DataSource, projections, TimeProvider.System, NullLogger.Instance);
        await there.StartAsync();
        var last = 0L;
        for (var round = 0; round < 4; round++)
        {
            var positions = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => AppendAsync(Guid.NewGuid(), 1, 1)));
            last = positions.Max();
            await _harness.ScalarAsync<long>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            await (round % 2 == 0 ? here : there).WaitForAsync(last);
        }

        await here.WaitForAsync(last);
        await there.WaitForAsync(last);
        (await _harness.ScalarAsync<long>("select amount from totals.total")).ShouldBe(200);
        (await _harness.ScalarAsync<long>("select count(*) from streams.views where (data->>'Count')::int = 2")).ShouldBe(100);
        (await _harness.ScalarAsync<long>("select sum(amount)::bigint from sums.sums")).ShouldBe(200);
    }

    [Fact]
    public void More_shards_than_there_can_be_and_versions_below_one_are_refused_by_name()
    {
        Should.Throw<ArgumentException>(() => NewRuntime(new StreamCounts(shards: 65))).Message.ShouldContain("65 shards");
        Should.Throw<ArgumentException>(() => NewRuntime(new StreamCounts(version: 0))).Message.ShouldContain("'streams'");
    }

    private ProjectionRuntime NewRuntime(params IProjection[] projections) => new(_harness.Store, _harness.DataSource, projections, TimeProvider.System, NullLogger.Instance);

    private async Task<ProjectionRuntime> StartAsync(params IProjection[] projections)
    {
        var runtime = NewRuntime(projections);
        await runtime.StartAsync();
        return runtime;
    }

    private async Task<long> AppendAsync(Guid stream, params int[] amounts) =>
        (await _harness.AppendAsync(stream, ExpectedVersion.Any, [.. amounts.Select(amount => (object)new Counted(amount))])).LastPosition;

    private async Task<IReadOnlyList<string>> CheckpointsAsync() => await ColumnAsync<string>("select name from mt_event_progression order by name");

    private async Task<IReadOnlyList<T>> ColumnAsync<T>(string sql)
    {
        await using var command = _harness.DataSource.CreateCommand(sql);
        return await command.ColumnAsync<T>(default);
    }
}
