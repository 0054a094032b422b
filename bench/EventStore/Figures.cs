namespace CallCenter.EventStore.Bench;

/// <summary>Three runs after one to warm up, and their median.</summary>
internal static class Figures
{
    private const int Runs = 3;

    public static async Task MeasureAsync(string what, Func<Task<(double PerSecond, string Detail)>> run)
    {
        await run();
        var results = new List<(double PerSecond, string Detail)>();
        for (var i = 0; i < Runs; i++)
        {
            results.Add(await run());
        }

        var ordered = results.OrderBy(result => result.PerSecond).ToList();
        var (median, detail) = ordered[Runs / 2];
        Console.WriteLine($"{what,-60} {median,10:N0}/s  [{ordered[0].PerSecond:N0} to {ordered[^1].PerSecond:N0}]  {detail}");
    }
}
