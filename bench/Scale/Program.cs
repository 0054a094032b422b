using System.Diagnostics;

using CallCenter.Import;
using CallCenter.Postgres;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;
using CallCenter.Scale.Bench;

using Microsoft.Extensions.Logging.Abstractions;

// FILE [CALLS] [SEED] [FOLDER]: the bank's file, how many calls, what they are drawn by, and a folder that stays for another look.
var calls = args.Length > 1 ? int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) : 1_000_000;
var seed = args.Length > 2 ? int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 1;
var kept = args.Length > 3;
var folder = kept ? Directory.CreateDirectory(args[3]).FullName : Directory.CreateTempSubdirectory("callcenter-bench-").FullName;
try
{
    var synthesis = new Synthesis(BankPattern.Read(args[0]), calls, seed);
    await using var postgres = await EmbeddedPostgres.StartAsync(folder, NullLogger.Instance);
    await using var center = await ScaleCenter.CreateAsync(postgres, "scale", Path.Combine(folder, "keys"));
    await ImportAsync(center, synthesis);
    await RebuildAsync(center);
    await AskAsync(center, synthesis);
    await SizeAsync(center);
    await CopyAsync(postgres, center);
}
finally
{
    if (!kept)
    {
        Directory.Delete(folder, recursive: true);
    }
}

async Task ImportAsync(ScaleCenter center, Synthesis synthesis)
{
    var report = await new ImportRunner(center.Store, center.Source, TimeProvider.System).RunAsync(new ImportOrder("synthesis", synthesis), null, default);
    Say($"import: {report.Imported:N0} calls, {report.Events:N0} events in {report.Elapsed.TotalSeconds:F1} s: {report.Imported / report.Elapsed.TotalSeconds:N0} calls/s, {report.Events / report.Elapsed.TotalSeconds:N0} events/s");
}

async Task RebuildAsync(ScaleCenter center)
{
    var started = Stopwatch.GetTimestamp();
    await center.Runtime.StartAsync();
    await center.Runtime.WaitForAsync(await center.Store.HighWaterMarkAsync());
    Say($"read models shown after {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
    started = Stopwatch.GetTimestamp();
    await center.Runtime.RebuildAllAsync();
    Say($"rebuild of every read model: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
}

async Task AskAsync(ScaleCenter center, Synthesis synthesis)
{
    await center.ScalarAsync<int>("vacuum analyze; select 1");
    var random = new Random(seed);
    var span = synthesis.To - synthesis.From;
    var months = TimeSpan.FromDays(Math.Min(30, span.TotalDays));
    KpiQuery Asked()
    {
        var from = Whole(synthesis.From + ((span - months) * random.NextDouble()));
        return new KpiQuery(new KpiFilter(from, from + months, KpiInterval.HalfHour, "Asia/Jerusalem"), [KpiDimension.Interval, KpiDimension.Queue]);
    }

    await Times.PrintAsync("KPI report of a month by half hour and queue", 50, async _ => await center.Kpis.ReportAsync(Asked(), default));
    await Times.PrintAsync("its service levels and percentiles", 20, async _ =>
    {
        var query = Asked();
        await center.Kpis.ServiceLevelsAsync(query, [(20, ShortAbandons.Count)], default);
        await center.Kpis.WaitPercentilesAsync(query, [0.95], default);
    });
    await Times.PrintAsync("the floor at a random instant", 100, async _ => await center.Floor.AtAsync(synthesis.From + (span * random.NextDouble()), default));
    var ids = await center.ScalarAsync<Guid[]>("select array_agg(id) from (select id from calls.calls order by id limit 1000) as first");
    await Times.PrintAsync("a call at an instant", 200, async i =>
        CallView.At(await center.Trail.StreamsAsync([ids[i * 4 % ids.Length]], default), synthesis.To));
}

async Task SizeAsync(ScaleCenter center)
{
    var events = await center.ScalarAsync<long>("select (pg_total_relation_size('mt_events') + pg_total_relation_size('mt_streams'))::bigint");
    var whole = await center.ScalarAsync<long>("select pg_database_size(current_database())::bigint");
    Say($"on disk: {whole / (double)calls:N0} bytes a call, of which {events / (double)calls:N0} are events and streams");
}

async Task CopyAsync(EmbeddedPostgres postgres, ScaleCenter center)
{
    await using var bare = await ScaleCenter.CreateAsync(postgres, "bare", Path.Combine(folder, "bare-keys"));
    var count = await center.ScalarAsync<long>("select count(*) from mt_events");
    var seconds = await BareCopy.RunAsync(center, bare);
    Say($"bare COPY of the same events: {seconds:F1} s: {count / seconds:N0} events/s");
}

static DateTimeOffset Whole(DateTimeOffset at) => new(at.Year, at.Month, at.Day, at.Hour, 0, 0, TimeSpan.Zero);

static void Say(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
