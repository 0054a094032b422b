using CallCenter.Domain.Calls;

namespace CallCenter.Projections.Tests.Calls;

/// <summary>Tells calls second by second.</summary>
internal sealed class Story(DateTimeOffset start)
{
    private readonly List<CallEvent> _events = [];

    public Guid Id { get; } = Guid.CreateVersion7();

    public IReadOnlyList<CallEvent> Events => _events;

    public Story Received(double at = 0, string? topic = null, string? segment = null, string from = "555") =>
        Add(new CallReceived(Id, CallDirection.Inbound, from, "1000", At(at), Segment: segment, Topic: topic));

    public Story From(string number) => Add(new CallReceived(Id, CallDirection.Inbound, number, "1000", At(0)));

    public Story Classified(double at, string? topic, string? segment) => Add(new CallClassified(Id, topic, segment, At(at)));

    public Story Internal() => Add(new CallReceived(Id, CallDirection.Internal, "2001", "2002", At(0)));

    public Story Ivr(double at) => Add(new CallEnteredIvr(Id, At(at)));

    public Story Queued(double at, Guid queue) => Add(new CallQueued(Id, queue, At(at)));

    public Story Offered(double at, Guid agent) => Add(new CallOffered(Id, agent, At(at)));

    public Story Missed(double at, Guid agent, NonResponse reason) => Add(new CallOfferNotAnswered(Id, agent, reason, At(at)));

    public Story Answered(double at, Guid? agent) => Add(new CallAnswered(Id, agent, At(at)));

    public Story Held(double at) => Add(new CallHeld(Id, At(at)));

    public Story Transferred(double at, Guid from, Guid? toAgent = null, Guid? toQueue = null) =>
        Add(new CallTransferred(Id, from, toAgent, toQueue, toAgent is null ? TransferKind.Blind : TransferKind.Attended, At(at)));

    public Story Retrieved(double at) => Add(new CallRetrieved(Id, At(at)));

    public Story Abandoned(double at) => Add(new CallAbandoned(Id, At(at))).Ended(at, CallOutcome.Abandoned);

    public Story Ended(double at, CallOutcome outcome) => Add(new CallEnded(Id, CallParty.Caller, "hang-up", outcome, At(at)));

    public Story WrappedUp(double from, double to, Guid agent, bool resolved = true) => Add(new WrapUpStarted(Id, agent, At(from))).Add(new WrapUpCompleted(Id, agent, At(to), "sold", resolved));

    public Story Scored(double at, int score, int lowest = 1, int highest = 5) => Add(new SurveyAnswered(Id, "content", score, lowest, highest, At(at)));

    public Story Withdrawn(double at) => Add(new CallWithdrawn(Id, Guid.CreateVersion7(), At(at)));

    private DateTimeOffset At(double seconds) => start.AddSeconds(seconds);

    private Story Add(CallEvent @event)
    {
        _events.Add(@event);
        return this;
    }
}
