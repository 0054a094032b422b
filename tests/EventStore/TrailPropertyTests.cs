using CallCenter.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TrailPropertyTests(PostgresFixture postgres)
{
    private const int Events = 60;

    private static readonly string[] Changes =
    [
        "id = gen_random_uuid()", "stream_id = gen_random_uuid()", "version = -version", "data = data || '{\"More\": 1}'", "bdata = 'x'", "type = type || 'x'",
        "timestamp = timestamp + interval '1 day'", "tenant_id = null", "mt_dotnet_type = 'x'", "correlation_id = null", "causation_id = user_name || 'x'", "headers = 'null'", "user_name = 'X'",
    ];

    [Fact]
    public async Task Any_damage_to_one_row_is_found_at_its_position()
    {
        await using var trail = await TrailHarness.CreateAsync(postgres);
        foreach (var events in new[] { 1, 7, 20, 32 })
        {
            await trail.AppendSealedAsync(events, seals: 1);
            // A gap behind every seal, which the next one speaks for: positions 2, 10 and 31.
            await trail.Store.ExecuteAsync("select nextval('mt_events_sequence')");
        }

        await trail.AppendAsync(3);
        await trail.TamperAsync("create table saved as select * from mt_events");
        var positions = await trail.Store.ScalarAsync<long[]>($"select array_agg(seq_id order by seq_id) from (select seq_id from mt_events order by seq_id limit {Events}) as e");
        long[] gaps = [2, 10, 31];

        var damage = Gen.OneOf(
            from position in Gen.Elements(positions)
            from change in Gen.Elements(Changes)
            select new Damage($"update mt_events set {change} where seq_id = {position}", position, TrailDamageKind.Changed),
            from position in Gen.Elements(positions)
            select new Damage($"delete from mt_events where seq_id = {position}", position, TrailDamageKind.Removed),
            from position in Gen.Elements(gaps)
            from model in Gen.Elements(positions)
            select new Damage(
                $"insert into mt_events select {position}, id, stream_id, version, data, bdata, type, timestamp, tenant_id from mt_events where seq_id = {model}",
                position, TrailDamageKind.Inserted),
            from one in Gen.Elements(positions)
            from other in Gen.Elements(positions).Where(other => other != one)
            select new Damage(
                $"update mt_events set seq_id = {one} + {other} - seq_id where seq_id in ({one}, {other})", Math.Min(one, other), TrailDamageKind.Reordered));

        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), Prop.ForAll(damage.ToArbitrary(), one => RunAsync(trail, one).GetAwaiter().GetResult()));
    }

    private static async Task RunAsync(TrailHarness trail, Damage damage)
    {
        await trail.Store.ExecuteAsync(damage.Sql);
        var report = await trail.VerifyAsync();
        var rows = damage.Kind is TrailDamageKind.Reordered ? 2 : 1;
        (report.DamageCount, report.FirstBrokenPosition, report.Damage[0].Kind).ShouldBe((rows, damage.Position, damage.Kind), damage.Sql);

        await trail.Store.ExecuteAsync("delete from mt_events; insert into mt_events select * from saved");
        (await trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    private sealed record Damage(string Sql, long Position, TrailDamageKind Kind);
}
