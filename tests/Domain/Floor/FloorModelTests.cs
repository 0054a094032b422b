using CallCenter.Domain.Agents;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;

using static CallCenter.Domain.Tests.Floor.Floors;
using static CallCenter.Domain.Tests.Floor.ReferenceFloor;

namespace CallCenter.Domain.Tests.Floor;

/// <summary>A floor of 20 agents, 5 queues and up to 100 contacts that goes through 10,000 random steps, each decision held against the plain reference.</summary>
public sealed class FloorModelTests
{
    private const int Steps = 10_000;
    private const int MostContacts = 100;
    private static readonly string[] Skills = ["german", "french", "loans"];
    private static readonly string[] Groups = ["first", "second", "expert"];
    private static readonly DistributionMethod[] Methods = [.. Enum.GetValues<DistributionMethod>().Except([DistributionMethod.Random])];

    private readonly Dictionary<Guid, WaitingContact> _waiting = [];
    private readonly Dictionary<Guid, (WaitingContact Contact, List<Guid> Agents)> _offered = [];
    private readonly Dictionary<Guid, Guid> _talking = [];
    private readonly Dictionary<Guid, string> _gone = [];
    private readonly Dictionary<Guid, AgentOnFloor> _agents = [];
    private readonly Dictionary<Guid, QueueOnFloor> _queues = [];
    private readonly HashSet<Reason> _reasons = [];
    private readonly HashSet<DistributionMethod> _used = [];
    private DateTimeOffset _now = Now;
    private Random _random = null!;
    private int _contacts;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_contact_is_lost_and_none_is_served_out_of_its_order_without_a_documented_reason(int seed)
    {
        _random = new Random(seed);
        for (var q = 0; q < 5; q++)
        {
            _queues.Add(Id(1000 + q), new QueueOnFloor(Id(1000 + q), Settings(q)));
        }

        for (var step = 0; step < Steps; step++)
        {
            Step();
            Overflows();
            Distribute();
            (_waiting.Count + _offered.Count + _talking.Count + _gone.Count).ShouldBe(_contacts, "every contact is in one place");
            _talking.Values.Concat(_offered.Values.SelectMany(o => o.Agents)).ShouldBeUnique();
        }

        _gone.Values.Distinct(StringComparer.Ordinal).ShouldBe(["abandoned", "served", "overflowed"], ignoreOrder: true);
        _reasons.ShouldBe(Enum.GetValues<Reason>().Except([Reason.None]), ignoreOrder: true);
        _used.ShouldBe(Methods, ignoreOrder: true);
    }

    private void Step()
    {
        _now = _now.AddMilliseconds(Draw(4_000));
        switch (Draw(20))
        {
            case < 7 when _waiting.Count + _offered.Count + _talking.Count < MostContacts:
                Come();
                break;
            case < 9 when _waiting.Count > 0:
                var leaver = Any(_waiting.Keys);
                _waiting.Remove(leaver);
                _gone.Add(leaver, "abandoned");
                break;
            case < 12 when _offered.Count > 0:
                Answer(Any(_offered.Keys));
                break;
            case < 13 when _offered.Count > 0:
                Miss(Any(_offered.Keys));
                break;
            case < 16 when _talking.Count > 0:
                Finish(Any(_talking.Keys));
                break;
            case < 18:
                SignInOrOut(Id(11 + Draw(20)));
                break;
            case 18:
                var queue = Any(_queues.Keys);
                _queues[queue] = _queues[queue] with { Settings = Settings(Draw(100)) };
                break;
            default:
                foreach (var agent in _agents.Values.Where(a => a.Status is AgentStatus.Available or AgentStatus.NotReady).Take(1).ToList())
                {
                    Become(agent, Draw(2) == 0 ? AgentStatus.NotReady : AgentStatus.Available);
                }

                break;
        }
    }

    private void Come()
    {
        var id = Id(100_000 + _contacts++);
        _waiting.Add(id, new WaitingContact(id, Any(_queues.Keys), _now)
        {
            HeadStartSeconds = Draw(3) == 0 ? 30 : 0,
            Priority = Draw(5) - 2,
            Segment = Draw(2) == 0 ? "gold" : null,
            Needs = Draw(4) == 0 ? [new SkillNeed(Any(Skills), 1 + Draw(10), (SkillStrength)Draw(2)) { Relaxations = [new(20, Draw(5))] }] : [],
            NamedAgentId = Draw(15) == 0 ? Id(11 + Draw(20)) : null,
            NamedPatienceSeconds = Draw(2) == 0 ? 1 + Draw(60) : null,
            LastAgentId = Draw(3) == 0 ? Id(11 + Draw(20)) : null,
        });
    }

    private void Answer(Guid contact)
    {
        var (_, agents) = _offered[contact];
        var first = Any(agents);
        agents.ForEach(agent => Become(_agents[agent], agent == first ? AgentStatus.Busy : AgentStatus.Available));
        _offered.Remove(contact);
        _talking.Add(contact, first);
    }

    private void Miss(Guid contact)
    {
        var (waiting, agents) = _offered[contact];
        agents.ForEach(agent => Become(_agents[agent] with { OfferableFrom = _now.AddSeconds(3) }, AgentStatus.Available));
        _offered.Remove(contact);
        _waiting.Add(contact, waiting with { Missed = agents.Aggregate(waiting.Missed.ToDictionary(), (missed, agent) => { missed[agent] = missed.GetValueOrDefault(agent) + 1; return missed; }) });
    }

