using CallCenter.Testing;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TrailSearchTests(PostgresFixture postgres)
{
    private const int MappedUpTo = 1_800;

    private static readonly TrailFilter[] Filters =
    [
        new(), new(Types: ["common"]), new(Types: ["rare"]), new(Types: ["rare", "common"]), new(Types: []), new(UserName: "user 3"), new(UserName: "nobody"), new(CorrelationId: "c17"),
        new(CorrelationId: "c17", UserName: "user 3"), new(CausationId: "x40"), new(StreamTypes: ["ticket"]), new(StreamTypes: ["ticket"], Types: ["rare"]), new(StreamTypes: ["none"]),
        new(StreamId: Stream(5)), new(StreamId: Stream(5), Types: ["common"]), new(From: Recorded(700)), new(To: Recorded(300)), new(From: Recorded(900), To: Recorded(1_900), Types: ["rare"]),
        new(From: Recorded(1_999)), new(From: DateTimeOffset.MaxValue),
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task By_the_map_is_found_what_is_found_one_by_one_in_both_directions(bool archivePartitions)
    {
        await using var harness = await LogAsync(archivePartitions);
        var matching = new Dictionary<TrailFilter, long[]>();
        foreach (var filter in Filters)
        {
            matching[filter] = await OneByOneAsync(harness, filter);
        }

        matching.Values.Count(positions => positions.Length == 0).ShouldBe(5);
        var search = new TrailSearch(harness.DataSource);
        var cases =
            from filter in Gen.Elements(Filters)
            from above in Gen.Choose(-10, 2_600)
            from below in Gen.OneOf(Gen.Choose(-10, 2_600).Select(position => (long)position), Gen.Constant(long.MaxValue))
            from down in Gen.Elements(true, false)
            from limit in Gen.OneOf(Gen.Choose(0, 5), Gen.Choose(100, 3_000))
            select (filter, above, below, down, limit);

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var (filter, above, below, down, limit) = one;
            var between = matching[filter].Where(position => position > above && position < below);
            var found = search.FindAsync(filter, above, below, down, limit, default).GetAwaiter().GetResult();
            found.ShouldBe((down ? between.Reverse() : between).Take(limit), $"{filter} {above} {below} {down} {limit}");
        }));
        foreach (var filter in Filters)
        {
            (await search.CountAsync(filter, default)).ShouldBe(matching[filter].Length, filter.ToString());
        }
    }

    [Fact]
    public async Task Blocks_are_mapped_once_they_are_decided()
    {
        await using var trail = await TrailHarness.CreateAsync(postgres);
        await using var mapper = new TrailMapper(trail.Store.Store, trail.Store.DataSource, TimeProvider.System, NullLogger.Instance);
        await trail.AppendAsync(3);
        await trail.Store.ExecuteAsync("select setval('mt_events_sequence', 255)");
        await trail.AppendAsync(1);
        await using (var open = await trail.Store.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await open.BeginTransactionAsync();
            await using var draw = new NpgsqlCommand("select nextval('mt_events_sequence')", open, transaction);
            await draw.ExecuteScalarAsync();
            await trail.Store.ExecuteAsync("select setval('mt_events_sequence', 600)");
            await trail.AppendAsync(1);
            await mapper.MapAsync();

            // Position 257 may still appear: nothing from there on is decided.
            (await TrailMap.EndAsync(trail.Store.DataSource, default)).ShouldBeLessThanOrEqualTo(256);
        }

        await mapper.MapAsync();

        (await TrailMap.EndAsync(trail.Store.DataSource, default)).ShouldBe(256);
        (await trail.Store.ScalarAsync<string>("select concat_ws(' ', block, events, types, stream_types, users, causations, cardinality(correlations)) from callcenter.trail_map")).ShouldBe(
            "0 4 {counted} {call} {user} {causation} 3");
    }

    [Fact]
    public async Task No_search_reads_the_whole_log()
    {
        await using var harness = await LogAsync(archivePartitions: false);

        // As large as it must be for reading all of it to cost more, and a map as of two million events. The checkpoint is for the tests that kill the server.
        await harness.ExecuteAsync("""
            insert into mt_streams (id, type, version) select lpad(to_hex(n), 32, '0')::uuid, 'call', 10 from generate_series(100, 1300) n;
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, correlation_id)
            select p, gen_random_uuid(), lpad(to_hex(100 + p / 10), 32, '0')::uuid, p, '{}', 'common', timestamptz '2026-01-02 00:00:00+00' + p * interval '1 second', 'c' || p / 10
            from generate_series(3000, 12000) p;
            insert into callcenter.trail_map (block, events, recorded_from, recorded_to, types, stream_types, users, correlations, causations)
            select n, 256, now(), now(), array['common', 'other'], array['call'], array['user ' || n % 50], (select array_agg('c' || n * 5 + i) from generate_series(1, 5) i), '{}'
            from generate_series(1000, 9000) n;
            analyze;
            """);
        await harness.ExecuteAsync("checkpoint");
        (string Sql, TrailConditions Parameters)[] statements =
        [
            TrailSearch.Blocks(new TrailFilter(CorrelationId: "c17"), 0, 1_000_000, down: false, 8),
            TrailSearch.Blocks(new TrailFilter(UserName: "user 3"), 0, 1_000_000, down: true, 8),
            TrailSearch.Within(new TrailFilter(Types: ["rare"]), [0, 1, 2], 0, long.MaxValue, down: false, 100),
            TrailSearch.Within(new TrailFilter(UserName: "user 3", Types: ["rare"]), [0, 1, 2], 0, 700, down: true, 100),
            TrailSearch.Direct(new TrailFilter(), 0, long.MaxValue, down: true, 100),
            TrailSearch.Direct(new TrailFilter(StreamId: Stream(5)), 0, long.MaxValue, down: true, 100),
            TrailSearch.Direct(new TrailFilter(CorrelationId: "c1190"), 11_800, long.MaxValue, down: false, 100),
        ];
        foreach (var (sql, parameters) in statements)
        {
            await using var command = parameters.Command(harness.DataSource, $"explain {sql}");
            var plan = string.Join('\n', await command.ColumnAsync<string>(default));

            plan.ShouldContain("Index", Case.Sensitive, $"{sql}\n{plan}");
            plan.ShouldNotContain("Seq Scan on mt_", Case.Sensitive, $"{sql}\n{plan}");
            plan.ShouldNotContain("Seq Scan on trail_map", Case.Sensitive, $"{sql}\n{plan}");
        }
    }

    /// <summary>Some 2,000 events with gaps between them; the last 200 positions and more are not in the map.</summary>
    private async Task<StoreHarness> LogAsync(bool archivePartitions)
    {
        var harness = await StoreHarness.CreateAsync(postgres, archivePartitions);
        await harness.ExecuteAsync("""
            insert into mt_streams (id, type, version) select lpad(to_hex(n), 32, '0')::uuid, case n % 3 when 0 then 'ticket' when 1 then 'call' end, 400 from generate_series(1, 40) n;
            insert into mt_events (seq_id, id, stream_id, version, data, type, timestamp, user_name, correlation_id, causation_id)
            select p, gen_random_uuid(), lpad(to_hex(1 + p % 40), 32, '0')::uuid, p, '{}', case when p % 331 = 0 then 'rare' when p % 3 = 0 then 'common' else 'other' end,
                timestamptz '2026-01-01 00:00:00+00' + p * interval '1 second', case when p % 7 = 0 then 'user ' || p % 5 end, 'c' || p / 10, case when p % 2 = 0 then 'x' || p % 1000 end
            from generate_series(1, 2200) p where p not between 500 and 800 and p % 11 <> 0;
            analyze mt_events; analyze mt_streams;
            """);
        await using var connection = await harness.DataSource.OpenConnectionAsync();
        await TrailMap.ExtendAsync(connection, MappedUpTo, default);
        await harness.ExecuteAsync("analyze callcenter.trail_map");
        return harness;
    }

    private static async Task<long[]> OneByOneAsync(StoreHarness harness, TrailFilter filter)
    {
        var conditions = TrailConditions.OfEvents(filter);
        await using var command = conditions.Command(
            harness.DataSource, $"select e.seq_id from mt_events e join mt_streams s on s.id = e.stream_id where {conditions.Sql} order by e.seq_id");
        return [.. await command.ColumnAsync<long>(default)];
    }

    private static Guid Stream(int number) => new($"{number:x32}");

    private static DateTimeOffset Recorded(int position) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(position);
}
