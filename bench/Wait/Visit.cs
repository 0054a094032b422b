using System.Globalization;
using System.IO.Compression;

namespace CallCenter.Wait.Bench;

/// <summary>One visit to a queue of the bank's file.</summary>
/// <param name="Queue">The service type.</param>
/// <param name="QueuedAt">Seconds since the file's first midnight, by the bank's clock.</param>
/// <param name="LeftAt">Answered or given up.</param>
/// <param name="Answered">Whether an agent took the call.</param>
/// <param name="HeadStart">Seconds by which priority customers rank as if already waiting.</param>
internal sealed record Visit(string Queue, double QueuedAt, double LeftAt, bool Answered, double HeadStart)
{
    // The bank let its priority customers in as if they had waited for a minute and a half.
    private const int PriorityHeadStart = 90;

    public double Wait => LeftAt - QueuedAt;

    /// <summary>All visits, by time; calls that went straight to an agent are visits of no wait.</summary>
    public static IReadOnlyList<Visit> Read(string path)
    {
        using var file = File.OpenRead(path);
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        lines.ReadLine();
        var visits = new List<Visit>();
        DateOnly? first = null;
        while (lines.ReadLine()?.Split(',') is { } row)
        {
            var date = DateOnly.ParseExact(row[5], "yyyy-MM-dd", CultureInfo.InvariantCulture);
            first ??= date;
            var midnight = (date.DayNumber - first.Value.DayNumber) * 86_400.0;
            var (answered, queued) = (row[12] == "AGENT", Clock(row[9]));
            if (row[12] == "PHANTOM" || (queued == 0 && !answered))
            {
                continue;
            }

            var came = midnight + (queued > 0 ? queued : Clock(row[13]));
            visits.Add(new Visit(row[4], came, queued > 0 ? came + Math.Max(0, Number(row[11])) : came, answered, row[3] == "2" ? PriorityHeadStart : 0));
        }

        return [.. visits.OrderBy(visit => visit.QueuedAt)];

        static double Clock(string text) => text.Split(':') is [var h, var m, var s] ? (Number(h) * 3600) + (Number(m) * 60) + Number(s) : 0;

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }
}
