using CallCenter.Domain.Agents;

namespace CallCenter.Domain.Tests.Agents;

public sealed class AgentDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid Mine = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly Guid Theirs = new("0194f000-0000-7000-8000-00000000000c");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, AgentCommand> Commands = new(StringComparer.Ordinal)
    {
        ["create"] = new CreateAgent(Id, "Ann", "2001", [Mine], Now),
        ["change"] = new ChangeAgent("Ann B", "2002", [], Now),
        ["sign in"] = new SignInAgent(Now),
        ["sign out"] = new SignOutAgent("phone-unregistered", Now),
        ["offer"] = new OfferToAgent(Mine, Now),
        ["occupy"] = new OccupyAgent(Mine, Now),
        ["occupy other"] = new OccupyAgent(Theirs, Now),
        ["wrap up"] = new WrapUpAgent(Mine, Now),
        ["wrap up other"] = new WrapUpAgent(Theirs, Now),
        ["release"] = new ReleaseAgent(Mine, Now),
        ["release other"] = new ReleaseAgent(Theirs, Now),
        ["ready"] = new SetAgentReady(true, null, Now),
        ["not ready"] = new SetAgentReady(false, "lunch", Now),
        ["own call"] = new OccupyAgent(Mine, Now, Own: true),
        ["move"] = new MoveAgent(Mine, Theirs, Now),
        ["leave"] = new LeaveShift("by-hand", Now),
        ["seat"] = new SeatAgent("2009", Now),
        ["desk"] = new ChangeDesk(new Desk { DoNotDisturb = true }, Now),
        ["extend"] = new ExtendWrapUp(60, Now),
        ["login"] = new ChangeAgentLogin("77", Now),
    };

    /// <summary>Columns: None, then AgentStatus. Cells: what follows, "" for nothing to do, or the refusal's code.</summary>
    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("create", ["AgentCreated", "AGENT_EXISTS", "AGENT_EXISTS", "AGENT_EXISTS", "AGENT_EXISTS", "AGENT_EXISTS", "AGENT_EXISTS"]),
        ("change", ["AGENT_NOT_FOUND", "AgentChanged", "AgentChanged", "AgentChanged", "AgentChanged", "AgentChanged", "AgentChanged"]),
        ("sign in", ["AGENT_NOT_FOUND", "AgentSignedIn", "", "", "", "", ""]),
        ("sign out", ["AGENT_NOT_FOUND", "", "AgentSignedOut", "AgentSignedOut", "AgentSignedOut", "AgentSignedOut", "AgentSignedOut"]),
        ("offer", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "Offered", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS"]),
        ("occupy", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "Busy", "Busy", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS"]),
        ("occupy other", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "Busy", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS"]),
        ("wrap up", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "AGENT_STATUS", "AGENT_STATUS", "WrapUp", "AGENT_STATUS", "AGENT_STATUS"]),
        ("wrap up other", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS"]),
        ("release", ["AGENT_NOT_FOUND", "", "", "Available", "Available", "Available", ""]),
        ("release other", ["AGENT_NOT_FOUND", "", "", "", "", "", ""]),
        ("ready", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "", "", "", "", "Available"]),
        ("not ready", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "NotReady", "AgentStatusRequested", "AgentStatusRequested", "AgentStatusRequested", "NotReady"]),
        ("own call", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "Busy", "Busy", "AGENT_STATUS", "AGENT_STATUS", "Busy+AgentStatusRequested"]),
        ("move", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "AGENT_STATUS", "AGENT_STATUS", "Busy", "AGENT_STATUS", "AGENT_STATUS"]),
        ("leave", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "AgentSignedOut", "AgentStatusRequested", "AgentStatusRequested", "AgentStatusRequested", "AgentSignedOut"]),
        ("seat", ["AGENT_NOT_FOUND", "AgentSeated+AgentSignedIn", "AgentSeated", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS", "AgentSeated"]),
        ("desk", ["AGENT_NOT_FOUND", "AgentDeskChanged", "AgentDeskChanged", "AgentDeskChanged", "AgentDeskChanged", "AgentDeskChanged", "AgentDeskChanged"]),
        ("extend", ["AGENT_NOT_FOUND", "AGENT_SIGNED_OUT", "AGENT_STATUS", "AGENT_STATUS", "AGENT_STATUS", "AgentWrapUpExtended", "AGENT_STATUS"]),
        ("login", ["AGENT_NOT_FOUND", "AgentLoginChanged", "AgentLoginChanged", "AgentLoginChanged", "AgentLoginChanged", "AgentLoginChanged", "AgentLoginChanged"]),
    ];

    private static readonly string[] Columns = ["None", .. Enum.GetNames<AgentStatus>()];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (command, expectations) in Matrix)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                cells.Add(Columns[i], command, expectations[i]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Given_a_status_when_commanded_then(string status, string command, string expected)
    {
        var decision = AgentDecider.Decide(Commands[command], Fold(History(status)));
        (decision.Refusal?.Code ?? string.Join('+', decision.Events.Select(e => e is AgentStatusChanged s ? s.Status.ToString() : e.GetType().Name))).ShouldBe(expected);
    }

    [Fact]
    public void The_matrix_has_every_status_and_every_command()
    {
        Matrix.Select(row => row.Command).ShouldBe(Commands.Keys);
        Matrix.ShouldAllBe(row => row.Cells.Length == Columns.Length);
        Commands.Values.Select(c => c.GetType()).Distinct().Count()
            .ShouldBe(typeof(AgentCommand).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(AgentCommand))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void A_name_is_needed(string name)
    {
        AgentDecider.Decide(new CreateAgent(Id, name, null, [], Now), Agent.Initial).Refusal!.Code.ShouldBe("AGENT_NAME_EMPTY");
        AgentDecider.Decide(new ChangeAgent(name, null, [], Now), Fold(History("Available"))).Refusal!.Code.ShouldBe("AGENT_NAME_EMPTY");
    }

    [Fact]
    public void Not_ready_keeps_its_reason_and_forgets_the_call() =>
        AgentDecider.Decide(Commands["not ready"], Fold(History("Available"))).Events.ShouldBe([new AgentStatusChanged(Id, AgentStatus.NotReady, Now, null, "lunch")]);

    [Fact]
    public void A_change_keeps_status_and_call()
    {
        var agent = Fold([.. History("Busy"), new AgentChanged(Id, "Ann B", "2002", [Theirs], Now.AddSeconds(9))]);
        (agent.Status, agent.CallId, agent.Name, agent.Extension).ShouldBe((AgentStatus.Busy, Mine, "Ann B", "2002"));
        agent.Since.ShouldBeLessThan(Now);
    }

    private static AgentEvent[] History(string status)
    {
        if (string.Equals(status, "None", StringComparison.Ordinal))
        {
            return [];
        }

        AgentEvent[] signedOut = [new AgentCreated(Id, "Ann", "2001", [Mine], Now.AddSeconds(-9))];
        AgentEvent[] signedIn = [.. signedOut, new AgentSignedIn(Id, Now.AddSeconds(-8))];
        return Enum.Parse<AgentStatus>(status) switch
        {
            AgentStatus.SignedOut => signedOut,
            AgentStatus.Available => signedIn,
            AgentStatus.NotReady => [.. signedIn, new AgentStatusChanged(Id, AgentStatus.NotReady, Now.AddSeconds(-7), null, "tea")],
            var onCall => [.. signedIn, new AgentStatusChanged(Id, onCall, Now.AddSeconds(-7), Mine)],
        };
    }

    private static Agent Fold(IEnumerable<AgentEvent> events) => events.Aggregate(Agent.Initial, Agent.Evolve);
}
