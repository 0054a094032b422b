using System.Diagnostics;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

namespace CallCenter.Acd.Bench;

/// <summary>How long a decision takes on a floor of 400 agents with 1,000 contacts waiting, the picture ready.</summary>
internal static class Decisions
{
    private const int Agents = 400;
    private const int Waiting = 1_000;
    private const int Rounds = 1_500;
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid[] Queues = [.. Enumerable.Range(1, 5).Select(Id)];

    public static void Print()
    {
        var plain = new QueueSettings("Plain", null);
        var rich = plain with
        {
            Priority = 1, UrgencySeconds = 60, SegmentPriorities = new Dictionary<string, int>(StringComparer.Ordinal) { ["gold"] = 3 },
            Skills = [new SkillNeed("german", 5) { Relaxations = [new(30, 3), new(60, 0)] }, new SkillNeed("loans", 3, SkillStrength.Preferred)], Tiers = [new(["first"], 0), new(["second"], 20)],
        };
        var hunting = plain with { Method = DistributionMethod.Hunting, Order = [.. Enumerable.Range(0, Agents).Select(i => Id(10_000 + i))] };
        var nobody = plain with { Skills = [new SkillNeed("klingon", 1) { Relaxations = [new(60, 1), new(120, 1), new(240, 1)] }] };
        foreach (var (name, settings, idle, waiting) in new[]
        {
            ("one agent gets free", plain, 1, Waiting), ("one agent gets free; skills, tiers, urgency", rich, 1, Waiting), ("one call comes to 400 idle agents", plain, Agents, 1),
            ("one call comes; skills, tiers, urgency", rich, Agents, 1), ("one call comes; hunting", hunting, Agents, 1), ("50 agents at once; skills, tiers, urgency", rich, 50, Waiting),
            ("nobody of 400 idle can take any of 1,000", nobody, Agents, Waiting),
        })
        {
            var took = Measure(settings, idle, waiting);
            Console.WriteLine(FormattableString.Invariant($"decision, {name}: p50 {took[took.Count / 2]:F3} ms, p99 {took[took.Count * 99 / 100]:F3} ms, longest {took[^1]:F3} ms"));
        }
    }

    private static List<double> Measure(QueueSettings settings, int idle, int waiting)
    {
        var random = new Random(1);
        var queues = Queues.ToDictionary(id => id, id => new QueueOnFloor(id, settings));
        var took = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            var floor = new FloorPicture(
                Now,
                [.. Enumerable.Range(0, waiting).Select(i => new WaitingContact(Id(100_000 + i), Queues[random.Next(5)], Now.AddSeconds(-random.Next(600))) { Segment = random.Next(4) == 0 ? "gold" : null })],
                [.. Enumerable.Range(0, Agents).Select(i => new AgentOnFloor(Id(10_000 + i), i < idle ? AgentStatus.Available : AgentStatus.Busy, Now.AddSeconds(-random.Next(100)), Queues)
                {
                    Attributes = new AgentAttributes { Skills = new Dictionary<string, int>(StringComparer.Ordinal) { ["german"] = 1 + random.Next(10) }, Groups = [random.Next(2) == 0 ? "first" : "second"] },
                })],
                queues);
            // The quickest of three: on a machine with other work the rest is waiting for a core.
            took.Add(Enumerable.Range(0, 3).Min(_ =>
            {
                var start = Stopwatch.GetTimestamp();
                Distributor.Propose(floor);
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }));
        }

        // What the compiler took is not the decision's.
        took.RemoveRange(0, Rounds / 3);
        took.Sort();
        return took;
    }

    private static Guid Id(int n) => new(n, 0, 0, new byte[8]);
}
