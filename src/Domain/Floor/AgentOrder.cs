using System.Diagnostics;
using System.Runtime.InteropServices;

using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>How a queue's method sorts agents, the first one first. Kept over one decision, in which hunting goes on from offer to offer.</summary>
internal sealed class AgentOrder(QueueOnFloor queue)
{
    private readonly Dictionary<Guid, int> _places = queue.Settings.Method is DistributionMethod.Hunting or DistributionMethod.TopDown
        ? queue.Settings.Order.Select((id, i) => (id, i)).ToDictionary(at => at.id, at => at.i)
        : [];

    /// <summary>Whom the queue has offered a contact last.</summary>
    public Guid? Last { get; set; } = queue.LastOffered;

    /// <summary>Less is better; what is equal is for the caller to tell apart.</summary>
    public (long, Guid) Of(AgentOnFloor agent, WaitingContact contact) => queue.Settings.Method switch
    {
        DistributionMethod.LongestIdle or DistributionMethod.RingAll => default,
        DistributionMethod.Hunting => ((IsAfterLast(agent.AgentId) ? 0 : 1L << 32) + PlaceOf(agent.AgentId), agent.AgentId),
        DistributionMethod.FewestCalls => (agent.CallsTaken, Guid.Empty),
        DistributionMethod.LeastTalk => (agent.TalkTime.Ticks, Guid.Empty),
        DistributionMethod.Skills => (-ProficiencyOf(agent, contact), Guid.Empty),
        DistributionMethod.Random => (Hash(contact.ContactId, agent.AgentId), Guid.Empty),
        DistributionMethod.TopDown => (PlaceOf(agent.AgentId), agent.AgentId),
        var method => throw new UnreachableException($"Method {method} has no order."),
    };

    private int PlaceOf(Guid agent) => _places.GetValueOrDefault(agent, int.MaxValue);

    private bool IsAfterLast(Guid agent) => Last is not { } last || (PlaceOf(agent), agent).CompareTo((PlaceOf(last), last)) > 0;

    private long ProficiencyOf(AgentOnFloor agent, WaitingContact contact)
    {
        long sum = 0;
        for (var i = 0; i < queue.Settings.Skills.Count; i++)
        {
            sum += Eligibility.ProficiencyOf(agent, queue.Settings.Skills[i]);
        }

        for (var i = 0; i < contact.Needs.Count; i++)
        {
            sum += Eligibility.ProficiencyOf(agent, contact.Needs[i]);
        }

        return sum;
    }

    // The ids' bytes stirred as SplitMix64 does it.
    private static long Hash(Guid contact, Guid agent)
    {
        var hash = 0UL;
        foreach (var id in (ReadOnlySpan<Guid>)[contact, agent])
        {
            foreach (var word in MemoryMarshal.Cast<Guid, ulong>([id]))
            {
                hash = (hash ^ word) + 0x9E37_79B9_7F4A_7C15;
                hash = (hash ^ (hash >> 30)) * 0xBF58_476D_1CE4_E5B9;
                hash = (hash ^ (hash >> 27)) * 0x94D0_49BB_1331_11EB;
                hash ^= hash >> 31;
            }
        }

        return (long)(hash >> 1);
    }
}
