using CallCenter.Domain.Agents;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>Whether an agent may be offered a contact, by queue, wanted agent, tiers and skills.</summary>
internal static class Eligibility
{
    /// <summary>The one agent that a contact waits for; null when it waits for any.</summary>
    /// <remarks>With a patience only as long as that makes sense: within it, while the agent is there and ready, and has not left this contact unanswered.</remarks>
    public static Guid? WaitsFor(WaitingContact contact, QueueSettings queue, double waited, Func<Guid, AgentOnFloor?> find)
    {
        return contact.NamedAgentId is { } named && (contact.NamedPatienceSeconds is not { } patience || IsWorthIt(named, patience)) ? named
            : contact.LastAgentId is { } last && IsWorthIt(last, queue.LastAgentPatienceSeconds) ? last
            : null;

        bool IsWorthIt(Guid agent, int seconds) => waited < seconds && !contact.Missed.ContainsKey(agent) && find(agent) is { IsReachable: true, Status: not AgentStatus.NotReady };
    }

    /// <summary>
    /// Whether the agent can take a contact of the queue that has waited so long, and how well: the agent's tier, and how many preferred needs the agent does not meet.
    /// </summary>
    public static bool CanTake(AgentOnFloor agent, QueueSettings queue, IReadOnlyList<SkillNeed> own, double waited, out (int Tier, int Unmet) standing)
    {
        standing = default;
        var tier = TierOf(agent, queue);
        if (tier < 0 || (queue.Tiers.Count > 0 && waited < queue.Tiers[tier].AfterSeconds))
        {
            return false;
        }

        var unmet = 0;
        if (!Meets(queue.Skills, ref unmet) || !Meets(own, ref unmet))
        {
            return false;
        }

        standing = (tier, unmet);
        return true;

        bool Meets(IReadOnlyList<SkillNeed> needs, ref int unmet)
        {
            // By index: an enumerator for each pair of contact and agent would be most of a decision's garbage.
            for (var i = 0; i < needs.Count; i++)
            {
                if (ProficiencyOf(agent, needs[i]) >= MinimumAfter(needs[i], waited))
                {
                    continue;
                }

                if (needs[i].Strength == SkillStrength.Required)
                {
                    return false;
                }

                unmet++;
            }

            return true;
        }
    }

    /// <summary>What is enough of a skill after some wait.</summary>
    public static int MinimumAfter(SkillNeed need, double waited)
    {
        var minimum = need.Minimum;
        for (var i = 0; i < need.Relaxations.Count && need.Relaxations[i].AfterSeconds <= waited; i++)
        {
            minimum = need.Relaxations[i].Minimum;
        }

        return minimum;
    }

    public static int ProficiencyOf(AgentOnFloor agent, SkillNeed need) => agent.Attributes.Skills.GetValueOrDefault(need.Name);

    /// <summary>How many of the waits at which somebody becomes eligible have passed: contacts of a queue that are equal in this can be offered to the same agents.</summary>
    public static int StageOf(QueueSettings queue, double waited)
    {
        var stage = 0;
        for (var i = 0; i < queue.Tiers.Count; i++)
        {
            stage += queue.Tiers[i].AfterSeconds <= waited ? 1 : 0;
        }

        for (var i = 0; i < queue.Skills.Count; i++)
        {
            var relaxations = queue.Skills[i].Relaxations;
            for (var j = 0; j < relaxations.Count; j++)
            {
                stage += relaxations[j].AfterSeconds <= waited ? 1 : 0;
            }
        }

        return stage;
    }

    // The first tier that names one of the agent's groups; -1 for none.
    private static int TierOf(AgentOnFloor agent, QueueSettings queue)
    {
        if (queue.Tiers.Count == 0)
        {
            return 0;
        }

        for (var i = 0; i < queue.Tiers.Count; i++)
        {
            if (queue.Tiers[i].Groups.Any(group => agent.Attributes.Groups.Contains(group, StringComparer.Ordinal)))
            {
                return i;
            }
        }

        return -1;
    }
}
