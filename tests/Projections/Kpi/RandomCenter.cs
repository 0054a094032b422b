using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Tickets;

namespace CallCenter.Projections.Tests.Kpi;

/// <summary>Streams as a busy center leaves them: everything that a call, an agent or a ticket may go through, at random, to the tick.</summary>
internal sealed class RandomCenter(Random random, DateTimeOffset start, TimeSpan length, IReadOnlyList<Guid> queues, IReadOnlyList<Guid> agents)
{
    private static readonly string?[] Topics = ["loans", "cards", "none", null];
    private static readonly string?[] Segments = ["high", "low", null];

    private readonly List<CallEvent> _call = [];
    private Guid _id;
    private DateTimeOffset _now;

    public IReadOnlyList<CallEvent> Call()
    {
        _call.Clear();
        (_id, _now) = (Guid.CreateVersion7(), Instant());
        var direction = random.Next(12) switch { 0 => CallDirection.Outbound, 1 => CallDirection.Internal, _ => CallDirection.Inbound };
        Add(new CallReceived(_id, direction, random.Next(6) == 0 ? "" : $"+4930{random.Next(60)}", $"10{random.Next(60)}", _now, CustomerNumber: random.Next(4) == 0 ? $"K{random.Next(20)}" : null, Segment: Any(Segments), Topic: Any(Topics)));
        if (random.Next(25) == 0)
        {
            return End(CallOutcome.Blocked);
        }

        if (random.Next(3) == 0)
        {
            Add(new CallEnteredIvr(_id, Later(3)));
            if (random.Next(3) == 0)
            {
                Answer(random.Next(2) == 0);
                return End(random.Next(2) == 0 ? CallOutcome.LeftInIvr : CallOutcome.SelfServed);
            }
        }

        for (var visit = 0; visit < 3; visit++)
        {
            switch (Visit())
            {
                case true:
                    continue;
                case false:
                    return Finish();
                case null:
                    return _call;
            }
        }

        return End(CallOutcome.Failed);
    }

    public IReadOnlyList<AgentEvent> Shifts(Guid agent, string? team)
    {
        var events = new List<AgentEvent> { new AgentCreated(agent, agent.ToString(), null, [], start.AddDays(-1), AgentAttributes.None with { Team = team }) };
        _now = start.AddHours(random.NextDouble() * 12);
        while (_now < start + length)
        {
            events.Add(new AgentSignedIn(agent, _now));
            for (var i = random.Next(1, 9); i > 0; i--)
            {
                var call = Guid.CreateVersion7();
                events.Add(new AgentStatusChanged(agent, AgentStatus.Offered, Later(900), call));
                events.Add(new AgentStatusChanged(agent, random.Next(4) == 0 ? AgentStatus.Available : AgentStatus.Busy, Later(20), random.Next(10) == 0 ? Guid.CreateVersion7() : call));
                events.Add(new AgentStatusChanged(agent, random.Next(3) == 0 ? AgentStatus.NotReady : AgentStatus.WrapUp, Later(300), call));
                events.Add(new AgentStatusChanged(agent, AgentStatus.Available, Later(120)));
            }

            events.Add(new AgentSignedOut(agent, "by-hand", Later(60)));
            _now += TimeSpan.FromHours(random.NextDouble() * 30);
        }

        return events;
    }

    public IReadOnlyList<TicketEvent> Ticket(int number)
    {
        var id = Guid.CreateVersion7();
        _now = Instant();
        var events = new List<TicketEvent>
        {
            new TicketOpened(id, number, "It does not work", Any(Enum.GetValues<TicketPriority>()), Any(Enum.GetValues<ContactChannel>()), SlaClock.None, _now, Topic: Any(Topics), Segment: Any(Segments), OwnerId: random.Next(3) == 0 ? null : Any(agents)),
        };
        for (var i = random.Next(6); i > 0; i--)
        {
            var at = Later(80_000);
            events.Add(random.Next(8) switch
            {
                0 => new TicketAssigned(id, Any(agents), Any(agents), at),
                1 => new TicketTopicChanged(id, Any(Topics), at),
                2 => new TicketEscalated(id, TicketTier.FirstLine, TicketTier.Expert, "too hard", at),
                3 => new TicketBreached(id, SlaPromise.Resolution, at, at),
                4 => new TicketReopened(id, "not solved", SlaClock.None, at),
                5 => new TicketPriorityChanged(id, TicketPriority.High, SlaClock.None, at),
                _ => new TicketResolved(id, "done", random.Next(3) switch { 0 => null, 1 => true, _ => false }, random.Next(1, 900_000_000), random.Next(2) == 0, at.AddDays(3), SlaClock.None, at),
            });
        }

        return events;
    }

