using System.Diagnostics;

namespace CallCenter.Projections.Kpi;

/// <summary>The figures of some columns for all cells of one query.</summary>
internal sealed class KpiValues
{
    private static readonly IReadOnlySet<KpiFigure> OfTime = new HashSet<KpiFigure> { KpiFigure.Occupancy, KpiFigure.Utilization, KpiFigure.ContactsPerAgentHour };
    private static readonly IReadOnlySet<KpiFigure> OfCustomers = new HashSet<KpiFigure> { KpiFigure.FirstContactResolutionRate, KpiFigure.RepeatContactRate, KpiFigure.UniqueCustomers };
    private static readonly IReadOnlySet<KpiFigure> OfSurveys = new HashSet<KpiFigure> { KpiFigure.AverageSatisfaction, KpiFigure.SatisfactionResponses, KpiFigure.NetPromoterScore };

    private static readonly IReadOnlySet<KpiFigure> OfTickets = new HashSet<KpiFigure>
    {
        KpiFigure.TicketsOpened, KpiFigure.TicketsResolved, KpiFigure.TicketsReopened, KpiFigure.TicketsBreached,
        KpiFigure.TicketSlaAttainment, KpiFigure.AverageTicketResolutionSeconds, KpiFigure.FirstLineResolutionRate,
    };

    private readonly IReadOnlyList<KpiDimension> _dimensions;
    private readonly Dictionary<KpiCell, KpiRow> _rows;
    private IReadOnlyDictionary<KpiCell, AgentTimes> _times = new Dictionary<KpiCell, AgentTimes>();
    private IReadOnlyDictionary<KpiCell, FirstContacts> _customers = new Dictionary<KpiCell, FirstContacts>();
    private IReadOnlyDictionary<KpiCell, Satisfaction> _surveys = new Dictionary<KpiCell, Satisfaction>();
    private IReadOnlyDictionary<KpiCell, TicketFigures> _tickets = new Dictionary<KpiCell, TicketFigures>();
    private IReadOnlyDictionary<KpiCell, double> _blockages = new Dictionary<KpiCell, double>();
    private IReadOnlyDictionary<(KpiCell, (int, ShortAbandons)), double> _levels = new Dictionary<(KpiCell, (int, ShortAbandons)), double>();
    private IReadOnlyDictionary<(KpiCell, double), double> _percentiles = new Dictionary<(KpiCell, double), double>();

    private KpiValues(KpiQuery query, IReadOnlyList<KpiRow> rows) => (_dimensions, _rows) = (query.Dimensions, rows.ToDictionary(row => row.Cell));

    /// <summary>Those to which anything that was read belongs, in the order of the dimensions, what has none last. A ticket may be about what nobody called about.</summary>
    public IReadOnlyList<KpiCell> Cells
    {
        get
        {
            var cells = _rows.Keys.Union(_times.Keys).Union(_customers.Keys).Union(_surveys.Keys).Union(_tickets.Keys).Union(_blockages.Keys).ToList();
            cells.Sort((a, b) => _dimensions.Select(dimension => Compare(ValueOf(a, dimension), ValueOf(b, dimension))).FirstOrDefault(order => order != 0));
            return cells;
        }
    }

    /// <summary>Runs the statements that the columns need, and no other.</summary>
    public static async Task<KpiValues> ReadAsync(KpiQueries kpis, KpiQuery query, IReadOnlyList<KpiRow> rows, IReadOnlyList<KpiColumn> columns, CancellationToken ct)
    {
        var values = new KpiValues(query, rows);
        var figures = columns.Select(column => column.Figure).ToHashSet();
        if (figures.Overlaps(OfTime))
        {
            values._times = await kpis.AgentTimesAsync(query, ct);
        }

        if (figures.Overlaps(OfCustomers))
        {
            values._customers = await kpis.FirstContactsAsync(query, ct);
        }

        if (figures.Overlaps(OfSurveys))
        {
            values._surveys = await kpis.SatisfactionAsync(query, ct);
        }

        if (figures.Overlaps(OfTickets))
        {
            values._tickets = await kpis.TicketsAsync(query, null, ct);
        }

        if (figures.Contains(KpiFigure.BlockageRate))
        {
            values._blockages = await kpis.BlockagesAsync(query, ct);
        }

        if (columns.Where(c => c.Figure == KpiFigure.ServiceLevel).Select(Threshold).ToList() is { Count: > 0 } thresholds)
        {
            values._levels = await kpis.ServiceLevelsAsync(query, thresholds, ct);
        }

        if (columns.Where(c => c.Figure == KpiFigure.WaitPercentileSeconds).Select(c => c.Parameter).ToList() is { Count: > 0 } quantiles)
        {
            values._percentiles = await kpis.WaitPercentilesAsync(query, quantiles, ct);
        }

        return values;
    }

