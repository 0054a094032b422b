using System.Collections.Immutable;
using System.Text.Json;

using CallCenter.Domain.Floor;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Flows;

public sealed class FlowDeciderTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly Guid Id = Flow.IdOf("bank");
    private static readonly Flow Saved = Flow.Evolve(Flow.Initial, new FlowSaved(Id, "bank", 1, FlowParserTests.Bank, At));

    [Fact]
    public void Saving_makes_versions_and_the_same_text_makes_none()
    {
        Decide(new SaveFlow(FlowParserTests.Bank, At), Flow.Initial).ShouldBe([new FlowSaved(Id, "bank", 1, FlowParserTests.Bank, At)]);
        Decide(new SaveFlow(FlowParserTests.Bank, At), Saved).ShouldBeEmpty();
        var changed = FlowParserTests.Bank + "# changed\n";
        Decide(new SaveFlow(changed, At), Saved).ShouldBe([new FlowSaved(Id, "bank", 2, changed, At)]);
    }

    [Fact]
    public void A_saved_version_is_activated_and_so_is_an_older_one_again()
    {
        Decide(new ActivateFlow(1, FlowParserTests.There(), At), Saved).ShouldBe([new FlowActivated(Id, "bank", 1, FlowParserTests.Bank, At)]);
        var active = Flow.Evolve(Saved, new FlowActivated(Id, "bank", 1, FlowParserTests.Bank, At));
        Decide(new ActivateFlow(1, FlowParserTests.There(), At), active).ShouldBeEmpty();
        var second = Flow.Evolve(Flow.Evolve(active, new FlowSaved(Id, "bank", 2, FlowParserTests.Bank, At)), new FlowActivated(Id, "bank", 2, FlowParserTests.Bank, At));
        Decide(new ActivateFlow(1, FlowParserTests.There(), At), second).ShouldBe([new FlowActivated(Id, "bank", 1, FlowParserTests.Bank, At)]);
    }

    [Fact]
    public void What_cannot_be_is_refused_with_its_place()
    {
        Refuse(new SaveFlow("flow: bank", At), Flow.Initial).ShouldBe("FLOW_FAULTS 1:1: A flow lacks steps: The steps by name.");
        Refuse(new SaveFlow(FlowParserTests.Flow("a: {do: hangUp}"), At), Saved).ShouldBe("FLOW_NAME This is flow f, not bank.");
        Refuse(new ActivateFlow(1, FlowParserTests.There(), At), Flow.Initial).ShouldStartWith("FLOW_NOT_FOUND");
        Refuse(new ActivateFlow(2, FlowParserTests.There(), At), Saved).ShouldBe("FLOW_VERSION_NOT_FOUND Flow bank has versions 1 to 1, not 2.");
        Refuse(new ActivateFlow(1, FlowParserTests.There() with { Queues = FlowParserTests.Set() }, At), Saved).ShouldContain("there is no queue Support");
    }

    [Fact]
    public async Task A_rehearsed_call_tells_its_way()
    {
        var goodbye = FlowParser.Parse("flow: goodbye\nsteps: {a: {do: say, say: Goodbye., next: return}}").Document!;
        var bank = FlowParser.Parse(FlowParserTests.Bank).Document!;
        var library = new[] { new FlowVersion("bank", 3, bank), new FlowVersion("goodbye", 1, goodbye) }.ToImmutableDictionary(f => f.Name);
        var state = FlowState.Of("bank", library, new Dictionary<string, string> { ["caller"] = "5551" }).ShouldNotBeNull();
        var lines = await FlowSimulator.RunAsync(state, new FlowRehearsal(["2", "12", "1234#", "4711", "5"], Answer, _ => true));
        string.Join('\n', lines.Select(line => $"{line.Step}|{line.What}")).ShouldBe("""
            |looks at calendar Bank
            open|hours: open
            |says "Welcome." (en)
            |says "Your number is 5 5 5 1." (en)
            welcome|say: played
            |plays choose/language.wav
            language|menu: key-2 (2)
            |language = de
            german|set: set
            |says "Ihr Konto, bitte." (de)
            |says "Zu kurz." (de)
            |says "Ihr Konto, bitte." (de)
            account|collect: entered (1234)
            |asks GET http://bank.example/accounts/1234
            find|lookup: found
            |says "Your PIN, please." (de)
            |asks bank: select crypt($2, pin) = pin as valid from accounts where number = $1
            pin|verify: verified (****)
            standing|branch: otherwise
            |says "Ann, your balance is 12." (de)
            balance|say: played
            |self-service completed
            |says "How content are you, from 1 to 5?" (de)
            |content: 5 of 1 to 5
            score|survey: answered (5)
            goodbye|flow: entered
            |says "Goodbye." (de)
            a|say: played
            goodbye|flow: returned
            bye|hangUp: hang-up
            |leaves for hangup
            """);

        static Task<FlowAnswer> Answer(FlowAsk ask) =>
            Task.FromResult<FlowAnswer>(new FlowAnswer.Found(JsonElement.Parse(ask.Step == "find" ? """{"account": {"balance": 12}, "owner": "Ann"}""" : """{"valid": true}""")));
    }

    [Fact]
    public async Task A_rehearsed_call_tells_what_it_needs_in_its_queue()
    {
        var flow = FlowParser.Parse(FlowParserTests.Flow("a: {do: queue, queue: Q, skills: [{skill: german, level: 5, relax: [{after: 30, level: 2}]}, {skill: loans, preferred: true}], agent: \"{caller}\", segment: gold}")).Document!;
        var state = FlowState.Of("f", ImmutableDictionary.CreateRange([KeyValuePair.Create("f", new FlowVersion("f", 1, flow))]), new Dictionary<string, string> { ["caller"] = "5551" }).ShouldNotBeNull();
        var lines = await FlowSimulator.RunAsync(state, new FlowRehearsal([], _ => throw new InvalidOperationException(), _ => null));
        lines.Select(line => line.What).ShouldBe(["segment = gold", "queue: left", "leaves for queue Q", "requires german 5, 2 after 30 s", "prefers loans 1", "waits for agent 5551, after 30 s for anybody"]);
    }

    [Fact]
    public void What_a_numbers_calls_need_must_be_possible()
    {
        Refuse(new ContactNeeds { AgentPatienceSeconds = 0 }).ShouldBe("An agent is waited for 1 to 3600 s, not 0.");
        Refuse(new ContactNeeds { Skills = [new SkillNeed("german", 11)] }).ShouldBe("Skill german: proficiency is 1 to 10, not 11.");

        static string? Refuse(ContactNeeds needs) =>
            NumberDecider.Decide(new ConfigureNumber("1000", new NumberSettings(new Destination(DestinationKind.Queue, "Q")) { Needs = needs }, At), DialledNumber.Initial).Refusal?.Message;
    }

    [Fact]
    public void A_dialled_number_is_configured_and_removed()
    {
        var settings = new NumberSettings(new Destination(DestinationKind.Flow, "bank")) { Language = "de", Priority = 3, Topic = "loans" };
        var id = DialledNumber.IdOf("1000");
        NumberDecider.Decide(new ConfigureNumber("1000", settings, At), DialledNumber.Initial).Events.ShouldBe([new NumberConfigured(id, "1000", settings, At)]);
        var configured = DialledNumber.Evolve(DialledNumber.Initial, new NumberConfigured(id, "1000", settings, At));
        NumberDecider.Decide(new RemoveNumber(At), configured).Events.ShouldBe([new NumberRemoved(id, At)]);
        NumberDecider.Decide(new RemoveNumber(At), DialledNumber.Initial).Refusal!.Code.ShouldBe("NUMBER_NOT_FOUND");
        NumberDecider.Decide(new RemoveNumber(At), DialledNumber.Evolve(configured, new NumberRemoved(id, At))).Refusal!.Code.ShouldBe("NUMBER_NOT_FOUND");
    }

    public static TheoryData<string, NumberSettings, string> WrongNumbers => new()
    {
        { "1 000", new NumberSettings(new Destination(DestinationKind.HangUp)), "1 000" },
        { "1000", new NumberSettings(new Destination(DestinationKind.Flow)), "leads to a flow" },
        { "1000", new NumberSettings(new Destination(DestinationKind.HangUp)) { Priority = 10 }, "0 to 9" },
        { "1000", new NumberSettings(new Destination(DestinationKind.HangUp)) { Language = "German" }, "German" },
        { "1000", new NumberSettings(new Destination(DestinationKind.HangUp)) { Topic = "" }, "topic" },
        { "1000", new NumberSettings(new Destination(DestinationKind.HangUp)) { Attributes = new Dictionary<string, string> { ["caller"] = "x" } }, "caller" },
        { "1000", new NumberSettings(new Destination(DestinationKind.HangUp)) { Attributes = new Dictionary<string, string> { ["a b"] = "x" } }, "a b" },
    };

    [Theory]
    [MemberData(nameof(WrongNumbers))]
    public void What_makes_no_sense_for_a_number_is_refused_and_named(string number, NumberSettings settings, string named) =>
        NumberDecider.Decide(new ConfigureNumber(number, settings, At), DialledNumber.Initial).Refusal.ShouldNotBeNull().Message.ShouldContain(named);

    private static IReadOnlyList<FlowEvent> Decide(FlowCommand command, Flow flow) => FlowDecider.Decide(command, flow).Events;

    private static string Refuse(FlowCommand command, Flow flow) => FlowDecider.Decide(command, flow).Refusal is { } refusal ? $"{refusal.Code} {refusal.Message}" : "accepted";
}
