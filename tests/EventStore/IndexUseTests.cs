using System.Text;
using CallCenter.Testing;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>The statements of every day find their rows by index: their kept plans, on tables with enough rows, with and without archive partitions.</summary>
[Collection(PostgresCollection.Name)]
public sealed class IndexUseTests(PostgresFixture postgres)
{
    // As the append looks a stream up, and event ids.
    private const string StreamRow = "select s.version, s.is_archived from public.mt_streams s where s.id = $1 for no key update";
    private const string EventIds = "select count(*) from public.mt_events e where e.id = any ($1)";
    private const string SameEvents = "select count(*) from unnest($1::uuid[], $2::uuid[]) as n (id, stream) join public.mt_events e on e.id = n.id and e.stream_id = n.stream";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_statement_reads_a_whole_table(bool archivePartitions)
    {
        await using var harness = await StoreHarness.CreateAsync(postgres, archivePartitions);
        // The checkpoint is for the tests that kill the server: they would wait until all this is recovered.
        await harness.ExecuteAsync("""
            insert into mt_streams (id, type, version, is_archived) select gen_random_uuid(), 'call', 5, n % 4 = 0 from generate_series(1, 8000) n;
            insert into mt_events (seq_id, id, stream_id, version, data, type, is_archived)
            select nextval('mt_events_sequence'), gen_random_uuid(), s.id, v, '{"Amount": 1}', case when v = 5 then 'call_answered' else 'counted' end, s.is_archived
            from mt_streams s, generate_series(1, 5) v;
            analyze mt_streams; analyze mt_events;
            """);
        await harness.ExecuteAsync("checkpoint");
        await using var connection = await harness.DataSource.OpenConnectionAsync();
        await ExecuteAsync(connection, "set plan_cache_mode = force_generic_plan");

        (string Statement, string Types, string Values)[] statements =
        [
            (EventReader.Stream, "uuid, bigint, bigint", "gen_random_uuid(), 0, 5"),
            (EventReader.StreamUntilInstant, "uuid, bigint, bigint, timestamptz", "gen_random_uuid(), 0, 5, now()"),
            (StateReader.All, "uuid, bigint", "gen_random_uuid(), 5"),
            (StateReader.UntilInstant, "uuid, bigint, timestamptz", "gen_random_uuid(), 5, now()"),
            (StateReader.AfterKept, "uuid, bigint", "gen_random_uuid(), 5"),
            (StateReader.AfterSnapshot, "uuid, bigint, text, int", "gen_random_uuid(), 5, 'sum', 1"),
            (EventReader.Page, "bigint, bigint, int", "1000, 2000, 100"),
            (EventReader.PageOfTypes, "bigint, bigint, int, text[]", "1000, 2000, 100, '{call_answered}'"),
            (StreamRow, "uuid", "gen_random_uuid()"),
            (EventIds, "uuid[]", "array[gen_random_uuid(), gen_random_uuid()]"),
            (SameEvents, "uuid[], uuid[]", "array[gen_random_uuid()], array[gen_random_uuid()]"),
        ];
        foreach (var (statement, types, values) in statements)
        {
            await ExecuteAsync(connection, $"prepare look ({types}) as {statement}");
            var plan = await PlanAsync(connection, $"explain execute look ({values})");
            await ExecuteAsync(connection, "deallocate look");

            plan.ShouldContain("Index");
            plan.ShouldNotContain("Seq Scan on mt_", Case.Sensitive, $"{statement}\n{plan}");
            plan.ShouldNotContain("Seq Scan on public.mt_", Case.Sensitive, $"{statement}\n{plan}");
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string> PlanAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var plan = new StringBuilder();
        while (await reader.ReadAsync())
        {
            plan.AppendLine(reader.GetString(0));
        }

        return plan.ToString();
    }
}
