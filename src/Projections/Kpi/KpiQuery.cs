using System.Diagnostics;

namespace CallCenter.Projections.Kpi;

public enum KpiDimension { Interval, HourOfDay, Weekday, Queue, Agent, Team, Topic, Segment, Channel }

public enum KpiInterval { QuarterHour, HalfHour, Hour, Day, Week, Month }

/// <summary>Which contacts a report is about. Null lists mean all.</summary>
/// <param name="From">A contact belongs to the report when it entered the queue (IVR figures: the system) at or after this instant ...</param>
/// <param name="To">... and before this one.</param>
/// <param name="TimeZone">IANA zone of interval edges, hours and weekdays.</param>
public sealed record KpiFilter(
    DateTimeOffset From, DateTimeOffset To, KpiInterval Interval = KpiInterval.Hour, string TimeZone = "UTC",
    IReadOnlyList<Guid>? Queues = null, IReadOnlyList<Guid>? Agents = null,
    IReadOnlyList<string>? Topics = null, IReadOnlyList<string>? Segments = null, IReadOnlyList<string>? Channels = null)
{
    /// <summary>How long after a contact the same customer with the same topic has not been served: 1..365.</summary>
    public int FirstContactDays { get; init; } = 7;
}

/// <summary>A filter and how its contacts are divided; no dimensions make the total.</summary>
public sealed record KpiQuery(KpiFilter Filter, IReadOnlyList<KpiDimension> Dimensions);

/// <summary>What the contacts of one row have in common; members that are no dimension of the query are null.</summary>
/// <param name="IntervalStart">Start of the interval, an edge in the report's zone.</param>
/// <param name="HourOfDay">0..23 in the report's zone.</param>
/// <param name="Weekday">ISO 8601: 1 Monday to 7 Sunday, in the report's zone.</param>
/// <param name="Team">The team that the agent is in now.</param>
public sealed record KpiCell(
    DateTimeOffset? IntervalStart = null, int? HourOfDay = null, int? Weekday = null,
    Guid? QueueId = null, Guid? AgentId = null, string? Team = null, string? Topic = null, string? Segment = null, string? Channel = null)
{
    /// <summary>What it has of a dimension; null for nothing.</summary>
    internal IComparable? Of(KpiDimension dimension) => dimension switch
    {
        KpiDimension.Interval => IntervalStart,
        KpiDimension.HourOfDay => HourOfDay,
        KpiDimension.Weekday => Weekday,
        KpiDimension.Queue => QueueId,
        KpiDimension.Agent => AgentId,
        KpiDimension.Team => Team,
        KpiDimension.Topic => Topic,
        KpiDimension.Segment => Segment,
        KpiDimension.Channel => Channel,
        _ => throw new UnreachableException($"Dimension {dimension} has no value."),
    };
}

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

/// <summary>How agents spent their time, in milliseconds: each status split at the edges of intervals (KPI.md).</summary>
/// <param name="SignedInMs">In any status but signed out.</param>
/// <param name="ReadyMs">Of that, not in a not-ready status.</param>
/// <param name="OnContactsMs">Of that, talking, holding, wrapping up, and ringing that was answered.</param>
public sealed record AgentTimes(long SignedInMs, long ReadyMs, long OnContactsMs)
{
    public double? Occupancy => Ratio(OnContactsMs, ReadyMs);

    public double? Utilization => Ratio(OnContactsMs, SignedInMs);

    /// <summary>Contacts a signed-in hour.</summary>
    public double? PerHour(int contacts) => SignedInMs == 0 ? null : contacts * 3_600_000.0 / SignedInMs;

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}

/// <summary>Whose first contact was their last about it (KPI.md).</summary>
/// <param name="First">Handled contacts before which their customer had none with the topic within the window.</param>
/// <param name="Resolved">Of those, marked resolved and not followed by another within the window.</param>
/// <param name="Handled">Handled contacts with a known customer.</param>
/// <param name="Customers">Distinct customers in contact, handled or not.</param>
public sealed record FirstContacts(int First, int Resolved, int Handled, int Customers)
{
    public double? ResolutionRate => First == 0 ? null : (double)Resolved / First;

    public double? RepeatRate => Handled == 0 ? null : (double)(Handled - First) / Handled;
}

/// <summary>What customers answered in surveys.</summary>
/// <param name="Responses">Answers on a scale of 1..5.</param>
/// <param name="Average">Their mean; null without any.</param>
/// <param name="NetPromoterScore">Of answers 0..10: the share of 9 and 10 less that of 0..6, -1..1; null without any.</param>
public sealed record Satisfaction(int Responses, double? Average, double? NetPromoterScore);

/// <summary>How service levels count who hung up within the queue's short-abandon threshold.</summary>
public enum ShortAbandons { Count, Exclude, CountAsMet }

/// <param name="Rows">One for each combination of the query's dimensions that has contacts, in their order; none without dimensions.</param>
/// <param name="Provisional">Whether figures may still change: the period is not over, or contacts of it have no end yet.</param>
public sealed record KpiReport(KpiRow Total, IReadOnlyList<KpiRow> Rows, DateTimeOffset AsOf, bool Provisional)
{
    /// <summary>Whether the rate of first contacts that were resolved may still change: the window after the period has not passed.</summary>
    public bool FirstContactsProvisional => Provisional || Total.Query.Filter.To.AddDays(Total.Query.Filter.FirstContactDays) > AsOf;
}

/// <summary>A report that cannot be made as asked; the message names what and why.</summary>
public sealed class BadKpiQueryException(string message) : Exception(message);
