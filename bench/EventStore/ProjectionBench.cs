using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Bench;

/// <summary>Projections that catch up from nothing with 500,000 events: 50,000 streams of 10, in the log 1,000 streams at a time, interleaved as in life.</summary>
internal static class ProjectionBench
{
    private const int Streams = 50_000;
    private const int EventsEach = 10;
    private const int Interleaved = 1_000;

    // Event k of each of 1,000 streams, then event k + 1 of each; after ten of them the next 1,000 streams.
    private static readonly string Log = $$"""
        create temporary table s as select gen_random_uuid() as id, n from generate_series(0, {{Streams - 1}}) as n;
        insert into public.mt_streams (id, type, version) select id, 'call', {{EventsEach}} from s;
        insert into public.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
        select nextval('public.mt_events_sequence'), gen_random_uuid(), o.id, o.version,
            jsonb_build_object('Queue', 'Queue ' || o.n % 20, 'Position', o.version, 'OccurredAt', '2026-01-01T10:00:00Z'), 'measured', now(), 'CallCenter.EventStore.Bench.Measured, CallCenter.EventStore.Bench'
        from (select id, n, version from s, generate_series(1, {{EventsEach}}) as version order by n / {{Interleaved}}, version, n) as o;
        drop table s;
        analyze public.mt_streams, public.mt_events;
        """;

    public static async Task RunAsync(StoreBench bench)
    {
        await using (var fill = bench.DataSource.CreateCommand(Log))
        {
            fill.CommandTimeout = 0;
            await fill.ExecuteNonQueryAsync();
        }

        var round = 0;
        await MeasureAsync(bench, "events, one-stream projection catches up with", () => new StreamViews($"views_{++round}"));
        await MeasureAsync(bench, "events, many-stream counters catch up with", () => new QueueCounts($"counts_{++round}"));
        await MeasureAsync(bench, "events, plain SQL counters catch up with", () => new SqlCounts($"sql_{++round}"));
    }

    private static Task MeasureAsync(StoreBench bench, string what, Func<IProjection> next) => Figures.MeasureAsync(
        $"{what} {Streams * EventsEach:N0}",
        async () =>
        {
            var projection = next();
            await using var runtime = new ProjectionRuntime(bench.Store, bench.DataSource, [projection], TimeProvider.System, NullLogger.Instance);
            var end = await bench.Store.HighWaterMarkAsync();
            var started = Stopwatch.GetTimestamp();
            await runtime.StartAsync();
            await runtime.WaitForAsync(end);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            await CheckAsync(bench.DataSource, projection.Name);
            return (Streams * EventsEach / seconds, "");
        });

    // A projection that loses events is fast.
    private static async Task CheckAsync(NpgsqlDataSource dataSource, string name)
    {
        await using var command = dataSource.CreateCommand($"select sum((data->>'Events')::bigint)::bigint from {name}.views");
        var total = (long)(await command.ExecuteScalarAsync())!;
        if (total != Streams * EventsEach)
        {
            throw new InvalidOperationException($"Projection {name} holds {total:N0} of {Streams * EventsEach:N0} events.");
        }
    }

    private sealed record View(long Events, string Queue, int Position, DateTimeOffset At);

    private sealed record Counter(long Events);

    private sealed class StreamViews(string name) : SingleStreamProjection<View>
    {
        public override string Name => name;

        public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Measured)];

        protected override View Evolve(View? view, StoredEvent stored)
        {
            var measured = (Measured)stored.Data;
            return new View((view?.Events ?? 0) + 1, measured.Queue, measured.Position, measured.OccurredAt);
        }
    }

    private sealed class QueueCounts(string name) : MultiStreamProjection<string, Counter>
    {
        public override string Name => name;

        public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Measured)];

        protected override IEnumerable<string> KeysOf(StoredEvent stored) => [((Measured)stored.Data).Queue];

        protected override Counter Evolve(string key, Counter? view, StoredEvent stored) => new((view?.Events ?? 0) + 1);
    }

    private sealed class SqlCounts(string name) : SqlProjection
    {
        public override string Name => name;

        public override IReadOnlyCollection<Type> Handles { get; } = [typeof(Measured)];

        public override string Schema(string schemaName) => $"create table if not exists {schemaName}.views (id text primary key, data jsonb not null)";

        protected override IReadOnlyList<string> Statements(string schemaName) =>
        [
            $$"""
            insert into {{schemaName}}.views as v select e.data->>'Queue', jsonb_build_object('Events', count(*)) from {events} e group by 1
            on conflict (id) do update set data = jsonb_build_object('Events', (v.data->>'Events')::bigint + (excluded.data->>'Events')::bigint)
            """,
        ];
    }
}
