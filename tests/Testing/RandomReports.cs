using CallCenter.Projections.Kpi;
using CallCenter.Projections.Kpi.Proof;

namespace CallCenter.Testing;

/// <summary>Asks for reports at random, and counts each figure of them again from the events.</summary>
/// <param name="center">Whose reports.</param>
/// <param name="random">What is asked.</param>
/// <param name="whole">The longest period that is asked for; its zone and first-contact days are not used.</param>
/// <param name="zones">By whose clocks.</param>
public sealed class RandomReports(CenterHarness center, Random random, KpiFilter whole, IReadOnlyList<string> zones)
{
    /// <summary>Every figure that there is.</summary>
    public static readonly IReadOnlyList<KpiColumn> Columns =
    [
        .. Enum.GetValues<KpiFigure>().Where(figure => figure is not (KpiFigure.ServiceLevel or KpiFigure.WaitPercentileSeconds)).Select(figure => new KpiColumn(figure)),
        .. new[] { "sl0", "sl20", "sl20:exclude", "sl60:met", "p0", "p50", "p95", "p100" }.Select(KpiColumn.Parse),
    ];

    /// <summary>Figures that were more than nothing in some cell of the reports until now.</summary>
    public HashSet<string> Seen { get; } = [];

    public async Task ShouldEqualTheirRecountAsync(int reports)
    {
        var (dimensions, filters) = (new HashSet<KpiDimension>(), 0);
        var all = (await center.Kpis.ReportAsync(new KpiQuery(whole, [KpiDimension.Queue, KpiDimension.Agent, KpiDimension.Topic, KpiDimension.Segment]), default)).Rows;
        KpiEvidence? evidence = null;
        for (var i = 0; i < reports; i++)
        {
            var query = Next(all);
            dimensions.UnionWith(query.Dimensions);
            filters += query.Filter is { Queues: null, Agents: null, Topics: null, Segments: null, Channels: null } ? 0 : 1;
            var table = await KpiTable.ReadAsync(center.Kpis, query, Columns, default);

            // What a report needs is found for each of the first; then all of it once, which must serve as well.
            if (i <= reports / 4)
            {
                evidence = await KpiEvidence.GatherAsync(center.Source, center.Types, i == reports / 4 ? whole with { FirstContactDays = 9 } : query.Filter, table.Report.AsOf, default);
            }

            var proofs = KpiProof.Of(table, evidence!).ToList();
            var wrong = proofs.Where(proof => !proof.Agrees).Select(proof => $"{proof.Column.Name} of {proof.Cell?.ToString() ?? "all"}: served {proof.Served}, recounted {proof.Recounted}").Take(5).ToList();
            wrong.ShouldBeEmpty($"report {i}: {query.Filter} by {string.Join(", ", query.Dimensions)}, queues {Text(query.Filter.Queues)}, agents {Text(query.Filter.Agents)}, topics {Text(query.Filter.Topics)}, segments {Text(query.Filter.Segments)}");
            ShouldSumUp(table);
            Seen.UnionWith(proofs.Where(proof => proof.Served is not (null or 0)).Select(proof => proof.Column.Name));
        }

        dimensions.Count.ShouldBe(Enum.GetValues<KpiDimension>().Length, "every dimension was asked for");
        filters.ShouldBeInRange(1, reports - 1);
    }

    // Customers are in several parts; a ticket is in no queue, and whoever is in the IVR neither in one nor with an agent.
    private static void ShouldSumUp(KpiTable table)
    {
        var byQueue = table.Query.Dimensions.Contains(KpiDimension.Queue);
        for (var i = 0; i < table.Columns.Count && table.Query.Dimensions.Count > 0; i++)
        {
            if (table.Columns[i] is { IsCount: true, Figure: not KpiFigure.UniqueCustomers } column && !(byQueue && column.Name.StartsWith("tickets", StringComparison.Ordinal)))
            {
                table.Rows.Sum(row => row.Values[i]).ShouldBe(table.Total[i], $"{column.Name} by {string.Join(", ", table.Query.Dimensions)}");
            }
        }
    }

    private KpiQuery Next(IReadOnlyList<KpiRow> all)
    {
        var length = (whole.To - whole.From).Ticks;
        var from = whole.From.AddTicks((long)(random.NextDouble() * length * 0.9));
        var to = from.AddTicks((long)(Math.Pow(random.NextDouble(), 2) * (whole.To - from).Ticks) + TimeSpan.TicksPerMinute);
        var filter = new KpiFilter(
            Milli(from), Milli(to), random.GetItems(Enum.GetValues<KpiInterval>(), 1)[0], zones[random.Next(zones.Count)],
            Some(row => row.Cell.QueueId), Some(row => row.Cell.AgentId), SomeTexts(row => row.Cell.Topic), SomeTexts(row => row.Cell.Segment), random.Next(12) == 0 ? ["voice"] : null) { FirstContactDays = random.Next(1, 9) };
        var dimensions = Enum.GetValues<KpiDimension>();
        random.Shuffle(dimensions);
        return new KpiQuery(filter, dimensions[..random.Next(4)]);

        IReadOnlyList<Guid>? Some(Func<KpiRow, Guid?> of) => random.Next(4) > 0 ? null : [.. all.Select(of).OfType<Guid>().Distinct().Where(_ => random.Next(2) == 0)];

        IReadOnlyList<string>? SomeTexts(Func<KpiRow, string?> of) => random.Next(6) > 0 ? null : [.. all.Select(of).OfType<string>().Distinct().Where(_ => random.Next(2) == 0)];

        static DateTimeOffset Milli(DateTimeOffset at) => at.AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMillisecond));
    }

    private static string Text<T>(IReadOnlyList<T>? asked) => asked is null ? "all" : string.Join(' ', asked);
}