    /// <returns>Whether the call goes on to another queue; null for one that has no end yet.</returns>
    private bool? Visit()
    {
        var queue = Any(queues);
        Add(new CallQueued(_id, queue, Later(5)));
        if (random.Next(60) == 0)
        {
            return null;
        }

        var asked = Any(agents);
        if (random.Next(12) == 0)
        {
            Add(new CallOffered(_id, asked, _now));
            Add(new CallAnswered(_id, asked, _now));
            return Talk(asked);
        }

        for (var i = random.Next(3); i > 0; i--)
        {
            Add(new CallOffered(_id, asked, Later(8)));
            Add(new CallOfferNotAnswered(_id, asked, Any(Enum.GetValues<NonResponse>()), Later(15)));
            asked = Any(agents);
        }

        switch (random.Next(8))
        {
            case 0:
                Add(new CallAbandoned(_id, Later(random.Next(2) == 0 ? 7 : 200)));
                End(CallOutcome.Abandoned, 0);
                return false;
            case 1:
                var to = random.Next(3) switch { 0 => DestinationKind.Queue, 1 => DestinationKind.Callback, _ => DestinationKind.Voicemail };
                Add(new CallOverflowed(_id, queue, new Destination(to), "max-wait", Later(90)));
                if (to == DestinationKind.Callback)
                {
                    Add(new CallLeftForCallback(_id, Guid.CreateVersion7(), _now));
                }

                return to == DestinationKind.Queue;
            default:
                Add(new CallOffered(_id, asked, Later(8)));
                Add(new CallAnswered(_id, random.Next(20) == 0 ? null : asked, Later(random.Next(2) == 0 ? 12 : 120)));
                return Talk(asked);
        }
    }

    private bool? Talk(Guid agent)
    {
        for (var i = random.Next(3); i > 0; i--)
        {
            switch (random.Next(4))
            {
                case 0:
                    Add(new CallParked(_id, agent, 1, Later(60)));
                    Add(new ParkedCallRetrieved(_id, Any(agents), 1, Later(60)));
                    break;
                case 1:
                    Add(new CallHeld(_id, Later(60)));
                    Add(new CallTransferred(_id, agent, Any(agents), null, TransferKind.Attended, Later(30)));
                    break;
                case 2:
                    Add(new CallHeld(_id, Later(60)));
                    Add(new CallTakenOver(_id, Any(agents), agent, Later(30)));
                    break;
                default:
                    Add(new CallHeld(_id, Later(60)));
                    Add(new CallRetrieved(_id, Later(40)));
                    break;
            }
        }

        switch (random.Next(6))
        {
            case 0:
                Add(new CallTransferred(_id, agent, null, Any(queues), TransferKind.Blind, Later(200)));
                return true;
            case 1:
                // On through a flow, and there to a person who is in no queue: what follows is of no visit.
                Add(new CallTransferred(_id, agent, null, null, TransferKind.Blind, Later(200), ToFlow: "after"));
                Answer(true);
                Add(new CallOffered(_id, agent, Later(3)));
                Add(new CallAnswered(_id, agent, Later(3)));
                Add(new CallHeld(_id, Later(60)));
                Add(new CallRetrieved(_id, Later(40)));
                return false;
            case 2 when random.Next(4) == 0:
                return null;
            default:
                return false;
        }
    }

    private IReadOnlyList<CallEvent> Finish()
    {
        if (_call[^1] is CallEnded)
        {
            return _call;
        }

        var overflowed = _call.Exists(e => e is CallOverflowed) && !_call.Exists(e => e is CallAnswered);
        End(overflowed ? CallOutcome.Overflowed : random.Next(15) == 0 ? CallOutcome.Failed : CallOutcome.Handled);
        if (!overflowed && random.Next(4) > 0)
        {
            Add(new WrapUpStarted(_id, Any(agents), _now));
            Add(new WrapUpCompleted(_id, Any(agents), Later(90), "sold", random.Next(3) switch { 0 => null, 1 => true, _ => false }));
        }

        if (random.Next(5) == 0)
        {
            Add(new CallClassified(_id, Any(Topics), Any(Segments), Later(10)));
        }

        if (random.Next(40) == 0)
        {
            Add(new CallWithdrawn(_id, Guid.CreateVersion7(), Later(10)));
        }

        return _call;
    }

    private void Answer(bool five) => Add(new SurveyAnswered(_id, "content", five ? random.Next(1, 6) : random.Next(0, 11), five ? 1 : 0, five ? 5 : 10, Later(10)));

    private IReadOnlyList<CallEvent> End(CallOutcome outcome, double within = 200)
    {
        if (random.Next(6) == 0 && outcome == CallOutcome.Handled)
        {
            Answer(random.Next(2) == 0);
        }

        Add(new CallEnded(_id, CallParty.Caller, "hang-up", outcome, within == 0 ? _now : Later(within)));
        return _call;
    }

    private void Add(CallEvent e) => _call.Add(e);

    private DateTimeOffset Instant() => start.AddTicks((long)(random.NextDouble() * length.Ticks));

    private DateTimeOffset Later(double seconds) => _now = _now.AddTicks((long)(random.NextDouble() * seconds * TimeSpan.TicksPerSecond));

    private T Any<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];
}
