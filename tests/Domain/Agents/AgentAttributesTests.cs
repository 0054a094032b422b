using CallCenter.Domain.Agents;

namespace CallCenter.Domain.Tests.Agents;

public sealed class AgentAttributesTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly AgentAttributes German = new() { Skills = new Dictionary<string, int> { ["german"] = 7 }, Groups = ["first"], Team = "north" };

    [Fact]
    public void Attributes_are_told_and_kept_until_others_are_given()
    {
        var created = AgentDecider.Decide(new CreateAgent(Id, "Ann", "2001", [], Now, German), Agent.Initial).Events;
        created.ShouldBe([new AgentCreated(Id, "Ann", "2001", [], Now, German)]);
        var agent = created.Aggregate(Agent.Initial, Agent.Evolve);
        agent.Attributes.ShouldBe(German);
        agent = Agent.Evolve(agent, new AgentChanged(Id, "Ann B", "2001", [], Now));
        agent.Attributes.ShouldBe(German);
        Agent.Evolve(agent, new AgentChanged(Id, "Ann B", "2001", [], Now, AgentAttributes.None)).Attributes.ShouldBe(AgentAttributes.None);
    }

    [Fact]
    public void An_agent_from_before_there_were_attributes_has_none() =>
        Agent.Evolve(Agent.Initial, new AgentCreated(Id, "Ann", "2001", [], Now)).Attributes.ShouldBe(AgentAttributes.None);

    public static TheoryData<AgentAttributes, string> Bad() => new()
    {
        { German with { Skills = new Dictionary<string, int> { ["german"] = 0 } }, "Skill german: proficiency is 1 to 10, not 0." },
        { German with { Skills = new Dictionary<string, int> { ["a"] = 1, ["german"] = 11 } }, "Skill german: proficiency is 1 to 10, not 11." },
        { German with { Skills = new Dictionary<string, int> { [" "] = 5 } }, "A skill needs a name." },
        { German with { Groups = ["first", ""] }, "A group needs a name." },
        { German with { Team = " " }, "A team needs a name." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_is_wrong_with_attributes_is_named(AgentAttributes attributes, string message)
    {
        AgentDecider.Decide(new CreateAgent(Id, "Ann", null, [], Now, attributes), Agent.Initial).Refusal.ShouldBe(new Refusal("AGENT_ATTRIBUTES", message));
        var agent = Agent.Evolve(Agent.Initial, new AgentCreated(Id, "Ann", null, [], Now));
        AgentDecider.Decide(new ChangeAgent("Ann", null, [], Now, attributes), agent).Refusal.ShouldBe(new Refusal("AGENT_ATTRIBUTES", message));
    }
}
