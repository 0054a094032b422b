using CallCenter.Import.AnonymousBank;
using CallCenter.Projections.Kpi;
using CallCenter.Testing;

namespace CallCenter.Import.Tests;

[Collection(PostgresCollection.Name)]
public sealed class BankProofTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Any_figure_of_the_banks_fortnight_equals_what_is_counted_from_the_events_of_its_contacts()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        await new ImportRunner(center.Store, center.Source, TimeProvider.System).RunAsync(new ImportOrder(TestData.Bank, new BankFormat()), null, default);
        await center.CatchUpAsync();
        var fortnight = new KpiFilter(new(1999, 7, 31, 21, 0, 0, TimeSpan.Zero), new(1999, 8, 14, 21, 0, 0, TimeSpan.Zero));
        var reports = new RandomReports(center, new Random(1999), fortnight, ["Asia/Jerusalem", "UTC", "Asia/Kolkata"]);
        await reports.ShouldEqualTheirRecountAsync(16);
        reports.Seen.Count.ShouldBeGreaterThan(15);
    }
}
