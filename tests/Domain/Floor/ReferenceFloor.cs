using CallCenter.Domain.Agents;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Floor;

/// <summary>The rules of adr/0027 once more, written from its text, plainly and slowly: what <see cref="Distributor"/> must agree with.</summary>
internal static class ReferenceFloor
{
    /// <summary>Why an idle agent is not offered a contact.</summary>
    public enum Reason { None, OtherQueue, OtherAgentNamed, WaitsForLastAgent, TierNotOpen, NoTier, SkillLacking }

    public static List<(Guid Contact, List<Guid> Agents)> Offers(FloorPicture floor)
    {
        var offers = new List<(Guid, List<Guid>)>();
        var last = floor.Queues.Values.ToDictionary(q => q.Id, q => q.LastOffered);
        var idle = floor.Agents.Where(a => a.Status == AgentStatus.Available && a.IsReachable && a.OfferableFrom <= floor.At).ToList();
        foreach (var contact in floor.Waiting.OrderByDescending(c => RankOf(c, floor)).ThenBy(c => c.QueuedAt).ThenBy(c => c.ContactId))
        {
            var queue = floor.Queues[contact.QueueId].Settings;
            var can = idle.Where(a => WhyNot(contact, a, floor) == Reason.None).ToList();
            if (can.Count == 0)
            {
                continue;
            }

            var isForOne = IsHeldForNamed(contact, floor) || IsHeldForLastAgent(contact, floor);
            List<AgentOnFloor> chosen = queue.Method == DistributionMethod.RingAll && !isForOne
                ? [.. can.OrderBy(a => a.Since).ThenBy(a => a.AgentId)]
                : [can.OrderBy(a => contact.Missed.GetValueOrDefault(a.AgentId)).ThenBy(a => TierOf(a, queue)).ThenBy(a => Lacks(a, contact, queue, floor.At).Count(n => n.Strength == SkillStrength.Preferred))
                    .ThenBy(a => Turn(a, contact, queue, last[contact.QueueId]), Comparer<IReadOnlyList<IComparable>>.Create(ByEach)).ThenBy(a => a.Since).ThenBy(a => a.AgentId).First()];
            offers.Add((contact.ContactId, chosen.ConvertAll(a => a.AgentId)));
            idle.RemoveAll(chosen.Contains);
            if (!isForOne && queue.Method != DistributionMethod.RingAll)
            {
                last[contact.QueueId] = chosen[0].AgentId;
            }
        }

        return offers;
    }

    public static double RankOf(WaitingContact contact, FloorPicture floor)
    {
        var queue = floor.Queues[contact.QueueId].Settings;
        var waited = Waited(contact, floor.At);
        var points = queue.Priority + contact.Priority + (contact.Segment is null ? 0 : queue.SegmentPriorities.GetValueOrDefault(contact.Segment));
        var half = queue.ServiceLevelSeconds / 2.0;
        var urgency = waited <= half ? 0 : waited >= queue.ServiceLevelSeconds ? queue.UrgencySeconds : queue.UrgencySeconds * (waited - half) / half;

        // Rounded, so that the order of additions does not tell two equal ranks apart.
        return Math.Round(waited + contact.HeadStartSeconds + (60 * points) + urgency, 6);
    }

    public static Reason WhyNot(WaitingContact contact, AgentOnFloor agent, FloorPicture floor)
    {
        var queue = floor.Queues[contact.QueueId].Settings;
        if (IsHeldForNamed(contact, floor))
        {
            return contact.NamedAgentId == agent.AgentId ? Reason.None : Reason.OtherAgentNamed;
        }

        if (IsHeldForLastAgent(contact, floor))
        {
            return contact.LastAgentId == agent.AgentId ? Reason.None : Reason.WaitsForLastAgent;
        }

        return !agent.Queues.Contains(contact.QueueId) ? Reason.OtherQueue
            : queue.Tiers.Count > 0 && TierOf(agent, queue) == queue.Tiers.Count ? Reason.NoTier
            : queue.Tiers.Count > 0 && queue.Tiers[TierOf(agent, queue)].AfterSeconds > Waited(contact, floor.At) ? Reason.TierNotOpen
            : Lacks(agent, contact, queue, floor.At).Any(n => n.Strength == SkillStrength.Required) ? Reason.SkillLacking
            : Reason.None;
    }

    private static bool IsHeldForNamed(WaitingContact contact, FloorPicture floor) =>
        contact.NamedAgentId is { } named && (contact.NamedPatienceSeconds is not { } patience || IsHeldFor(named, patience, contact, floor));

    private static bool IsHeldForLastAgent(WaitingContact contact, FloorPicture floor) =>
        contact.LastAgentId is { } last && IsHeldFor(last, floor.Queues[contact.QueueId].Settings.LastAgentPatienceSeconds, contact, floor);

    private static bool IsHeldFor(Guid last, int patience, WaitingContact contact, FloorPicture floor) =>
        Waited(contact, floor.At) < patience
        && !contact.Missed.ContainsKey(last)
        && floor.Agents.Any(a => a.AgentId == last && a.IsReachable && a.Status != AgentStatus.NotReady);

    private static double Waited(WaitingContact contact, DateTimeOffset at) => (at - contact.QueuedAt).TotalSeconds;

    private static int TierOf(AgentOnFloor agent, QueueSettings queue) => queue.Tiers.TakeWhile(tier => !tier.Groups.Intersect(agent.Attributes.Groups, StringComparer.Ordinal).Any()).Count();

    private static IEnumerable<SkillNeed> Lacks(AgentOnFloor agent, WaitingContact contact, QueueSettings queue, DateTimeOffset at) =>
        queue.Skills.Concat(contact.Needs).Where(need =>
        {
            var relaxed = need.Relaxations.LastOrDefault(r => r.AfterSeconds <= Waited(contact, at));
            return agent.Attributes.Skills.GetValueOrDefault(need.Name) < (relaxed?.Minimum ?? need.Minimum);
        });

    private static IReadOnlyList<IComparable> Turn(AgentOnFloor agent, WaitingContact contact, QueueSettings queue, Guid? last)
    {
        return queue.Method switch
        {
            DistributionMethod.LongestIdle => [],
            DistributionMethod.FewestCalls => [agent.CallsTaken],
            DistributionMethod.LeastTalk => [agent.TalkTime],
            DistributionMethod.Skills => [-queue.Skills.Concat(contact.Needs).Sum(need => agent.Attributes.Skills.GetValueOrDefault(need.Name))],
            DistributionMethod.TopDown => [Place(agent.AgentId), agent.AgentId],
            DistributionMethod.Hunting => [last is { } l && (Place(agent.AgentId), agent.AgentId).CompareTo((Place(l), l)) <= 0, Place(agent.AgentId), agent.AgentId],

            // Any agent will do; that chance is fair and repeatable is another test's matter.
            _ => [],
        };

        int Place(Guid id) => queue.Order.Contains(id) ? queue.Order.ToList().IndexOf(id) : int.MaxValue;
    }

    private static int ByEach(IReadOnlyList<IComparable>? one, IReadOnlyList<IComparable>? other) =>
        one!.Zip(other!, (a, b) => a.CompareTo(b)).FirstOrDefault(order => order != 0);
}
