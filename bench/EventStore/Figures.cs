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
        Print(what, [.. results.Select(result => result.PerSecond)], detail: ordered[Runs / 2].Detail);
    }

    public static void Print(string what, IReadOnlyList<double> figures, string unit = "/s", string detail = "")
    {
        var ordered = figures.Order().ToList();
        Console.WriteLine($"{what,-62} {ordered[ordered.Count / 2],10:N0}{unit}  [{ordered[0]:N0} to {ordered[^1]:N0}]  {detail}");
    }
}
