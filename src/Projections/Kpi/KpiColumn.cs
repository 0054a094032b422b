using System.Globalization;

namespace CallCenter.Projections.Kpi;

/// <summary>A figure by its name, as a column of a report: <c>averageHandleSeconds</c> or <c>aht</c>; with a parameter <c>serviceLevel:30</c> (s) or <c>sl30</c>, <c>serviceLevel:30:exclude</c>, <c>waitPercentileSeconds:0.9</c> or <c>p90</c>.</summary>
/// <param name="Parameter">The threshold of a service level in s, the p of a percentile; 0 of others.</param>
/// <param name="Short">How a service level counts short abandons.</param>
public sealed record KpiColumn(KpiFigure Figure, double Parameter = 0, ShortAbandons Short = ShortAbandons.Count)
{
    private const int UsualThreshold = 20;

    private static readonly Dictionary<string, KpiFigure> Abbreviations = new(StringComparer.OrdinalIgnoreCase)
    {
        ["offered"] = KpiFigure.ContactsOffered, ["handled"] = KpiFigure.ContactsHandled, ["abandoned"] = KpiFigure.ContactsAbandoned, ["overflowed"] = KpiFigure.ContactsOverflowed,
        ["asa"] = KpiFigure.AverageSpeedOfAnswerSeconds, ["sl"] = KpiFigure.ServiceLevel, ["abandonment"] = KpiFigure.AbandonmentRate, ["ata"] = KpiFigure.AverageTimeToAbandonSeconds,
        ["longest"] = KpiFigure.LongestWaitSeconds, ["att"] = KpiFigure.AverageTalkSeconds, ["hold"] = KpiFigure.AverageHoldSeconds, ["acw"] = KpiFigure.AverageAfterCallWorkSeconds,
        ["aht"] = KpiFigure.AverageHandleSeconds, ["fcr"] = KpiFigure.FirstContactResolutionRate, ["repeat"] = KpiFigure.RepeatContactRate, ["customers"] = KpiFigure.UniqueCustomers,
        ["containment"] = KpiFigure.SelfServiceRate, ["blockage"] = KpiFigure.BlockageRate, ["cph"] = KpiFigure.ContactsPerAgentHour, ["rona"] = KpiFigure.AgentNonResponse,
        ["csat"] = KpiFigure.AverageSatisfaction, ["nps"] = KpiFigure.NetPromoterScore, ["sla"] = KpiFigure.TicketSlaAttainment, ["mttr"] = KpiFigure.AverageTicketResolutionSeconds,
        ["flr"] = KpiFigure.FirstLineResolutionRate,
    };

    /// <summary>The whole name, by which it is found again.</summary>
    public string Name => Figure switch
    {
        KpiFigure.ServiceLevel => string.Create(CultureInfo.InvariantCulture, $"serviceLevel:{Parameter}{(Short == ShortAbandons.Count ? "" : Short == ShortAbandons.Exclude ? ":exclude" : ":met")}"),
        KpiFigure.WaitPercentileSeconds => string.Create(CultureInfo.InvariantCulture, $"waitPercentileSeconds:{Parameter}"),
        _ => NameOf(Figure),
    };

    /// <summary>It is a number of something: figures of the parts of a whole add up to that of the whole, but for customers, who may be in several parts.</summary>
    public bool IsCount => Figure is KpiFigure.ContactsOffered or KpiFigure.ContactsHandled or KpiFigure.ContactsAbandoned or KpiFigure.ContactsShortAbandoned or KpiFigure.ContactsOverflowed
        or KpiFigure.ContactsUnknown or KpiFigure.UniqueCustomers or KpiFigure.AgentNonResponse or KpiFigure.SatisfactionResponses
        or KpiFigure.TicketsOpened or KpiFigure.TicketsResolved or KpiFigure.TicketsReopened or KpiFigure.TicketsBreached;

    /// <summary>Made of agents' time, not of contacts alone.</summary>
    public bool IsOfAgents => Figure is KpiFigure.Occupancy or KpiFigure.Utilization or KpiFigure.ContactsPerAgentHour;

    /// <summary>A duration.</summary>
    public bool IsInSeconds => Figure.ToString().EndsWith("Seconds", StringComparison.Ordinal);

    /// <summary>What the figure of nothing is: a count is 0, a rate or mean null.</summary>
    public double? OverNothing => IsCount ? 0 : null;

    /// <summary>What can be asked for, with the usual abbreviations.</summary>
    public static string Names => string.Join(", ", Enum.GetValues<KpiFigure>().Select(figure => figure switch
    {
        KpiFigure.ServiceLevel => "serviceLevel:20 (sl20; :exclude or :met for short abandons)",
        KpiFigure.WaitPercentileSeconds => "waitPercentileSeconds:0.9 (p90)",
        _ when Abbreviations.FirstOrDefault(known => known.Value == figure).Key is { } shorter => $"{NameOf(figure)} ({shorter})",
        _ => NameOf(figure),
    }));

    /// <exception cref="BadKpiQueryException">No figure has that name; the message lists them.</exception>
    public static KpiColumn Parse(string text)
    {
        var parts = text.Split(':');
        return parts switch
        {
            [var name] when Find(name) is { } figure => new KpiColumn(figure, figure switch { KpiFigure.ServiceLevel => UsualThreshold, KpiFigure.WaitPercentileSeconds => 0.5, _ => 0 }),
            [['s' or 'S', 'l' or 'L', .. var seconds], .. var rest] when Number(seconds) is { } threshold => ServiceLevel(text, threshold, rest),
            [['p' or 'P', .. var percent]] when Number(percent) is { } p && p <= 100 => new KpiColumn(KpiFigure.WaitPercentileSeconds, p / 100),
            [var name, var seconds, .. var rest] when Find(name) == KpiFigure.ServiceLevel && Number(seconds) is { } threshold => ServiceLevel(text, threshold, rest),
            [var name, var share] when Find(name) == KpiFigure.WaitPercentileSeconds && Number(share) is { } p && p <= 1 => new KpiColumn(KpiFigure.WaitPercentileSeconds, p),
            _ => throw Unknown(text),
        };
    }

    private static KpiColumn ServiceLevel(string text, double seconds, string[] rest) => rest switch
    {
        _ when seconds is < 0 or > int.MaxValue || seconds != Math.Floor(seconds) => throw Unknown(text),
        [] => new KpiColumn(KpiFigure.ServiceLevel, seconds),
        ["exclude"] => new KpiColumn(KpiFigure.ServiceLevel, seconds, ShortAbandons.Exclude),
        ["met"] => new KpiColumn(KpiFigure.ServiceLevel, seconds, ShortAbandons.CountAsMet),
        _ => throw Unknown(text),
    };

    private static KpiFigure? Find(string name) =>
        Abbreviations.TryGetValue(name, out var known) ? known
        : Enum.GetValues<KpiFigure>().Where(figure => NameOf(figure).Equals(name, StringComparison.OrdinalIgnoreCase)).Select(figure => (KpiFigure?)figure).FirstOrDefault();

    private static double? Number(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string NameOf(KpiFigure figure) => figure.ToString() is var name ? $"{char.ToLowerInvariant(name[0])}{name[1..]}" : "";

    private static BadKpiQueryException Unknown(string text) => new($"\"{text}\" is no figure. There are: {Names}.");
}
