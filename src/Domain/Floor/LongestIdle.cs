namespace CallCenter.Domain.Floor;

/// <summary>The longest-idle method: the caller who ranks first meets the agent of that queue who has been idle longest.</summary>
public static class LongestIdle
{
    /// <summary>
    /// All offers that can be made at once: no call and no agent twice. Agents who have not answered this very call come after those who have missed it
    /// less often, so that a refused call reaches everybody before it comes back to the one who refused. Ties go by id: the answer is a function of the picture alone.
    /// </summary>
    public static IReadOnlyList<OfferProposal> Propose(FloorPicture floor)
    {
        var proposals = new List<OfferProposal>();
        var idle = floor.Idle.ToList();

        // Mostly one agent meets many calls, or one call many agents: then neither side needs sorting as a whole.
        var waiting = new PriorityQueue<WaitingCall, (DateTimeOffset, Guid)>(floor.Waiting.Select(c => (c, (c.RankedSince, c.CallId))));
        while (idle.Count > 0 && waiting.TryDequeue(out var call, out _))
        {
            var agent = idle.Where(a => a.Queues.Contains(call.QueueId)).MinBy(a => (call.Missed.GetValueOrDefault(a.AgentId), a.Since, a.AgentId));
            if (agent is not null)
            {
                idle.Remove(agent);
                proposals.Add(new OfferProposal(call.CallId, agent.AgentId));
            }
        }

        return proposals;
    }
}
