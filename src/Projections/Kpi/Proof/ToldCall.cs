using CallCenter.Domain.Calls;
using CallCenter.EventStore;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>A visit to a queue as its events tell it. Durations in ms.</summary>
/// <param name="Outcome">Null while it lasts; otherwise <c>handled</c>, <c>abandoned</c>, <c>overflowed</c> or <c>unknown</c>.</param>
/// <param name="Missed">The agents who were asked and did not answer, once for each time.</param>
internal sealed record ToldVisit(
    Guid Queue, DateTimeOffset QueuedAt, Guid? Agent, string? Outcome, long Wait, long Talk, long Hold, long WrapUp, bool Transferred, IReadOnlyList<Guid> Missed)
{
    public bool IsOffered => Outcome is "handled" or "abandoned" or "overflowed";

    public bool IsHandled => Outcome == "handled";
}

/// <summary>
/// A call as its events tell it, read by the words of KPI.md: each visit is what lies between entering a queue and what ends the visit. It shares nothing with the read model, so that an error there
/// cannot prove itself.
/// </summary>
internal sealed record ToldCall(Guid Id, CallReceived Received, string? Topic, string? Segment, bool EnteredIvr, CallEnded? End, bool? Resolved, IReadOnlyList<ToldVisit> Visits, IReadOnlyList<SurveyAnswered> Answers)
{
    /// <summary>By whom the call is known to be with; null for nobody known.</summary>
    public string? Customer { get; } = PersonalToken.SearchKey(Received.CustomerNumber ?? (Received.Direction == CallDirection.Outbound ? Received.To : Received.From));

    /// <param name="events">Of the call's stream, all, in order.</param>
    /// <returns>Null for what is no call, or was withdrawn.</returns>
    public static ToldCall? Read(IReadOnlyList<CallEvent> events)
    {
        if (events is not [CallReceived received, ..] || events.Any(e => e is CallWithdrawn))
        {
            return null;
        }

        var starts = Enumerable.Range(0, events.Count).Where(i => events[i] is CallQueued).Append(events.Count).ToList();
        var visits = starts.Zip(starts.Skip(1)).Select(visit => Visit([.. events.Skip(visit.First).Take(visit.Second - visit.First)])).ToList();
        var classified = events.OfType<CallClassified>().ToList();
        return new ToldCall(
            received.CallId, received, classified.FindLast(c => c.Topic is not null)?.Topic ?? received.Topic, classified.FindLast(c => c.Segment is not null)?.Segment ?? received.Segment,
            events.Any(e => e is CallEnteredIvr), events.OfType<CallEnded>().LastOrDefault(), events.OfType<WrapUpCompleted>().LastOrDefault()?.Resolved, visits, [.. events.OfType<SurveyAnswered>()]);
    }

    /// <summary>From one instant to another, as the durations of reports are kept: instants to the microsecond, what lies between them in whole milliseconds.</summary>
    public static long Milliseconds(DateTimeOffset from, DateTimeOffset to) => ((to.UtcTicks / TimeSpan.TicksPerMicrosecond) - (from.UtcTicks / TimeSpan.TicksPerMicrosecond)) / 1000;

    private static ToldVisit Visit(IReadOnlyList<CallEvent> told)
    {
        var queued = (CallQueued)told[0];
        var end = told.FirstOrDefault(e => e is CallAbandoned or CallOverflowed or CallEnded or CallTransferred { ToQueueId: not null } or CallTransferred { ToFlow: not null });
        var during = end is null ? told : [.. told.TakeWhile(e => e != end), end];
        var answer = during.OfType<CallAnswered>().FirstOrDefault();
        var hold = end is null ? 0 : Held(during);
        var outcome = end switch
        {
            null => null,
            CallAbandoned => "abandoned",
            CallOverflowed => "overflowed",
            CallTransferred => "handled",
            CallEnded e => e.Outcome == CallOutcome.Handled ? "handled" : "unknown",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        var left = end is CallAbandoned or CallOverflowed ? end.OccurredAt : answer?.OccurredAt;
        return new ToldVisit(
            queued.QueueId, queued.OccurredAt, answer?.AgentId, outcome,
            left is { } at ? Milliseconds(queued.OccurredAt, at) : 0,
            answer is null || end is null ? 0 : Milliseconds(answer.OccurredAt, end.OccurredAt) - hold,
            hold, WrapUp(told), during.Any(e => e is CallTransferred), Missed(during));
    }

    // A parked caller is on hold. Whoever is handed over is not.
    private static long Held(IEnumerable<CallEvent> during)
    {
        var (sum, since) = (0L, (DateTimeOffset?)null);
        foreach (var e in during)
        {
            switch (e)
            {
                case CallHeld or CallParked:
                    since ??= e.OccurredAt;
                    break;
                case CallRetrieved or ParkedCallRetrieved or CallTakenOver or CallTransferred or CallEnded:
                    sum += since is { } from ? Milliseconds(from, e.OccurredAt) : 0;
                    since = null;
                    break;
                default:
                    break;
            }
        }

        return sum;
    }

    private static long WrapUp(IReadOnlyList<CallEvent> told) => told.OfType<WrapUpCompleted>().LastOrDefault() is not { } completed ? 0
        : Milliseconds(told.OfType<WrapUpStarted>().LastOrDefault()?.OccurredAt ?? completed.OccurredAt, completed.OccurredAt);

    private static List<Guid> Missed(IReadOnlyList<CallEvent> during) => [.. during.OfType<CallOfferNotAnswered>().Select(e => e.AgentId)];
}