    private void Finish(Guid contact)
    {
        var agent = _agents[_talking[contact]];
        Become(agent with { CallsTaken = agent.CallsTaken + 1, TalkTime = agent.TalkTime + (_now - agent.Since) }, AgentStatus.Available);
        _talking.Remove(contact);
        _gone.Add(contact, "served");
    }

    private void SignInOrOut(Guid id)
    {
        if (!_agents.TryGetValue(id, out var agent))
        {
            _agents.Add(id, new AgentOnFloor(id, AgentStatus.Available, _now, [.. _queues.Keys.Where(_ => Draw(2) == 0)])
            {
                Attributes = new() { Skills = Skills.Where(_ => Draw(3) > 0).ToDictionary(s => s, _ => 1 + Draw(10)), Groups = [.. Groups.Where(_ => Draw(2) == 0)] },
            });
        }
        else if (agent.Status is AgentStatus.Available or AgentStatus.NotReady && Draw(3) == 0)
        {
            _agents.Remove(id);
        }
    }

    private void Overflows()
    {
        var floor = Picture();
        foreach (var contact in _waiting.Values.ToList())
        {
            var rule = Overflow.Decide(contact, floor, isComing: false);
            var holds = floor.Queues[contact.QueueId].Settings.Overflow.FirstOrDefault(r => r.Cause == OverflowCause.AfterSeconds
                ? (_now - contact.QueuedAt).TotalSeconds >= r.Threshold
                : r.Cause == OverflowCause.NoAgents && (_now - contact.QueuedAt).TotalSeconds >= r.Threshold && _agents.Values.All(a => !a.Queues.Contains(contact.QueueId)));
            rule.ShouldBe(holds);
            if (rule is not null)
            {
                _waiting.Remove(contact.ContactId);
                _gone.Add(contact.ContactId, "overflowed");
            }
        }
    }

    private void Distribute()
    {
        var floor = Picture();
        var proposals = Distributor.Propose(floor);
        proposals.Select(p => (p.ContactId, Agents: string.Join('+', p.AgentIds))).ShouldBe(Offers(floor).Select(o => (o.Contact, string.Join('+', o.Agents))));
        HoldAgainstOrder(floor, proposals);
        foreach (var (contact, agents) in proposals)
        {
            _used.Add(_queues[_waiting[contact].QueueId].Settings.Method);
            _offered.Add(contact, (_waiting[contact], [.. agents]));
            _queues[_waiting[contact].QueueId] = _queues[_waiting[contact].QueueId] with { LastOffered = agents[0] };
            _waiting.Remove(contact);
            foreach (var agent in agents)
            {
                Become(_agents[agent], AgentStatus.Offered);
            }
        }
    }

    /// <summary>Whoever still waits and ranks before somebody who was offered an agent must have a reason for not getting that agent.</summary>
    private void HoldAgainstOrder(FloorPicture floor, IReadOnlyList<OfferProposal> proposals)
    {
        var offered = proposals.Select(p => p.ContactId).ToHashSet();
        foreach (var (contact, agents) in proposals)
        {
            var rank = RankOf(_waiting[contact], floor);
            foreach (var passed in _waiting.Values.Where(c => !offered.Contains(c.ContactId) && RankOf(c, floor) > rank))
            {
                foreach (var agent in agents)
                {
                    var reason = WhyNot(passed, _agents[agent], floor);
                    reason.ShouldNotBe(Reason.None, $"{passed.ContactId} ranks before {contact} and could have had {agent}");
                    _reasons.Add(reason);
                }
            }
        }
    }

    private FloorPicture Picture() => new(_now, [.. _waiting.Values], [.. _agents.Values], new Dictionary<Guid, QueueOnFloor>(_queues));

    private void Become(AgentOnFloor agent, AgentStatus status) => _agents[agent.AgentId] = agent with { Status = status, Since = _now };

    private QueueSettings Settings(int n) => new($"Queue {n}", null)
    {
        Method = Methods[n % Methods.Length],
        Priority = n % 3,
        SegmentPriorities = new Dictionary<string, int> { ["gold"] = 2 },
        ServiceLevelSeconds = 20,
        UrgencySeconds = n % 2 * 40,
        Skills = n % 3 == 0 ? [new SkillNeed("german", 4) { Relaxations = [new(15, 2), new(40, 0)] }, new SkillNeed("loans", 3, SkillStrength.Preferred)] : [],
        Tiers = n % 4 == 1 ? [new(["first"], 0), new(["second"], 10), new(["expert"], 30)] : n % 4 == 2 ? [new(["second", "expert"], 0)] : [],
        Order = [.. Enumerable.Range(11, 20).Where(i => i % 3 == n % 3).Select(Id).Reverse()],
        LastAgentPatienceSeconds = n % 2 * 25,
        Overflow = [new(OverflowCause.AfterSeconds, 120, new(DestinationKind.Voicemail)), new(OverflowCause.NoAgents, 20, new(DestinationKind.HangUp))],
    };

    private T Any<T>(IReadOnlyCollection<T> of) => of.ElementAt(Draw(of.Count));

    private int Draw(int below) => _random.Next(below);
}
