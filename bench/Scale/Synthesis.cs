using System.Globalization;
using System.Runtime.CompilerServices;

using CallCenter.Domain.Calls;
using CallCenter.Import;

using NodaTime;

namespace CallCenter.Scale.Bench;

/// <summary>
/// Calls that come when the bank's came and go as they went, with what the bank did not record: numbers, offers, holds, transfers, wrap-up, dispositions, figures of the audio.
/// A year has a million of them, however many are asked for. The same seed gives the same calls.
/// </summary>
internal sealed class Synthesis(BankPattern pattern, int calls, int seed) : IHistoryFormat
{
    private const double CallsPerYear = 1_000_000;
    private const int CallsPerCustomer = 4;

    private static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Jerusalem"];

    // A Sunday.
    private static readonly LocalDateTime Begin = new(2025, 1, 5, 0, 0);

    private readonly IReadOnlyList<string> _servers = pattern.Servers;

    public string Name => "synthesis";

    /// <summary>How many hours of the week the calls take.</summary>
    public int Hours { get; } = (int)Math.Ceiling(calls / CallsPerYear * 365 * 24);

    public DateTimeOffset From => At(0, 0);

    public DateTimeOffset To => At(Hours, 0);

    public async IAsyncEnumerable<History> ReadAsync(string path, ImportNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var weights = 0.0;
        var whole = Enumerable.Range(0, Hours).Sum(hour => pattern.ByHour[hour % BankPattern.Hours].Count);
        for (var hour = 0; hour < Hours; hour++)
        {
            var templates = pattern.ByHour[hour % BankPattern.Hours];
            var before = Share(weights);
            weights += templates.Count;
            var random = new Random(HashCode(seed, hour));
            var minutes = Enumerable.Range(0, Share(weights) - before).Select(_ => random.Next(3600)).Order().ToList();
            foreach (var second in minutes)
            {
                var call = new SyntheticCall(templates[random.Next(templates.Count)], At(hour, second), random.Next(Math.Max(1, calls / CallsPerCustomer)), _servers, random.Next());
                yield return new History(string.Create(CultureInfo.InvariantCulture, $"synthesis|{seed}|{notes.Rows++}"), Call.StreamType, call.Tell);
            }
        }

        await Task.CompletedTask;

        int Share(double weight) => (int)Math.Round(calls * weight / whole);
    }

    // The framework's own differs from process to process.
    private static int HashCode(int seed, int hour) => unchecked((seed * 486_187_739) + hour);

    private static DateTimeOffset At(int hour, int second) => Zone.AtLeniently(Begin.PlusHours(hour).PlusSeconds(second)).ToDateTimeOffset().ToUniversalTime();
}
