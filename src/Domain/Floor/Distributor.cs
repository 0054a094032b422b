using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>Who is offered what (adr/0027): contacts in the order of their rank, each to the best of the idle agents who may take it.</summary>
public static class Distributor
{
    /// <summary>
    /// All offers that can be made at once; no contact and no agent twice. A function of the picture alone: chance is a hash of ids.
    /// Best is, of the agents who may take a contact: who has missed it least often, so that a refused contact reaches everybody before it comes back; then the earlier
    /// tier; then who lacks fewer preferred skills; then whom the queue's method names; then who has been idle longest; then the lower id.
    /// Who is left idle then joins those whom a contact rings at already, unless that one was missed before.
    /// </summary>
    public static IReadOnlyList<OfferProposal> Propose(FloorPicture floor)
    {
        var idle = floor.Agents.Where(agent => agent.IsIdle(floor.At)).ToList();
        if (idle.Count == 0 || floor.Waiting.Count + floor.Ringing.Count == 0)
        {
            return [];
        }

        // Tiers only open and skills are only relaxed: what nobody idle could take after any wait needs no ranking.
        var served = floor.Queues.Values
            .Where(queue => idle.Exists(agent => agent.Queues.Contains(queue.Id) && Eligibility.CanTake(agent, queue.Settings, [], double.MaxValue, out _)))
            .Select(queue => queue.Id).ToHashSet();
        var free = idle.Select(agent => agent.AgentId).ToHashSet();
        var present = new Lazy<Dictionary<Guid, AgentOnFloor>>(() => floor.Agents.ToDictionary(agent => agent.AgentId));
        var orders = new Dictionary<Guid, AgentOrder>();

        // Mostly one agent meets many contacts, or one contact many agents: then neither side needs sorting as a whole.
        var waiting = new PriorityQueue<WaitingContact, (double, DateTimeOffset, Guid)>(floor.Waiting
            .Where(contact => served.Contains(contact.QueueId) || (contact.NamedAgentId is { } named && free.Contains(named)) || (contact.LastAgentId is { } last && free.Contains(last)))
            .Select(contact => (contact, Rank.Order(contact, floor.Queues[contact.QueueId].Settings, floor.At))));

        // Contacts that can be offered to the same agents fare alike once there is nobody left for one of them.
        var exhausted = new HashSet<(Guid Queue, int Stage)>();
        var proposals = new List<OfferProposal>();
        while (idle.Count > 0 && waiting.TryDequeue(out var contact, out _))
        {
            var queue = floor.Queues[contact.QueueId];
            var waited = contact.WaitedSeconds(floor.At);
            if (Eligibility.WaitsFor(contact, queue.Settings, waited, present.Value.GetValueOrDefault) is { } wanted)
            {
                if (idle.FindIndex(agent => agent.AgentId == wanted) is var place and >= 0)
                {
                    idle.RemoveAt(place);
                    proposals.Add(new OfferProposal(contact.ContactId, [wanted]));
                }

                continue;
            }

            var likes = (queue.Id, Eligibility.StageOf(queue.Settings, waited));
            if (exhausted.Contains(likes))
            {
                continue;
            }

            if (!orders.TryGetValue(queue.Id, out var order))
            {
                orders.Add(queue.Id, order = new AgentOrder(queue));
            }

            var chosen = queue.Settings.Method == DistributionMethod.RingAll ? All(idle, contact, queue, waited) : One(idle, contact, queue, waited, order);
            if (chosen.Count > 0)
            {
                proposals.Add(new OfferProposal(contact.ContactId, chosen));
            }
            else if (contact.Needs.Count == 0)
            {
                exhausted.Add(likes);
            }
        }

        foreach (var contact in floor.Ringing.OrderBy(contact => Rank.Order(contact, floor.Queues[contact.QueueId].Settings, floor.At)))
        {
            var queue = floor.Queues[contact.QueueId];
            var waited = contact.WaitedSeconds(floor.At);
            if (Eligibility.WaitsFor(contact, queue.Settings, waited, present.Value.GetValueOrDefault) is null
                && All([.. idle.Where(agent => !contact.Missed.ContainsKey(agent.AgentId))], contact, queue, waited) is { Count: > 0 } more)
            {
                idle.RemoveAll(agent => more.Contains(agent.AgentId));
                proposals.Add(new OfferProposal(contact.ContactId, more));
            }
        }

        return proposals;
    }

    /// <summary>The waits, in seconds, at which more agents may be offered the contact than before, though nothing else has changed.</summary>
    public static IEnumerable<int> WaitsThatMatter(QueueSettings queue, WaitingContact contact) =>
        queue.Tiers.Select(tier => tier.AfterSeconds)
            .Concat(queue.Skills.Concat(contact.Needs).SelectMany(need => need.Relaxations).Select(relaxation => relaxation.AfterSeconds))
            .Append(queue.LastAgentPatienceSeconds).Append(contact.NamedPatienceSeconds ?? 0).Where(seconds => seconds > 0).Distinct();

    private static List<Guid> One(List<AgentOnFloor> idle, WaitingContact contact, QueueOnFloor queue, double waited, AgentOrder order)
    {
        var best = -1;
        (int Missed, int Tier, int Unmet, (long, Guid) ByMethod, DateTimeOffset Since, Guid AgentId) bestKey = default;
        for (var i = 0; i < idle.Count; i++)
        {
            var agent = idle[i];
            if (agent.Queues.Contains(queue.Id) && Eligibility.CanTake(agent, queue.Settings, contact.Needs, waited, out var standing))
            {
                var key = (contact.Missed.GetValueOrDefault(agent.AgentId), standing.Tier, standing.Unmet, order.Of(agent, contact), agent.Since, agent.AgentId);
                if (best < 0 || key.CompareTo(bestKey) < 0)
                {
                    (best, bestKey) = (i, key);
                }
            }
        }

        if (best < 0)
        {
            return [];
        }

        order.Last = idle[best].AgentId;
        idle.RemoveAt(best);
        return [bestKey.AgentId];
    }

    private static List<Guid> All(List<AgentOnFloor> idle, WaitingContact contact, QueueOnFloor queue, double waited)
    {
        var all = idle.Where(agent => agent.Queues.Contains(queue.Id) && Eligibility.CanTake(agent, queue.Settings, contact.Needs, waited, out _))
            .OrderBy(agent => agent.Since).ThenBy(agent => agent.AgentId).Select(agent => agent.AgentId).ToList();
        idle.RemoveAll(agent => all.Contains(agent.AgentId));
        return all;
    }
}
