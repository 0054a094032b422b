using CallCenter.Domain;
using CallCenter.Domain.Agents;

namespace CallCenter.Import.QueueLog;

/// <summary>One agent's time from logging in to logging out.</summary>
internal sealed class QueueLogShift(string agent, DateTimeOffset from)
{
    public const string LogOut = "log-out";

    public string Agent => agent;

    public DateTimeOffset From => from;

    public DateTimeOffset To { get; private set; }

    public string Reason { get; private set; } = LogOut;

    /// <summary>From when on the agent was paused, or was not any more, and why.</summary>
    public List<(DateTimeOffset At, bool IsPaused, string? Reason)> Pauses { get; } = [];

    public string Key => $"queue_log|shift|{agent}|{from.ToUnixTimeMilliseconds()}";

    public QueueLogShift Close(DateTimeOffset to, string reason)
    {
        (To, Reason) = (to < from ? from : to, reason);
        return this;
    }

    /// <summary>Tells the shift by the decider that live agents obey: one call at a time, so a call that came while another was on does not count for the agent's time.</summary>
    /// <param name="work">The agent's rings and talks, in any order.</param>
    public IReadOnlyList<DomainEvent> Tell(IEnumerable<QueueLogWork> work, Cast cast)
    {
        var id = cast.Agent(agent, from);
        var (state, events) = (Domain.Agents.Agent.Initial with { Id = id, Name = agent }, new List<DomainEvent>());
        foreach (var command in Commands(work, cast))
        {
            foreach (var e in AgentDecider.Decide(command, state).Events)
            {
                events.Add(e);
                state = Domain.Agents.Agent.Evolve(state, e);
            }
        }

        return events;
    }

    private IEnumerable<AgentCommand> Commands(IEnumerable<QueueLogWork> work, Cast cast)
    {
        // At one instant: what ends comes before what begins, and a shift's bounds are its outermost.
        var moments = new List<(DateTimeOffset At, int Order, AgentCommand Command)> { (from, 0, new SignInAgent(from)), (To, 9, new SignOutAgent(Reason, To)) };
        moments.AddRange(Pauses.Select(pause => (pause.At, pause.IsPaused ? 5 : 2, (AgentCommand)new SetAgentReady(!pause.IsPaused, pause.Reason, pause.At))));
        foreach (var one in work.Where(one => one.From < To && one.To > from && one.To > one.From))
        {
            var call = cast.IdOf(one.CallKey);
            var begun = one.From < from ? from : one.From;
            moments.Add((begun, 4, one.IsTalk ? new OccupyAgent(call, begun) : new OfferToAgent(call, begun)));
            if (one.To < To && !one.IsAnswered)
            {
                moments.Add((one.To, 1, new ReleaseAgent(call, one.To)));
            }
        }

        return moments.OrderBy(moment => moment.At).ThenBy(moment => moment.Order).Select(moment => moment.Command);
    }
}

/// <summary>A ring at an agent's phone, or a talk.</summary>
/// <param name="IsAnswered">A ring that the agent answered: the talk follows.</param>
internal sealed record QueueLogWork(string Agent, string CallKey, DateTimeOffset From, DateTimeOffset To, bool IsTalk, bool IsAnswered);
