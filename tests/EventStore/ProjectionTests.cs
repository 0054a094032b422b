using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class ProjectionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Events_of_the_types_that_it_handles_are_applied_once_and_in_order_also_those_from_before_its_start()
    {
        await AppendAsync(1);
        await using var runtime = await StartAsync(new TotalsProjection());
        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new CallAnswered("a"));

        await runtime.WaitForAsync(await AppendAsync(10, 100));

        (await TotalAsync()).ShouldBe(111);
        (await _harness.ScalarAsync<string>("select string_agg(position::text, ' ' order by ordinal) from totals.seen")).ShouldBe("1 3 4");
        (await _harness.ScalarAsync<long>("select last_seq_id from mt_event_progression where name = 'totals:All'")).ShouldBe(4);
        runtime.Status.Single().ShouldBe(new ProjectionStatus("totals", "All", ProjectionState.Leading, 4, 4, PoisonPosition: null, Error: null));
    }

    [Fact]
    public async Task After_a_restart_it_goes_on_where_it_was()
    {
        await using (var runtime = await StartAsync(new TotalsProjection()))
        {
            await runtime.WaitForAsync(await AppendAsync(1, 2));
        }

        var position = await AppendAsync(4);
        await using var next = await StartAsync(new TotalsProjection());
        await next.WaitForAsync(position);

        (await TotalAsync()).ShouldBe(7);
    }

    [Fact]
    public async Task An_open_transaction_holding_a_lower_position_is_waited_for()
    {
        await using var runtime = await StartAsync(new TotalsProjection());
        await using var open = await _harness.BeginForeignAppendAsync();
        var position = await AppendAsync(10);
        var caughtUp = runtime.WaitForAsync(position);
        await Eventually.TrueAsync(() => Task.FromResult(_harness.Store.HeldBack), "the runtime sees the open transaction");
        caughtUp.IsCompleted.ShouldBeFalse();

        await using (var commit = new NpgsqlCommand("commit", open))
        {
            await commit.ExecuteNonQueryAsync();
        }

        await caughtUp;
        (await _harness.ScalarAsync<string>("select string_agg(position::text, ' ' order by ordinal) from totals.seen")).ShouldBe("1 2");
    }

    [Fact]
    public async Task Lost_connections_of_every_kind_end_nothing()
    {
        await using var runtime = await StartAsync(new TotalsProjection());
        await runtime.WaitForAsync(await AppendAsync(1));

        for (var round = 0; round < 3; round++)
        {
            // The listening connection, the leader's with its lock, and all that are idle.
            await _harness.ScalarAsync<long>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
            await runtime.WaitForAsync(await AppendAsync(1));
        }

        (await TotalAsync()).ShouldBe(4);
    }

    [Fact]
    public async Task Events_of_a_writer_that_notifies_nobody_are_found_by_polling()
    {
        await using var runtime = await StartAsync(new TotalsProjection());
        await using var foreign = await _harness.BeginForeignAppendAsync();
        await using (var commit = new NpgsqlCommand("commit", foreign))
        {
            await commit.ExecuteNonQueryAsync();
        }

        await runtime.WaitForAsync(1);

        (await TotalAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Of_two_processes_one_leads_the_other_can_wait_and_takes_over_when_it_is_gone()
    {
        await using var second = await StoreHarnessOnSameDatabaseAsync();
        var first = await StartAsync(new TotalsProjection());
        await first.WaitForAsync(await AppendAsync(1));
        await using var standby = new ProjectionRuntime(second.Store, second.DataSource, [new TotalsProjection()], TimeProvider.System, NullLogger.Instance);
        await standby.StartAsync();

        var positions = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AppendAsync(1)));
        await standby.WaitForAsync(positions.Max());
        (await TotalAsync()).ShouldBe(51);
        standby.Status.Single().State.ShouldBe(ProjectionState.Standby);

        await first.DisposeAsync();
        await standby.WaitForAsync(await AppendAsync(1));
        (await TotalAsync()).ShouldBe(52);
        standby.Status.Single().State.ShouldBe(ProjectionState.Leading);
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_else_moved_is_never_applied_over()
    {
        await using var runtime = await StartAsync(new TotalsProjection());
        await runtime.WaitForAsync(await AppendAsync(1));
        await using (var other = await _harness.DataSource.OpenConnectionAsync())
        {
            // As a leader does that was thought dead: it holds the row while the next event comes, then commits.
            await using var transaction = await other.BeginTransactionAsync();
            await using var apply = new NpgsqlCommand(
                "update mt_event_progression set last_seq_id = 2 where name = 'totals:All'; insert into totals.seen (position, amount) values (2, 10); update totals.total set amount = amount + 10",
                other,
                transaction);
            await apply.ExecuteNonQueryAsync();
            await AppendAsync(10);
            await Eventually.TrueAsync(
                () => _harness.ScalarAsync<bool>("select exists (select from pg_locks where not granted)"), "the runtime waits for the row");
            await transaction.CommitAsync();
        }

        await runtime.WaitForAsync(await AppendAsync(100));

        (await TotalAsync()).ShouldBe(111);
    }

    [Fact]
    public async Task A_poison_event_stops_its_projection_at_its_position_and_no_other()
    {
        var poisoned = new TotalsProjection("poisoned") { Poison = 13 };
        await using var runtime = await StartAsync(poisoned, new TotalsProjection());
        await AppendAsync(1, 2, 13, 4);

        var stop = await Should.ThrowAsync<ProjectionPoisonedException>(() => runtime.WaitForAsync(4));
        (stop.Projection, stop.Position).ShouldBe(("poisoned", 3));
        stop.Message.ShouldContain("13 is poison");
        await Eventually.TrueAsync(async () => await TotalAsync() == 20, "the other projection goes on");
        (await TotalAsync("poisoned")).ShouldBe(3);
        runtime.Status[0].State.ShouldBe(ProjectionState.Poisoned);
        runtime.Status[0].PoisonPosition.ShouldBe(3);

        poisoned.Poison = null;
        await runtime.RebuildAsync("poisoned");
        await runtime.WaitForAsync(await AppendAsync(100));
        (await TotalAsync("poisoned")).ShouldBe(120);
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_is_poison_too()
    {
        await AppendAsync(1, 2);
        await _harness.ScalarAsync<long>("""update mt_events set data = '{"Amount": "many"}' where seq_id = 2 returning seq_id""");
        await using var runtime = await StartAsync(new TotalsProjection());

        (await Should.ThrowAsync<ProjectionPoisonedException>(() => runtime.WaitForAsync(2))).Position.ShouldBe(2);
        (await TotalAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task A_rebuild_while_appends_go_on_gives_right_totals_and_readers_never_see_less()
    {
        await using var runtime = await StartAsync(new TotalsProjection());
        await runtime.WaitForAsync(await AppendAsync([.. Enumerable.Repeat(1, 500)]));
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() => WriteUntilAsync(stop.Token));
        var reader = Task.Run(() => ReadUntilAsync(500, stop.Token));

        var reports = new List<RebuildProgress>();
        for (var rebuild = 0; rebuild < 3; rebuild++)
        {
            await runtime.RebuildAsync("totals", new Reports(reports));
        }

        await stop.CancelAsync();
        var written = await writer;
        await reader;
        await runtime.WaitForAsync(written);
        (await TotalAsync()).ShouldBe(await _harness.ScalarAsync<long>("select count(*) from mt_events"));
        (await _harness.ScalarAsync<long>("select count(*) from totals.seen")).ShouldBe(await _harness.ScalarAsync<long>("select count(*) from mt_events"));
        (await _harness.ScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'totals_rebuild')")).ShouldBeFalse();
        reports.ShouldNotBeEmpty();
        written.ShouldBeGreaterThan(500);
    }

    [Fact]
    public async Task A_rebuild_of_what_is_being_rebuilt_or_of_nothing_is_refused()
    {
        await using var runtime = await StartAsync(new TotalsProjection());
        await using var other = await _harness.DataSource.OpenConnectionAsync();
        await SessionLock.TryTakeAsync(other, RebuildSchema.LockOf("totals"), default);

        await Should.ThrowAsync<RebuildUnderWayException>(() => runtime.RebuildAsync("totals"));
        (await Should.ThrowAsync<ArgumentException>(() => runtime.RebuildAsync("nothing"))).Message.ShouldContain("totals");
    }

    [Theory]
    [InlineData("public")]
    [InlineData("Calls")]
    [InlineData("a-b")]
    [InlineData("pg_calls")]
    public void A_name_that_cannot_be_a_schema_of_its_own_is_refused(string name) =>
        Should.Throw<ArgumentException>(
            () => new ProjectionRuntime(_harness.Store, _harness.DataSource, [new TotalsProjection(name)], TimeProvider.System, NullLogger.Instance)).Message.ShouldContain(name);

    private async Task<long> WriteUntilAsync(CancellationToken stop)
    {
        var last = 0L;
        while (!stop.IsCancellationRequested)
        {
            last = await AppendAsync(1);
        }

        return last;
    }

    private async Task ReadUntilAsync(long least, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var total = await TotalAsync();
            total.ShouldBeGreaterThanOrEqualTo(least);
            least = total;
        }
    }

    private async Task<ProjectionRuntime> StartAsync(params IProjection[] projections)
    {
        var runtime = new ProjectionRuntime(_harness.Store, _harness.DataSource, projections, TimeProvider.System, NullLogger.Instance);
        await runtime.StartAsync();
        return runtime;
    }

    private Task<StoreHarness> StoreHarnessOnSameDatabaseAsync() => StoreHarness.OpenAsync(_harness.ConnectionString);

    private async Task<long> AppendAsync(params int[] amounts) =>
        (await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, [.. amounts.Select(amount => (object)new Counted(amount))])).LastPosition;

    private Task<long> TotalAsync(string projection = "totals") => _harness.ScalarAsync<long>($"select amount from {projection}.total");

    private sealed class Reports(List<RebuildProgress> reports) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => reports.Add(value);
    }
}