    public double? Of(KpiCell cell, KpiColumn column)
    {
        var row = _rows.GetValueOrDefault(cell);
        var (times, customers, surveys, tickets) = (_times.GetValueOrDefault(cell), _customers.GetValueOrDefault(cell), _surveys.GetValueOrDefault(cell), _tickets.GetValueOrDefault(cell));
        return column.Figure switch
        {
            KpiFigure.ContactsOffered => row?.ContactsOffered ?? 0,
            KpiFigure.ContactsHandled => row?.ContactsHandled ?? 0,
            KpiFigure.ContactsAbandoned => row?.ContactsAbandoned ?? 0,
            KpiFigure.ContactsShortAbandoned => row?.ContactsShortAbandoned ?? 0,
            KpiFigure.ContactsOverflowed => row?.ContactsOverflowed ?? 0,
            KpiFigure.ContactsUnknown => row?.ContactsUnknown ?? 0,
            KpiFigure.AverageSpeedOfAnswerSeconds => row?.AverageSpeedOfAnswerSeconds,
            KpiFigure.ServiceLevel => _levels.TryGetValue((cell, Threshold(column)), out var level) ? level : null,
            KpiFigure.AbandonmentRate => row?.AbandonmentRate,
            KpiFigure.AverageTimeToAbandonSeconds => row?.AverageTimeToAbandonSeconds,
            KpiFigure.WaitPercentileSeconds => _percentiles.TryGetValue((cell, column.Parameter), out var wait) ? wait : null,
            KpiFigure.LongestWaitSeconds => row?.LongestWaitSeconds,
            KpiFigure.AverageTalkSeconds => row?.AverageTalkSeconds,
            KpiFigure.AverageHoldSeconds => row?.AverageHoldSeconds,
            KpiFigure.AverageAfterCallWorkSeconds => row?.AverageAfterCallWorkSeconds,
            KpiFigure.AverageHandleSeconds => row?.AverageHandleSeconds,
            KpiFigure.FirstContactResolutionRate => customers?.ResolutionRate,
            KpiFigure.RepeatContactRate => customers?.RepeatRate,
            KpiFigure.UniqueCustomers => customers?.Customers ?? 0,
            KpiFigure.SelfServiceRate => row?.SelfServiceRate,
            KpiFigure.IvrAbandonmentRate => row?.IvrAbandonmentRate,
            KpiFigure.BlockageRate => _blockages.TryGetValue(cell, out var rate) ? rate : null,
            KpiFigure.TransferRate => row?.TransferRate,
            KpiFigure.HoldRate => row?.HoldRate,
            KpiFigure.Occupancy => times?.Occupancy,
            KpiFigure.Utilization => times?.Utilization,
            KpiFigure.ContactsPerAgentHour => times?.PerHour(row?.ContactsHandled ?? 0),
            KpiFigure.AgentNonResponse => row?.AgentNonResponse ?? 0,
            KpiFigure.AverageSatisfaction => surveys?.Average,
            KpiFigure.SatisfactionResponses => surveys?.Responses ?? 0,
            KpiFigure.NetPromoterScore => surveys?.NetPromoterScore,
            KpiFigure.TicketsOpened => tickets?.Opened ?? 0,
            KpiFigure.TicketsResolved => tickets?.Resolved ?? 0,
            KpiFigure.TicketsReopened => tickets?.Reopened ?? 0,
            KpiFigure.TicketsBreached => tickets?.Breached ?? 0,
            KpiFigure.TicketSlaAttainment => tickets?.SlaAttainment,
            KpiFigure.AverageTicketResolutionSeconds => tickets?.AverageResolutionSeconds,
            KpiFigure.FirstLineResolutionRate => tickets?.FirstLineResolutionRate,
            _ => throw new UnreachableException($"Figure {column.Figure} is read from nowhere."),
        };
    }

    private static IComparable? ValueOf(KpiCell cell, KpiDimension dimension) => dimension switch
    {
        KpiDimension.Interval => cell.IntervalStart,
        KpiDimension.HourOfDay => cell.HourOfDay,
        KpiDimension.Weekday => cell.Weekday,
        KpiDimension.Queue => cell.QueueId,
        KpiDimension.Agent => cell.AgentId,
        KpiDimension.Team => cell.Team,
        KpiDimension.Topic => cell.Topic,
        KpiDimension.Segment => cell.Segment,
        KpiDimension.Channel => cell.Channel,
        _ => throw new UnreachableException($"Dimension {dimension} has no value."),
    };

    private static int Compare(IComparable? a, IComparable? b) => (a, b) switch
    {
        (null, null) => 0,
        (null, _) => 1,
        (_, null) => -1,
        (string one, string other) => string.CompareOrdinal(one, other),
        _ => a.CompareTo(b),
    };

    private static (int, ShortAbandons) Threshold(KpiColumn column) => ((int)column.Parameter, column.Short);
}
