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
        var idle = floor.Idle.OrderBy(a => a.Since).ThenBy(a => a.AgentId).ToList();
        foreach (var call in floor.Waiting.OrderBy(c => c.RankedSince).ThenBy(c => c.CallId))
        {
            if (idle.Count == 0)
            {
                break;
            }

            var agent = idle.Where(a => a.Queues.Contains(call.QueueId)).MinBy(a => call.Missed.GetValueOrDefault(a.AgentId));
            if (agent is not null)
            {
                idle.Remove(agent);
                proposals.Add(new OfferProposal(call.CallId, agent.AgentId));
            }
        }

        return proposals;
    }
}
