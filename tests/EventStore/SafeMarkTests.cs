using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SafeMarkTests(PostgresFixture postgres) : IAsyncLifetime
{
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_reader_waits_for_an_open_transaction_that_holds_a_lower_position_and_then_sees_all_in_order()
    {
        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));
        (await _harness.Store.HighWaterMarkAsync()).ShouldBe(1);
        await using var open = await _harness.BeginForeignAppendAsync();
        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(3));

        for (var look = 0; look < 3; look++)
        {
            var page = await _harness.Store.ReadAllAsync(0, 10);
            page.Events.Select(e => e.Position).ShouldBe([1]);
            page.HighWaterMark.ShouldBe(1);
        }

        await ExecuteAsync(open, "commit");
        (await _harness.Store.HighWaterMarkAsync()).ShouldBe(3);
        (await _harness.ReadToEndAsync()).Select(e => e.Position).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task The_positions_of_a_rolled_back_transaction_hold_nobody()
    {
        await using (var open = await _harness.BeginForeignAppendAsync())
        {
            await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(2));
            await ExecuteAsync(open, "rollback");
        }

        var page = await _harness.Store.ReadAllAsync(0, 10);
        page.Events.Select(e => e.Position).ShouldBe([2]);
        page.NextAfter.ShouldBe(2);
    }

    [Fact]
    public async Task Positions_that_may_be_drawn_again_after_a_crash_are_not_in_the_mark()
    {
        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));
        await using var connection = await _harness.DataSource.OpenConnectionAsync();
        await ExecuteAsync(connection, "begin; select nextval('mt_events_sequence') from generate_series(1, 50); rollback");

        (await _harness.Store.HighWaterMarkAsync()).ShouldBe(1);
        (await _harness.Store.ReadAllAsync(0, 10)).NextAfter.ShouldBe(1);
    }

    [Fact]
    public async Task An_unrelated_open_transaction_delays_nothing()
    {
        await using var unrelated = await _harness.DataSource.OpenConnectionAsync();
        await ExecuteAsync(unrelated, "begin; create table unrelated (n int); insert into unrelated values (1); select last_value from mt_events_sequence; select count(*) from mt_events");

        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));

        (await _harness.Store.HighWaterMarkAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task The_mark_follows_writers_who_overlap_without_end()
    {
        // A new writer is there before the last one ends, so the sequence's lock is never free.
        var current = await OverlappingWriterAsync();
        for (var round = 1; round <= 5; round++)
        {
            await _harness.Store.HighWaterMarkAsync();
            var next = await OverlappingWriterAsync();
            await ExecuteAsync(current, "commit");
            await current.DisposeAsync();
            current = next;

            (await _harness.Store.HighWaterMarkAsync()).ShouldBe(round);
        }

        await current.DisposeAsync();
    }

    [Fact]
    public async Task A_transaction_that_holds_readers_for_five_seconds_is_reported_by_name()
    {
        var time = new ManualTime();
        await using var mark = new SafeMark(_harness.DataSource, time, NullLogger.Instance);
        await using var unrelated = await _harness.DataSource.OpenConnectionAsync();
        await ExecuteAsync(unrelated, "begin; select count(*) from mt_events");
        await using var open = await _harness.BeginForeignAppendAsync();
        var pid = open.ProcessID;
        await mark.LookAsync(default);
        time.Advance(SafeMark.Patience - TimeSpan.FromMilliseconds(1));
        await mark.LookAsync(default);
        mark.HeldBy.ShouldBeEmpty();

        time.Advance(TimeSpan.FromMilliseconds(1));
        await mark.LookAsync(default);

        var reported = mark.HeldBy.ShouldHaveSingleItem();
        (reported.Pid, reported.State).ShouldBe((pid, "idle in transaction"));
        reported.Query.ShouldContain("insert into mt_events");
        reported.Age.ShouldBeGreaterThan(TimeSpan.Zero);

        await ExecuteAsync(open, "commit");
        (await mark.LookAsync(default)).ShouldBe(1);
        mark.HeldBy.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_appended_is_announced_to_those_who_listen()
    {
        await using var listener = await _harness.DataSource.OpenConnectionAsync();
        await ExecuteAsync(listener, $"listen {AppendNotifier.Channel}");

        await _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));

        (await listener.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBeTrue();
    }

    private async Task<NpgsqlConnection> OverlappingWriterAsync()
    {
        var connection = await _harness.DataSource.OpenConnectionAsync();
        await ExecuteAsync(
            connection,
            """
            begin;
            with stream as (insert into mt_streams (id, type, version) values (gen_random_uuid(), 'call', 1) returning id)
            insert into mt_events (seq_id, id, stream_id, version, data, type)
            select nextval('mt_events_sequence'), gen_random_uuid(), id, 1, '{"Amount": 1}', 'counted' from stream;
            """);
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
