namespace CallCenter.Domain.Callbacks;

/// <summary>Somebody who is to be called back, as one who decides sees it.</summary>
/// <param name="RankedSince">The place that is kept: since when it counts as waiting.</param>
/// <param name="NotBefore">When it may be dialled at the earliest; null: at once.</param>
/// <param name="AgentId">Who is to have it; null for anybody of the queue.</param>
/// <param name="IsUnderWay">They are being called, or wait in the queue already.</param>
public sealed record WaitingCallback(Guid Id, Guid QueueId, DateTimeOffset RankedSince, DateTimeOffset? NotBefore, Guid? AgentId, bool IsUnderWay);

/// <summary>An agent, as one who decides on callbacks sees it.</summary>
public sealed record CallbackAgent(Guid Id, IReadOnlyList<Guid> Queues, bool IsIdle, bool IsSignedIn);

/// <summary>Which callbacks are dialled now.</summary>
public static class CallbackTurn
{
    /// <summary>So long after its time a callback waits for the agent who is to have it; then anybody of the queue will do.</summary>
    public static readonly TimeSpan AgentPatience = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A callback's turn has come when an idle agent of its queue would be its own: fewer contacts rank before it than agents are idle. Before it rank the waiting callers of the queue whose place is
    /// better, and the callbacks that are under way, which will need an agent soon. One for a certain agent waits for that agent as long as it is signed in, up to <see cref="AgentPatience"/>.
    /// No agent is held idle for it: while the phone rings, the next caller is served, and whoever has confirmed takes the kept place before all who came later.
    /// </summary>
    /// <param name="callbacks">Those that are open.</param>
    /// <param name="waiting">Queue and place of each caller who waits.</param>
    /// <param name="agents">All agents.</param>
    /// <param name="now">When.</param>
    public static IReadOnlyList<Guid> Due(
        IReadOnlyList<WaitingCallback> callbacks, IReadOnlyList<(Guid QueueId, DateTimeOffset RankedSince)> waiting, IReadOnlyList<CallbackAgent> agents, DateTimeOffset now)
    {
        var due = new List<Guid>();
        foreach (var ofQueue in callbacks.GroupBy(callback => callback.QueueId))
        {
            var idle = agents.Where(agent => agent.IsIdle && agent.Queues.Contains(ofQueue.Key)).Select(agent => agent.Id).ToHashSet();
            var taken = ofQueue.Count(callback => callback.IsUnderWay);
            foreach (var callback in ofQueue.Where(callback => !callback.IsUnderWay && !(callback.NotBefore > now)).OrderBy(callback => callback.RankedSince).ThenBy(callback => callback.Id))
            {
                var ahead = taken + waiting.Count(caller => caller.QueueId == callback.QueueId && caller.RankedSince < callback.RankedSince);
                if (IsDue(callback, idle, ahead))
                {
                    due.Add(callback.Id);
                    taken++;
                }
            }
        }

        return due;

        bool IsDue(WaitingCallback callback, HashSet<Guid> idle, int ahead) =>
            callback.AgentId is { } wanted && agents.FirstOrDefault(agent => agent.Id == wanted) is { IsSignedIn: true } agent && now - (callback.NotBefore ?? callback.RankedSince) < AgentPatience
                ? agent.IsIdle
                : ahead < idle.Count;
    }
}
