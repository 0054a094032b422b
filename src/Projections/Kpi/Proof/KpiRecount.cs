using System.Diagnostics;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Tickets;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>What one call, ticket or agent brings to a figure.</summary>
/// <param name="Part">Of a rate or mean the numerator; otherwise what counts.</param>
/// <param name="Of">Of a rate or mean the denominator; otherwise 1.</param>
public readonly record struct KpiShare(Guid Id, decimal Part, decimal Of);

/// <summary>A figure counted again from the events, by plain code that shares nothing with the statements of <see cref="KpiQueries"/>.</summary>
public static class KpiRecount
{
    private enum Way { Sum, Ratio, Largest, Quantile }

    /// <summary>Every cell to which something that counts for the figure belongs, with the figure and what makes it. Durations are brought in ms.</summary>
    public static IReadOnlyDictionary<KpiCell, (double? Value, IReadOnlyList<KpiShare> Shares)> Of(KpiEvidence evidence, KpiQuery query, KpiColumn column)
    {
        var cells = new CellOf(query, evidence.Teams);
        var (way, brought) = Count(evidence, query, column);
        return brought.Where(b => cells.IsAsked(b)).GroupBy(b => cells.Read(b)).ToDictionary(
            cell => cell.Key, cell => (Combine(way, column, [.. cell]), (IReadOnlyList<KpiShare>)[.. cell.Where(b => b.Part != 0 || b.Of != 0).Select(b => new KpiShare(b.Id, b.Part, b.Of))]));
    }

    private static double? Combine(Way way, KpiColumn column, IReadOnlyList<Brought> brought)
    {
        var value = way switch
        {
            Way.Sum when column.Figure == KpiFigure.UniqueCustomers => brought.Select(b => b.Part).Distinct().Count(),
            Way.Sum => brought.Sum(b => b.Part),
            Way.Ratio => brought.Sum(b => b.Of) is var of && of == 0 ? null : brought.Sum(b => b.Part) / of,
            Way.Largest => brought.Max(b => b.Part),
            Way.Quantile => (decimal?)brought.Select(b => b.Part).Order().ElementAt(Math.Max(0, (int)Math.Ceiling(column.Parameter * brought.Count) - 1)),
            _ => throw new UnreachableException(),
        };
        var scale = column switch
        {
            { Figure: KpiFigure.ContactsPerAgentHour } => 3_600_000m,
            { IsInSeconds: true } => 0.001m,
            _ => 1m,
        };
        return (double?)(value * scale);
    }

