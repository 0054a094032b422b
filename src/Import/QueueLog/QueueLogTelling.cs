using System.Diagnostics;

using CallCenter.Domain;
using CallCenter.Domain.Calls;

namespace CallCenter.Import.QueueLog;

/// <summary>Tells a call of the log as the commands that a live call would have obeyed.</summary>
internal static class QueueLogTelling
{
    /// <summary>Where an agent's hand-over leads when the log does not say.</summary>
    private const string Elsewhere = "dialplan";

    public static IReadOnlyList<CallEvent> Events(Guid id, QueueLogCall call, Cast cast)
    {
        var first = call.Visits[0].EnteredAt;
        var received = call.FirstAt < first ? call.FirstAt : first;
        return CallHistory.Tell(
        [
            new ReceiveCall(id, CallDirection.Inbound, call.Caller, call.Dialled, received),
            .. call.Visits.SelectMany((visit, i) => Visit(visit, i + 1 < call.Visits.Count ? call.Visits[i + 1] : null, cast)),
        ]);
    }

    private static IEnumerable<CallCommand> Visit(QueueLogVisit visit, QueueLogVisit? next, Cast cast) =>
    [
        new EnqueueCall(cast.Queue(visit.Queue, visit.EnteredAt), visit.EnteredAt),
        .. Offers(visit, cast),
        .. visit.Agent is { } agent ? [new AnswerCall(cast.Agent(agent, visit.EnteredAt), visit.AnsweredAt)] : Array.Empty<CallCommand>(),
        .. End(visit, next, cast),
    ];

    /// <summary>Whose phones rang, and that they were not answered; in the order of time, what ends before what begins. A phone that still rings is not rung again.</summary>
    private static List<CallCommand> Offers(QueueLogVisit visit, Cast cast)
    {
        var (commands, ringing) = (new List<CallCommand>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var (at, offer, begins, ends) in visit.Offers.SelectMany(Moments).OrderBy(moment => moment.At).ThenBy(moment => moment.Ends ? 0 : 1))
        {
            var agent = cast.Agent(offer.Agent, visit.EnteredAt);
            if (begins && ringing.Add(offer.Agent))
            {
                commands.Add(new OfferCall(agent, at));
            }

            if (ends && ringing.Remove(offer.Agent))
            {
                commands.Add(new MissOffer(agent, offer.IsRefused ? NonResponse.Refused : NonResponse.TimedOut, at));
            }
        }

        // Who answered without ringing any more, by the log's whole seconds, is asked once more at the instant of the answer.
        if (visit.Agent is { } answering && ringing.Count > 0 && !ringing.Contains(answering))
        {
            commands.Add(new OfferCall(cast.Agent(answering, visit.EnteredAt), visit.AnsweredAt));
        }

        return commands;
    }

    // A ring of no length is one moment.
    private static IEnumerable<(DateTimeOffset At, QueueLogOffer Offer, bool Begins, bool Ends)> Moments(QueueLogOffer offer) =>
        offer.To == offer.From ? [(offer.From, offer, true, true)]
        : offer.To is { } to ? [(offer.From, offer, true, false), (to, offer, false, true)]
        : [(offer.From, offer, true, false)];

    private static IEnumerable<CallCommand> End(QueueLogVisit visit, QueueLogVisit? next, Cast cast)
    {
        var at = visit.EndedAt;
        return (visit.End, next) switch
        {
            (VisitEnd.CompletedByAgent or VisitEnd.CompletedByCaller, not null) => [new TransferToFlow(Elsewhere, at)],
            (VisitEnd.CompletedByAgent, _) => [new EndCall(CallParty.Agent, "hang-up", at)],
            (VisitEnd.CompletedByCaller, _) => [new EndCall(CallParty.Caller, "hang-up", at)],
            (VisitEnd.Transferred, not null) => [new TransferToFlow(visit.Detail.Length > 0 ? visit.Detail : Elsewhere, at)],
            (VisitEnd.Transferred, _) => [new TransferToNumber(visit.Detail, visit.IsAttended ? TransferKind.Attended : TransferKind.Blind, at), new EndCall(CallParty.Unknown, "transferred", at)],

            // Where a visit was cut off and the same call entered a queue again, the log has lost what lay between.
            (_, { } following) when visit.Agent is not null => [new TransferToFlow(Elsewhere, at)],
            (_, { } following) => [new OverflowCall(new Destination(DestinationKind.Queue, $"{cast.Queue(following.Queue, following.EnteredAt)}"), visit.Detail.Length > 0 ? visit.Detail : "unknown", at)],
            (VisitEnd.Abandoned, _) => [new EndCall(CallParty.Caller, "hang-up", at)],
            (VisitEnd.Left, _) => [new OverflowCall(new Destination(DestinationKind.HangUp), visit.Detail, at), new EndCall(CallParty.Unknown, "left-queue", at)],
            (VisitEnd.Incompatible, _) => [new FailCall("incompatible", at)],
            (VisitEnd.Restart, _) => [new FailCall("system-restart", at)],
            (VisitEnd.Lost, _) => [new LoseTrackOfCall(at)],
            var (end, _) => throw new UnreachableException($"A visit that ended as {end} is not told."),
        };
    }
}
