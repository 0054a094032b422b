namespace CallCenter.Projections.Kpi;

public enum KpiDimension { Interval, HourOfDay, Weekday, Queue, Agent, Topic, Segment, Channel }

public enum KpiInterval { QuarterHour, HalfHour, Hour, Day, Week, Month }

/// <summary>Which contacts a report is about. Null lists mean all.</summary>
/// <param name="From">A contact belongs to the report when it entered the queue (IVR figures: the system) at or after this instant ...</param>
/// <param name="To">... and before this one.</param>
/// <param name="TimeZone">IANA zone of interval edges, hours and weekdays.</param>
public sealed record KpiFilter(
    DateTimeOffset From, DateTimeOffset To, KpiInterval Interval = KpiInterval.Hour, string TimeZone = "UTC",
    IReadOnlyList<Guid>? Queues = null, IReadOnlyList<Guid>? Agents = null,
    IReadOnlyList<string>? Topics = null, IReadOnlyList<string>? Segments = null, IReadOnlyList<string>? Channels = null);

/// <summary>A filter and how its contacts are divided; no dimensions make the total.</summary>
public sealed record KpiQuery(KpiFilter Filter, IReadOnlyList<KpiDimension> Dimensions);

/// <summary>What the contacts of one row have in common; members that are no dimension of the query are null.</summary>
/// <param name="IntervalStart">Start of the interval, an edge in the report's zone.</param>
/// <param name="HourOfDay">0..23 in the report's zone.</param>
/// <param name="Weekday">ISO 8601: 1 Monday to 7 Sunday, in the report's zone.</param>
public sealed record KpiCell(
    DateTimeOffset? IntervalStart = null, int? HourOfDay = null, int? Weekday = null,
    Guid? QueueId = null, Guid? AgentId = null, string? Topic = null, string? Segment = null, string? Channel = null);

/// <summary>The figures of one row, each as KPI.md defines it. Seconds to the millisecond; a mean or rate over nothing is null.</summary>
/// <param name="Query">The query that the row belongs to.</param>
/// <param name="AgentNonResponse">Offers that were not answered: refused, timed out, or to a phone that could not be reached.</param>
public sealed record KpiRow(
    KpiQuery Query, KpiCell Cell,
    int ContactsOffered, int ContactsHandled, int ContactsAbandoned, int ContactsShortAbandoned, int ContactsOverflowed, int ContactsUnknown,
    double? AverageSpeedOfAnswerSeconds, double? AverageTimeToAbandonSeconds, double? LongestWaitSeconds,
    double? AverageTalkSeconds, double? AverageHoldSeconds, double? AverageAfterCallWorkSeconds, double? AverageHandleSeconds,
    int ContactsHeld, int ContactsTransferred, int AgentNonResponse, int ContactsEnteredIvr, int ContactsLeftInIvr, int ContactsSelfServed)
{
    public double? AbandonmentRate => Rate(ContactsAbandoned, ContactsOffered);

    public double? TransferRate => Rate(ContactsTransferred, ContactsHandled);

    public double? HoldRate => Rate(ContactsHeld, ContactsHandled);

    public double? IvrAbandonmentRate => Rate(ContactsLeftInIvr, ContactsEnteredIvr);

    public double? SelfServiceRate => Rate(ContactsSelfServed, ContactsEnteredIvr);

    private static double? Rate(int part, int whole) => whole == 0 ? null : (double)part / whole;
}

/// <param name="Rows">One for each combination of the query's dimensions that has contacts, in their order; none without dimensions.</param>
/// <param name="Provisional">Whether figures may still change: the period is not over, or contacts of it have no end yet.</param>
public sealed record KpiReport(KpiRow Total, IReadOnlyList<KpiRow> Rows, DateTimeOffset AsOf, bool Provisional);

/// <summary>A report that cannot be made as asked; the message names what and why.</summary>
public sealed class BadKpiQueryException(string message) : Exception(message);
