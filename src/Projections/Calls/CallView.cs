using System.Diagnostics;

using CallCenter.Domain.Calls;
using CallCenter.EventStore;

namespace CallCenter.Projections.Calls;

/// <summary>What a screen shows as a call's state.</summary>
public enum CallState { Received, InIvr, Queued, Offered, Connected, OnHold, WrapUp, Ended, Parked }

/// <summary>
/// One call as it is read: folded from its events, by the projection into rows and on demand into the call as it was at an instant.
/// Durations in milliseconds. The last visit's figures are the call's. Numbers and notes are as they are stored: tokens, revealed only where they are shown.
/// </summary>
public sealed class CallView
{
    public Guid Id { get; set; }
    public CallDirection Direction { get; set; }
    public CallState State { get; set; }
    public string From { get; set; } = "";
    public string To { get; set; } = "";
    public string? SipCallId { get; set; }
    public string? CustomerNumber { get; set; }
    public string? Segment { get; set; }
    public string? Topic { get; set; }

    /// <summary>Who is offered the call, talks, or talked last.</summary>
    public Guid? AgentId { get; set; }
    public DateTimeOffset ReceivedAt { get; set; }
    public DateTimeOffset? EnteredIvrAt { get; set; }
    public DateTimeOffset? EndedAt { get; set; }
    public DateTimeOffset? HeldAt { get; set; }
    public DateTimeOffset? WrapUpAt { get; set; }
    public CallParty? EndedBy { get; set; }
    public string? Cause { get; set; }
    public CallOutcome? Outcome { get; set; }
    public string? Disposition { get; set; }
    public bool? Resolved { get; set; }
    public string? Notes { get; set; }

    /// <summary>Version of the call's stream that this shows.</summary>
    public long Version { get; set; }

    /// <summary>The batch that brought the call was reverted: it is shown nowhere.</summary>
    public bool IsWithdrawn { get; private set; }

    public List<VisitView> Visits { get; } = [];

    public List<SurveyView> Surveys { get; } = [];

    public VisitView? LastVisit => Visits.Count == 0 ? null : Visits[^1];

    /// <summary>The call as it was at an instant; null when it had not begun, or the stream is no call's.</summary>
    /// <param name="stream">All events of the call, in order.</param>
    /// <param name="at">What happened by then counts.</param>
    public static CallView? At(IEnumerable<StoredEvent> stream, DateTimeOffset at)
    {
        CallView? call = null;
        foreach (var stored in stream)
        {
            // What was withdrawn never was, at whatever instant: reports of that time do not count it either.
            if (stored.Data is CallWithdrawn)
            {
                return null;
            }

            if (stored.Data is CallEvent @event && @event.OccurredAt <= at)
            {
                (call ??= new CallView()).Apply(@event, stored.Version);
            }
        }

        return call;
    }