    private static (Way Way, IEnumerable<Brought> Brought) Count(KpiEvidence evidence, KpiQuery query, KpiColumn column) => column.Figure switch
    {
        KpiFigure.ContactsOffered => (Way.Sum, Visits(evidence, v => v.IsOffered, _ => 1)),
        KpiFigure.ContactsHandled => (Way.Sum, Visits(evidence, v => v.IsHandled, _ => 1)),
        KpiFigure.ContactsAbandoned => (Way.Sum, Visits(evidence, v => v.Outcome == "abandoned", _ => 1)),
        KpiFigure.ContactsShortAbandoned => (Way.Sum, Visits(evidence, v => IsShort(evidence, v), _ => 1)),
        KpiFigure.ContactsOverflowed => (Way.Sum, Visits(evidence, v => v.Outcome == "overflowed", _ => 1)),
        KpiFigure.ContactsUnknown => (Way.Sum, Visits(evidence, v => v.Outcome == "unknown", _ => 1)),
        KpiFigure.AverageSpeedOfAnswerSeconds => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.Wait)),
        KpiFigure.ServiceLevel => (Way.Ratio, Visits(
            evidence, v => v.IsOffered && !(column.Short == ShortAbandons.Exclude && IsShort(evidence, v)),
            v => (v.IsHandled && v.Wait <= column.Parameter * 1000) || (column.Short == ShortAbandons.CountAsMet && IsShort(evidence, v)) ? 1 : 0)),
        KpiFigure.AbandonmentRate => (Way.Ratio, Visits(evidence, v => v.IsOffered, v => v.Outcome == "abandoned" ? 1 : 0)),
        KpiFigure.AverageTimeToAbandonSeconds => (Way.Ratio, Visits(evidence, v => v.Outcome == "abandoned", v => v.Wait)),
        KpiFigure.WaitPercentileSeconds => (Way.Quantile, Visits(evidence, v => v.IsOffered, v => v.Wait)),
        KpiFigure.LongestWaitSeconds => (Way.Largest, Visits(evidence, v => v.IsOffered, v => v.Wait)),
        KpiFigure.AverageTalkSeconds => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.Talk)),
        KpiFigure.AverageHoldSeconds => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.Hold)),
        KpiFigure.AverageAfterCallWorkSeconds => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.WrapUp)),
        KpiFigure.AverageHandleSeconds => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.Talk + v.Hold + v.WrapUp)),
        KpiFigure.TransferRate => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.Transferred ? 1 : 0)),
        KpiFigure.HoldRate => (Way.Ratio, Visits(evidence, v => v.IsHandled, v => v.Hold > 0 ? 1 : 0)),
        KpiFigure.AgentNonResponse => (Way.Sum, evidence.Calls.SelectMany(call => call.Visits.SelectMany(v => v.Missed, (v, agent) => Of(call, v.QueuedAt, v.Queue, agent, 1)))),
        KpiFigure.SelfServiceRate => (Way.Ratio, InIvr(evidence, query, CallOutcome.SelfServed)),
        KpiFigure.IvrAbandonmentRate => (Way.Ratio, InIvr(evidence, query, CallOutcome.LeftInIvr)),
        KpiFigure.BlockageRate => (Way.Ratio, Attempts(evidence, query)),
        KpiFigure.FirstContactResolutionRate => (Way.Ratio, ContactsOfCustomers.Resolved(evidence, query.Filter.FirstContactDays)),
        KpiFigure.RepeatContactRate => (Way.Ratio, ContactsOfCustomers.Repeated(evidence, query.Filter.FirstContactDays)),
        KpiFigure.UniqueCustomers => (Way.Sum, ContactsOfCustomers.Customers(evidence)),
        KpiFigure.Occupancy => (Way.Ratio, Times(evidence, query, t => t.Status != AgentStatus.NotReady, IsOnContact)),
        KpiFigure.Utilization => (Way.Ratio, Times(evidence, query, _ => true, IsOnContact)),
        KpiFigure.ContactsPerAgentHour => (Way.Ratio, [.. Times(evidence, query, _ => true, _ => false), .. Visits(evidence, v => v.IsHandled, _ => 1).Select(b => b with { Of = 0 })]),
        KpiFigure.AverageSatisfaction => (Way.Ratio, Answers(evidence, 1, 5, score => score)),
        KpiFigure.SatisfactionResponses => (Way.Sum, Answers(evidence, 1, 5, _ => 1)),
        KpiFigure.NetPromoterScore => (Way.Ratio, Answers(evidence, 0, 10, score => score >= 9 ? 1 : score <= 6 ? -1 : 0)),
        KpiFigure.TicketsOpened => (Way.Sum, Tickets<TicketOpened>(evidence, query, _ => 1)),
        KpiFigure.TicketsResolved => (Way.Sum, Tickets<TicketResolved>(evidence, query, _ => 1)),
        KpiFigure.TicketsReopened => (Way.Sum, Tickets<TicketReopened>(evidence, query, _ => 1)),
        KpiFigure.TicketsBreached => (Way.Sum, Tickets<TicketBreached>(evidence, query, _ => 1)),
        KpiFigure.TicketSlaAttainment => (Way.Ratio, Tickets<TicketResolved>(evidence, query, e => e.SlaMet is { } met ? met ? 1 : 0 : null)),
        KpiFigure.AverageTicketResolutionSeconds => (Way.Ratio, Tickets<TicketResolved>(evidence, query, e => e.OpenMs, onlyLast: true)),
        KpiFigure.FirstLineResolutionRate => (Way.Ratio, Tickets<TicketResolved>(evidence, query, e => e.FirstLine ? 1 : 0)),
        _ => throw new UnreachableException($"Figure {column.Figure} is not counted."),
    };

    private static IEnumerable<Brought> Visits(KpiEvidence evidence, Func<ToldVisit, bool> which, Func<ToldVisit, decimal> part) =>
        evidence.Calls.SelectMany(call => call.Visits.Where(which), (call, visit) => Of(call, visit.QueuedAt, visit.Queue, visit.Agent, part(visit)));

    internal static Brought Of(ToldCall call, DateTimeOffset at, Guid? queue, Guid? agent, decimal part, decimal of = 1) => new(call.Id, at, queue, agent, call.Topic ?? "none", call.Segment, "voice", part, of);

    private static bool IsShort(KpiEvidence evidence, ToldVisit visit) =>
        visit.Outcome == "abandoned" && evidence.ShortAbandonSeconds.TryGetValue(visit.Queue, out var seconds) && visit.Wait <= seconds * 1000;

    // Who is in the IVR is in no queue and with no agent: a question about these is none about the IVR.
    private static IEnumerable<Brought> InIvr(KpiEvidence evidence, KpiQuery query, CallOutcome outcome) => IsAbout(query, KpiDimension.Queue, KpiDimension.Agent, KpiDimension.Team) ? []
        : evidence.Calls.Where(call => call.EnteredIvr).Select(call => Of(call, call.Received.OccurredAt, null, null, call.End?.Outcome == outcome ? 1 : 0));

    private static IEnumerable<Brought> Attempts(KpiEvidence evidence, KpiQuery query) => IsAbout(query, KpiDimension.Queue, KpiDimension.Agent, KpiDimension.Team) ? []
        : evidence.Calls.Where(call => call.Received.Direction == CallDirection.Inbound).Select(call => Of(call, call.Received.OccurredAt, null, null, call.End?.Outcome == CallOutcome.Blocked ? 1 : 0));

    private static IEnumerable<Brought> Times(KpiEvidence evidence, KpiQuery query, Func<ToldTime, bool> of, Func<ToldTime, bool> part)
    {
        if (IsAbout(query, KpiDimension.Queue, KpiDimension.Topic, KpiDimension.Segment, KpiDimension.Channel))
        {
            return [];
        }

        var (filter, cut) = (query.Filter, query.Dimensions.Any(d => d is KpiDimension.Interval or KpiDimension.HourOfDay or KpiDimension.Weekday));
        return evidence.Times.SelectMany(time => time.Within(filter.From, filter.To, cut)).Select(time =>
            new Brought(time.Agent, time.From, null, time.Agent, null, null, null, part(time) ? time.Milliseconds : 0, of(time) ? time.Milliseconds : 0));
    }

    private static bool IsOnContact(ToldTime time) => time.Answered || time.Status is AgentStatus.Busy or AgentStatus.WrapUp;

    private static IEnumerable<Brought> Answers(KpiEvidence evidence, int lowest, int highest, Func<int, decimal> part) =>
        from call in evidence.Calls
        from answer in call.Answers
        where answer.Lowest == lowest && answer.Highest == highest
        let visit = call.Visits.Count == 0 ? null : call.Visits[^1]
        select Of(call, visit?.QueuedAt ?? call.Received.OccurredAt, visit?.Queue, visit?.Agent, part(answer.Score));

    private static IEnumerable<Brought> Tickets<T>(KpiEvidence evidence, KpiQuery query, Func<T, decimal?> part, bool onlyLast = false)
        where T : TicketEvent => IsAbout(query, KpiDimension.Queue) ? []
        : from milestone in evidence.Milestones
          where milestone.Event is T && (milestone.IsLast || !onlyLast)
          let brings = part((T)milestone.Event)
          select new Brought(
              milestone.Ticket.Id, milestone.Event.OccurredAt, null, milestone.Ticket.OwnerId, milestone.Ticket.Topic ?? "none", milestone.Ticket.Segment, milestone.ChannelName, brings ?? 0, brings is null ? 0 : 1);

    private static bool IsAbout(KpiQuery query, params ReadOnlySpan<KpiDimension> dimensions)
    {
        foreach (var dimension in dimensions)
        {
            var filtered = dimension switch
            {
                KpiDimension.Queue => query.Filter.Queues is not null,
                KpiDimension.Agent => query.Filter.Agents is not null,
                KpiDimension.Topic => query.Filter.Topics is not null,
                KpiDimension.Segment => query.Filter.Segments is not null,
                KpiDimension.Channel => query.Filter.Channels is not null,
                _ => false,
            };
            if (filtered || query.Dimensions.Contains(dimension))
            {
                return true;
            }
        }

        return false;
    }
}
