using CallCenter.Projections.Calls;
using CallCenter.Projections.Kpi;

using NodaTime;

namespace CallCenter.Api.Reports;

/// <summary>A report as it is asked for on the command line and over HTTP, by the same names.</summary>
/// <param name="Zone">By whose clocks instants are read and written.</param>
/// <param name="Columns">As asked; the usual ones when none are.</param>
internal sealed record ReportRequest(KpiQuery Query, DateTimeZone Zone, IReadOnlyList<KpiColumn> Columns)
{
    private static readonly IReadOnlyList<KpiColumn> Usual =
        [.. new[] { "offered", "handled", "abandoned", "overflowed", "asa", "sl20", "abandonment", "longest", "att", "hold", "acw", "aht", "fcr", "occupancy", "csat", "ticketsOpened", "ticketsResolved" }.Select(KpiColumn.Parse)];

    /// <summary>The names of what may be said, with what it means.</summary>
    public static readonly IReadOnlyDictionary<string, string> Parameters = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["from"] = "Contacts that entered the queue at or after this: 2026-01-31 or 2026-01-31T08:00 by the clocks of the zone, or 2026-01-31T08:00:00Z",
        ["to"] = "Contacts before this",
        ["zone"] = "IANA time zone of instants without offset, of intervals, hours and weekdays [default: UTC]",
        ["by"] = "How it is divided: interval, hour_of_day, weekday, queue, agent, team, topic, segment, channel, with commas",
        ["interval"] = "quarter_hour, half_hour, hour, day, week or month [default: hour]",
        ["queue"] = "Only of this queue, by name or id; may come several times, as all that follow",
        ["agent"] = "Only of this agent, by name or id",
        ["topic"] = "Only of this topic",
        ["segment"] = "Only of this segment",
        ["channel"] = "Only of this channel",
        ["days"] = "How long after a contact the same customer must not come back for it to count as a first contact resolved, 1 to 365 [default: 7]",
        ["kpi"] = $"The figures, with commas: {KpiColumn.Names}",
    };

    /// <param name="values">What was said under a name, in order; empty when nothing.</param>
    /// <param name="names">Queues and agents.</param>
    /// <exception cref="BadReportException">Something is wrong or missing; the message begins with its name.</exception>
    public static ReportRequest Read(Func<string, IReadOnlyList<string>> values, ReportNames names)
    {
        var zone = ReportInstants.Zone(One("zone") ?? "UTC");
        var filter = new KpiFilter(
            ReportInstants.Read("from", One("from") ?? throw new BadReportException("from: say from when."), zone), ReportInstants.Read("to", One("to") ?? throw new BadReportException("to: say until when."), zone),
            One("interval") is { } interval ? Word<KpiInterval>("interval", interval) : KpiInterval.Hour, zone.Id,
            Some("queue", names.Queue), Some("agent", names.Agent), Some("topic", text => text), Some("segment", text => text), Some("channel", text => text));
        if (One("days") is { } days)
        {
            filter = filter with { FirstContactDays = int.TryParse(days, out var number) ? number : throw new BadReportException($"days: \"{days}\" is no number.") };
        }

        try
        {
            IReadOnlyList<KpiColumn> columns = [.. List("kpi").Select(KpiColumn.Parse).Distinct()];
            var query = new KpiQuery(filter, [.. List("by").Select(dimension => Word<KpiDimension>("by", dimension))]);
            return new ReportRequest(query, zone, columns.Count == 0 ? Usual : columns);
        }
        catch (BadKpiQueryException e)
        {
            throw new BadReportException($"kpi: {e.Message}");
        }

        string? One(string name) => values(name) switch
        {
            [] => null,
            [var one] => one,
            _ => throw new BadReportException($"{name}: is given more than once."),
        };

        IEnumerable<string> List(string name) => values(name).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

        IReadOnlyList<T>? Some<T>(string name, Func<string, T> read) => values(name) is { Count: > 0 } given ? [.. given.Select(read)] : null;
    }

    /// <summary>The calls of the period, for lists of these.</summary>
    /// <exception cref="BadReportException">Calls are not told apart by what is asked.</exception>
    public CallExport ToCalls(bool personal)
    {
        var filter = Query.Filter;
        return filter is { Segments: null, Channels: null } && Query.Dimensions.Count == 0
            ? new CallExport(new CallFilter(filter.From, filter.To, One("queue", filter.Queues), One("agent", filter.Agents), Topic: filter.Topics is null ? null : OneText(filter.Topics)), Zone, personal)
            : throw new BadReportException("by, segment, channel: a list of calls has none of these; the segment is one of its columns.");

        static Guid? One(string name, IReadOnlyList<Guid>? asked) => asked switch { null => null, [var one] => one, _ => throw new BadReportException($"{name}: a list of calls is of one, or of all.") };

        static string OneText(IReadOnlyList<string> asked) => asked is [var one] ? one : throw new BadReportException("topic: a list of calls is of one, or of all.");
    }

    /// <summary>One of the words of an enumeration, as people or events write it.</summary>
    /// <exception cref="BadReportException">It is none; the message lists them.</exception>
    internal static T Word<T>(string name, string text)
        where T : struct, Enum =>
        Enum.GetValues<T>().Where(value => text.Replace("_", "", StringComparison.Ordinal).Equals(value.ToString(), StringComparison.OrdinalIgnoreCase)).Select(value => (T?)value).FirstOrDefault()
        ?? throw new BadReportException($"{name}: \"{text}\" is none of {string.Join(", ", Enum.GetNames<T>().Select(ReportTable.Snake))}.");
}
