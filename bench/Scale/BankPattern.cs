using System.Globalization;
using System.IO.Compression;

namespace CallCenter.Scale.Bench;

/// <summary>How one call of the bank went.</summary>
/// <param name="Ivr">Seconds before the queue, or before the caller hung up.</param>
/// <param name="Wait">Seconds in the queue; null where the call never came so far.</param>
/// <param name="Talk">Seconds with an agent; null where none answered.</param>
internal sealed record BankTemplate(string Type, bool High, int Ivr, int? Wait, int? Talk, string? Server);

/// <summary>When the bank's calls came and how they went: the calls of its fortnight by hour of the week, Sunday's first hour is 0.</summary>
internal sealed class BankPattern
{
    public const int Hours = 7 * 24;

    private BankPattern(IReadOnlyList<BankTemplate>[] byHour) => (ByHour, Total) = (byHour, byHour.Sum(hour => hour.Count));

    public IReadOnlyList<BankTemplate>[] ByHour { get; }

    public int Total { get; }

    /// <summary>Who answered calls.</summary>
    public IReadOnlyList<string> Servers => [.. ByHour.SelectMany(hour => hour).Select(call => call.Server).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public static BankPattern Read(string path)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        lines.ReadLine();
        var hours = Enumerable.Range(0, Hours).Select(_ => new List<BankTemplate>()).ToArray();
        while (lines.ReadLine()?.Split(',') is { } row)
        {
            var weekday = (int)DateOnly.ParseExact(row[5], "yyyy-MM-dd", CultureInfo.InvariantCulture).DayOfWeek;
            var hour = Number(row[6].Split(':')[0]) % 24;
            var queued = row[9] != "0:00:00";
            hours[(weekday * 24) + hour].Add(new BankTemplate(
                row[4], row[3] == "2", Seconds(row[8]), queued || row[12] == "AGENT" ? Seconds(row[11]) : null, row[12] == "AGENT" ? Seconds(row[15]) : null, row[16] == "NO_SERVER" ? null : row[16]));
        }

        return new BankPattern([.. hours]);

        static int Number(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

        static int Seconds(string text) => Math.Max(0, Number(text));
    }
}
