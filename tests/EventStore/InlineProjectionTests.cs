using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>The projection's side of an append: a transaction that writes events by hand, then has them applied.</summary>
[Collection(PostgresCollection.Name)]
public sealed class InlineProjectionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task What_is_appended_and_what_it_means_become_visible_together_or_not_at_all()
    {
        var inline = await InlineAsync(new StreamCounts(), new ParityCounts(), new SqlSums());
        var stream = Guid.NewGuid();
        await AppendAsync(inline, stream, 1, [1, 2]);
        await AppendAsync(inline, stream, 3, [7], commit: false);
        await AppendAsync(inline, stream, 3, [4]);

        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(3, 7, "1 2 3"));
        (await new ParityCounts().FindAsync(_harness.DataSource, "all")).ShouldBe(new CountView(3, 7));
        (await _harness.ScalarAsync<long>("select amount from sums.sums")).ShouldBe(7);
    }

    [Fact]
    public async Task Transactions_of_two_nodes_that_change_one_view_lose_nothing()
    {
        var (first, second) = (await InlineAsync(new ParityCounts()), await InlineAsync(new ParityCounts()));

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => Task.Run(() => AppendAsync(i % 2 == 0 ? first : second, Guid.NewGuid(), 1, [1 + (i % 3), 2]))));

        var all = await new ParityCounts().FindAsync(_harness.DataSource, "all");
        all.ShouldBe(new CountView(120, 240));
    }

    [Fact]
    public async Task A_rebuild_with_appends_going_on_ends_with_every_event_once()
    {
        var inline = await InlineAsync(new ParityCounts(), new StreamCounts());
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => WriteUntilAsync(inline, stop.Token))).ToList();
        for (var round = 0; round < 3; round++)
        {
            var before = await CountAsync();
            await Eventually.TrueAsync(async () => await CountAsync() >= before + 20, "appends go on");
            await inline.RebuildAsync("parity", progress: null, default);
            await inline.RebuildAsync("streams", progress: null, default);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);

        var events = await CountAsync();
        (await new ParityCounts().FindAsync(_harness.DataSource, "all"))!.Count.ShouldBe(events);
        (await _harness.ScalarAsync<long>("select sum((data->>'Count')::bigint)::bigint from streams.views")).ShouldBe(events);
    }

    [Fact]
    public async Task It_takes_in_what_was_there_before_it_and_a_newer_version_shuts_an_older_program_out()
    {
        var stream = Guid.NewGuid();
        await _harness.AppendAsync(stream, ExpectedVersion.NoStream, new Counted(5));
        var old = await InlineAsync(new StreamCounts());
        await AppendAsync(old, stream, 2, [1]);
        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(2, 6, "1 2"));

        var raised = await InlineAsync(new StreamCounts(version: 2));

        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(2, 12, "1 2"));
        await Should.ThrowAsync<ProjectionSupersededException>(() => AppendAsync(old, stream, 3, [1]));
        await Should.ThrowAsync<ProjectionSupersededException>(() => InlineAsync(new StreamCounts()));
        await AppendAsync(raised, stream, 3, [1]);
        (await new StreamCounts().FindAsync(_harness.DataSource, stream)).ShouldBe(new CountView(3, 14, "1 2 3"));
    }

    [Fact]
    public void Shards_make_no_sense_inline() =>
        Should.Throw<ArgumentException>(() => New(new StreamCounts(shards: 2))).Message.ShouldContain("2 shards");

    private InlineProjections New(params IProjection[] projections) => new(projections, _harness.DataSource, StoreHarness.Types, TimeProvider.System, NullLogger.Instance);

    private async Task<InlineProjections> InlineAsync(params IProjection[] projections)
    {
        var inline = New(projections);
        await inline.EnsureAsync(default);
        return inline;
    }

    private async Task WriteUntilAsync(InlineProjections inline, CancellationToken stop)
    {
        var stream = Guid.NewGuid();
        for (var version = 1L; !stop.IsCancellationRequested; version++)
        {
            await AppendAsync(inline, stream, version, [1]);
        }
    }

    private Task<long> CountAsync() => _harness.ScalarAsync<long>("select count(*) from mt_events");

    private async Task AppendAsync(InlineProjections inline, Guid stream, long version, int[] amounts, bool commit = true)
    {
        await using var connection = await _harness.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var events = new List<StoredEvent>();
        await using (var lockStream = new NpgsqlCommand(
            $"insert into mt_streams (id, type, version) values ('{stream}', 'call', 0) on conflict (id) do update set version = mt_streams.version", connection, transaction))
        {
            await lockStream.ExecuteNonQueryAsync();
        }

        foreach (var amount in amounts)
        {
            await using var insert = new NpgsqlCommand(
                $$"""
                insert into mt_events (seq_id, id, stream_id, version, data, type)
                values (nextval('mt_events_sequence'), gen_random_uuid(), '{{stream}}', {{version + events.Count}}, '{"Amount": {{amount}}}', 'counted') returning seq_id, id
                """,
                connection,
                transaction);
            await using var reader = await insert.ExecuteReaderAsync();
            await reader.ReadAsync();
            events.Add(new StoredEvent(
                reader.GetGuid(1), reader.GetInt64(0), stream, "call", version + events.Count, "counted", new Counted(amount), DateTimeOffset.UtcNow, EventMetadata.None));
        }

        await inline.ApplyAsync(connection, transaction, events, default);
        if (commit)
        {
            await transaction.CommitAsync();
        }
    }
}