    /// <summary>Takes the next event of the call's stream.</summary>
    public void Apply(CallEvent @event, long version)
    {
        Version = version;
        switch (@event)
        {
            case CallReceived e:
                (Id, Direction, From, To) = (e.CallId, e.Direction, e.From, e.To);
                (SipCallId, CustomerNumber, Segment, Topic) = (e.SipCallId, e.CustomerNumber, e.Segment, e.Topic);
                (State, ReceivedAt) = (CallState.Received, e.OccurredAt);
                break;
            case CallEnteredIvr e:
                (State, EnteredIvrAt) = (CallState.InIvr, EnteredIvrAt ?? e.OccurredAt);
                break;
            case CallLeftIvr:
                State = CallState.Received;
                break;
            case CallQueued e:
                State = CallState.Queued;
                Visits.Add(new VisitView { Number = Visits.Count + 1, QueueId = e.QueueId, QueuedAt = e.OccurredAt });
                break;
            case CallOffered e:
                (State, AgentId) = (CallState.Offered, e.AgentId);
                if (OpenVisit is { } offered)
                {
                    offered.Offers.Add(new OfferView { Number = offered.Offers.Count + 1, AgentId = e.AgentId, OfferedAt = e.OccurredAt });
                }

                break;
            case CallOfferNotAnswered e:
                OpenVisit?.CloseOffer(e.AgentId, e.Reason switch
                {
                    NonResponse.Refused => OfferResult.Refused,
                    NonResponse.TimedOut => OfferResult.TimedOut,
                    NonResponse.Unreachable => OfferResult.Unreachable,
                    _ => throw new UnreachableException($"NonResponse {e.Reason} has no result."),
                });
                (State, AgentId) = OpenVisit is null ? (CallState.Received, null)
                    : OpenVisit.OpenOffer is { } open ? (CallState.Offered, open.AgentId)
                    : (CallState.Queued, (Guid?)null);
                break;
            case CallAnswered e:
                (State, AgentId) = (CallState.Connected, e.AgentId);
                if (OpenVisit is { } answered)
                {
                    (answered.AnsweredAt, answered.AgentId, answered.WaitMs) = (e.OccurredAt, e.AgentId, Milliseconds(answered.QueuedAt, e.OccurredAt));
                    answered.CloseOffer(e.AgentId, OfferResult.Answered);
                    answered.WithdrawOffers();
                }

                break;
            case CallHeld e:
                (State, HeldAt) = (CallState.OnHold, e.OccurredAt);
                break;
            case CallRetrieved e:
                State = CallState.Connected;
                EndHold(e.OccurredAt);
                break;
            case CallTransferred e:
                Transfer(e);
                break;
            case CallAbandoned e:
                AgentId = null;
                Visit.WaitMs = Milliseconds(Visit.QueuedAt, e.OccurredAt);
                Visit.Outcome = VisitOutcome.Abandoned;
                Visit.WithdrawOffers();
                break;
            case CallEnded e:
                (State, EndedAt, EndedBy, Cause, Outcome) = (CallState.Ended, e.OccurredAt, e.EndedBy, e.Cause, e.Outcome);
                EndVisit(e);
                break;
            case WrapUpStarted e:
                (State, WrapUpAt) = (CallState.WrapUp, e.OccurredAt);
                break;
            case WrapUpCompleted e:
                (State, Disposition, Resolved, Notes) = (CallState.Ended, e.Disposition, e.Resolved, e.Notes);
                Visit.WrapUpMs = Milliseconds(WrapUpAt ?? e.OccurredAt, e.OccurredAt);
                break;
            case DeskEvent e:
                ApplyDesk(e);
                break;
            case CallMediaMeasured or IvrStepTaken or CallAttributeSet or SelfServiceCompleted:
                // Read from the call's stream by the few who look at it.
                break;
            case CallClassified e:
                (Topic, Segment) = (e.Topic ?? Topic, e.Segment ?? Segment);
                break;
            case SurveyAnswered e:
                Surveys.Add(new SurveyView(e.Question, e.Score, e.Lowest, e.Highest));
                break;
            case CallOverflowed e:
                (State, AgentId) = (CallState.Received, null);
                Visit.WaitMs = Milliseconds(Visit.QueuedAt, e.OccurredAt);
                Visit.Outcome = VisitOutcome.Overflowed;
                Visit.WithdrawOffers();
                break;
            case CallVoicemailStarted or CallVoicemailDropped or CallLeftForCallback or CallRecordingStarted or CallRecordingPaused or CallRecordingResumed or CallRecorded or CallRecordingDeleted:
                // Messages, callbacks and recordings have read models of their own.
                break;
            case CallWithdrawn:
                IsWithdrawn = true;
                break;
            default:
                throw new UnreachableException($"CallView does not take {@event.GetType().Name}.");
        }
    }

    /// <summary>The visit that lasts: none where one agent calls another, or the call has left its queue for a person.</summary>
    private VisitView? OpenVisit => LastVisit is { Outcome: null } visit ? visit : null;

    private VisitView Visit => LastVisit ?? throw new InvalidOperationException($"Call {Id} has an event of a queue visit at version {Version} but has entered no queue.");

    // A parked caller is on hold, whoever fetches the call.
    private void ApplyDesk(DeskEvent @event)
    {
        switch (@event)
        {
            case CallParked e:
                (State, AgentId, HeldAt) = (CallState.Parked, e.AgentId, HeldAt ?? e.OccurredAt);
                break;
            case ParkedCallRetrieved e:
                (State, AgentId) = (CallState.Connected, e.AgentId);
                EndHold(e.OccurredAt);
                break;
            case CallPickedUp:
                LastVisit?.WithdrawOffers();
                break;
            case CallTakenOver e:
                (State, AgentId) = (CallState.Connected, e.SupervisorId);
                EndHold(e.OccurredAt);
                break;
            case CallForwarded or CallDialled or CallMuted or CallUnmuted or PartyJoined or PartyLeft or ParkTimedOut or CallLengthWarned or SupervisionStarted or SupervisionEnded or CallWaitingSignalled:
                // Read from the call's stream by those who look at it.
                break;
            default:
                throw new UnreachableException($"CallView does not take {@event.GetType().Name}.");
        }
    }

    // To an agent or a number, the visit goes on with another talking; to a queue or a flow, it was handled here and a new one begins there (KPI.md).
    private void Transfer(CallTransferred e)
    {
        EndHold(e.OccurredAt);
        (State, AgentId) = (e.ToFlow is null ? CallState.Connected : CallState.InIvr, e.ToAgentId);
        if (LastVisit is not { } visit)
        {
            return;
        }

        visit.Transferred = true;
        if (e.ToQueueId is not null || e.ToFlow is not null)
        {
            EndTalk(visit, e.OccurredAt);
            visit.Outcome = VisitOutcome.Handled;
        }
    }

    private static void EndTalk(VisitView visit, DateTimeOffset at)
    {
        if (visit.AnsweredAt is { } answered)
        {
            visit.TalkMs = Milliseconds(answered, at) - visit.HoldMs;
        }
    }

    private void EndVisit(CallEnded e)
    {
        if (LastVisit is not { Outcome: null } visit)
        {
            return;
        }

        EndHold(e.OccurredAt);
        visit.WithdrawOffers();
        EndTalk(visit, e.OccurredAt);

        // A visit that was cut short or lost from sight has no known end: it counts in no figure but contactsUnknown (KPI.md).
        visit.Outcome = e.Outcome is CallOutcome.Handled ? VisitOutcome.Handled : VisitOutcome.Unknown;
    }

    private void EndHold(DateTimeOffset at)
    {
        if (HeldAt is { } held)
        {
            HeldAt = null;
            if (OpenVisit is { } visit)
            {
                visit.HoldMs += Milliseconds(held, at);
            }
        }
    }

    // By instants to the microsecond, as rows keep them: a call that is folded in two batches has the durations of one that is folded in one.
    private static long Milliseconds(DateTimeOffset from, DateTimeOffset to) => ((to.UtcTicks / TimeSpan.TicksPerMicrosecond) - (from.UtcTicks / TimeSpan.TicksPerMicrosecond)) / 1000;
}

/// <summary>How a visit to a queue ended; null while it lasts.</summary>
public enum VisitOutcome { Handled, Abandoned, Overflowed, Unknown }

/// <summary>One visit of a call to a queue: the unit of queue figures.</summary>
public sealed class VisitView
{
    /// <summary>1 for the call's first visit.</summary>
    public int Number { get; set; }
    public Guid QueueId { get; set; }

    /// <summary>Who answered.</summary>
    public Guid? AgentId { get; set; }
    public DateTimeOffset QueuedAt { get; set; }
    public DateTimeOffset? AnsweredAt { get; set; }
    public VisitOutcome? Outcome { get; set; }
    public long? WaitMs { get; set; }
    public long? TalkMs { get; set; }
    public long HoldMs { get; set; }
    public long? WrapUpMs { get; set; }

    /// <summary>Who answered has handed the caller over.</summary>
    public bool Transferred { get; set; }
    public List<OfferView> Offers { get; } = [];

    /// <summary>The latest offer that still rings.</summary>
    internal OfferView? OpenOffer => Offers.FindLast(offer => offer.Result is null);

    internal void CloseOffer(Guid? agent, OfferResult result)
    {
        if (Offers.Find(offer => offer.Result is null && offer.AgentId == agent) is { } open)
        {
            open.Result = result;
        }
    }

    /// <summary>Nobody is asked any more.</summary>
    internal void WithdrawOffers()
    {
        foreach (var open in Offers.Where(offer => offer.Result is null))
        {
            open.Result = OfferResult.Withdrawn;
        }
    }
}

public enum OfferResult { Answered, Refused, TimedOut, Unreachable, Withdrawn }

/// <summary>One offer of a call to an agent.</summary>
public sealed class OfferView
{
    /// <summary>1 for the visit's first offer.</summary>
    public int Number { get; set; }
    public Guid AgentId { get; set; }
    public DateTimeOffset OfferedAt { get; set; }
    public OfferResult? Result { get; set; }
}

/// <summary>An answer in a survey.</summary>
/// <param name="Score">From <paramref name="Lowest"/> to <paramref name="Highest"/>.</param>
public sealed record SurveyView(string Question, int Score, int Lowest, int Highest);
