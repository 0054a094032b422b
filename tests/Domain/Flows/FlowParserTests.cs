using System.Runtime.CompilerServices;

using CallCenter.Domain.Flows;

namespace CallCenter.Domain.Tests.Flows;

/// <summary>What is wrong with a flow is told with its line and column, all at once.</summary>
public sealed class FlowParserTests
{
    internal static string Bank { get; } = File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "bank.yaml"));

    /// <summary>A flow with these lines as its only steps; the first of them is on line 3.</summary>
    internal static string Flow(params string[] steps) => string.Join('\n', ["flow: f", "steps:", .. steps.Select(step => $"  {step}")]);

    [Fact]
    public void A_flow_with_every_kind_of_step_is_read()
    {
        var reading = FlowParser.Parse(Bank);
        reading.Faults.ShouldBeEmpty();
        var flow = reading.Document.ShouldNotBeNull();
        (flow.Name, flow.Language, flow.Start, flow.Steps.Count).ShouldBe(("bank", "en", "open", 18));
        flow.Steps.Values.Select(step => step.Kind).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(["branch", "callback", "collect", "flow", "hangUp", "hours", "lookup", "menu", "queue", "say", "set", "survey", "transfer", "verify", "voicemail"]);
        var collect = flow.Steps["account"].ShouldBeOfType<CollectStep>();
        (collect.Digits, collect.Incomplete.Step, collect.Input.Timeout, collect.Input.Tries).ShouldBe((new FlowDigits(4, 8, '#', TimeSpan.FromSeconds(3)), "person", TimeSpan.FromSeconds(7.5), 3));
        flow.Steps["pin"].ShouldBeOfType<VerifyStep>().Digits.ShouldBe(new FlowDigits(4, 4, '#', TimeSpan.FromSeconds(3)));
        flow.Steps["find"].ShouldBeOfType<LookupStep>().Request.ShouldBeOfType<FlowHttpRequest>().ShouldSatisfyAllConditions(
            http => (http.Method, http.Timeout, http.Retries).ShouldBe(("GET", TimeSpan.FromSeconds(2), 0)),
            http => http.Headers["x-key"].ShouldBe("abc"));
    }

    public static TheoryData<string, string> Wrong => new()
    {
        // Not a flow at all.
        { "", "1:1: A flow is one YAML document" },
        { "- a", "1:1: A flow is one YAML document" },
        { "flow: f\nsteps: {a: [", "3:1: This is no YAML" },
        { "flow: f\nflow: g\nsteps: {a: {do: hangUp}}", "2:1: This is no YAML" },
        { "flow: f\n!x flow: g\nsteps: {a: {do: hangUp}}", "2:1: flow is there twice" },
        { "flow: f", "1:1: A flow lacks steps" },
        { "steps: {a: {do: hangUp}}", "1:1: A flow lacks flow" },
        { "flow: f\nsteps: {}", "2:8: steps is a mapping with at least one entry" },
        { "flow: f\nstart: b\nsteps: {a: {do: hangUp}}", "1:1: There is no step b to start with" },
        { "flow: a b\nsteps: {a: {do: hangUp}}", "1:7: \"a b\" is not a name" },
        { "flow: f\nlanguage: English\nsteps: {a: {do: hangUp}}", "2:11: \"English\" is not a language" },
        { "flow: f\nvariables: {x: \"{y}\"}\nsteps: {a: {do: hangUp}}", "2:12: Variable x begins with a text" },

        // A step that is none.
        { Flow("a: {}"), "3:6: Step a does not say what to do" },
        { Flow("a: {do: sing}"), "3:11: \"sing\" is nothing that a step can do" },
        { Flow("return: {do: hangUp}"), "3:3: \"return\" in steps is not a step's name" },
        { Flow("a: {do: hangUp, next: a}"), "3:19: Step a (hangUp) has no field \"next\"" },
        { Flow("a: {do: say, say: x}"), "3:6: Step a (say) lacks next" },
        { Flow("a: {do: say, say: \" \", next: return}"), "3:21: There is nothing to be said" },
        { Flow("a: {do: say, say: [], next: return}"), "3:21: There is nothing to be heard" },
        { Flow("a: {do: say, say: {English: x}, next: return}"), "3:22: \"English\" is not a language" },
        { Flow("a: {do: play, play: ../x.wav, next: return}"), "3:23: \"../x.wav\" is not the name of a .wav file" },
        { Flow("a: {do: play, play: x.mp3, next: return}"), "3:23: \"x.mp3\" is not the name of a .wav file" },
        { Flow("a: {do: say, say: x, bargeIn: perhaps, next: return}"), "3:33: \"perhaps\" is not true or false" },
        { Flow("a: {do: menu, keys: {A: return}, silent: return, invalid: return}"), "3:24: \"A\" in keys is not a key" },
        { Flow("a: {do: menu, keys: {1: return}, tries: 0, silent: return, invalid: return}"), "3:43: tries is a whole number, 1 to 10, not \"0\"" },
        { Flow("a: {do: menu, keys: {1: return}, timeout: 61, silent: return, invalid: return}"), "3:45: timeout is a number of seconds, 0.5 to 60, not \"61\"" },
        { Flow("a: {do: menu, keys: {1: return}, invalid: return}"), "3:6: Step a (menu) lacks silent" },
        { Flow("a: {do: collect, into: 1x, max: 3, silent: return, invalid: return, next: return}"), "3:26: \"1x\" is not the name of a variable" },
        { Flow("a: {do: collect, into: x, min: 4, max: 3, silent: return, invalid: return, next: return}"), "3:34: min is at most max" },
        { Flow("a: {do: survey, question: q, lowest: 5, highest: 5, silent: return, invalid: return, next: return}"), "3:52: highest is above lowest" },
        { Flow("a: {do: branch, on: x, cases: [], otherwise: return}"), "3:33: cases is a list with at least one entry" },
        { Flow("a: {do: branch, on: x, cases: [{next: return}], otherwise: return}"), "3:34: A case has is, below or from" },
        { Flow("a: {do: branch, on: x, cases: [{below: low, next: return}], otherwise: return}"), "3:42: below is a number, not \"low\"" },

        { Flow("a: {do: voicemail}"), "3:6: Without mailbox it needs failed" },
        { Flow("a: {do: callback}"), "3:6: Without queue it needs failed" },

        { Flow("a: {do: queue, queue: Q, skills: []}"), "3:36: skills is a list with at least one entry" },
        { Flow("a: {do: queue, queue: Q, skills: [{level: 5}]}"), "3:37: A skill lacks skill" },
        { Flow("a: {do: queue, queue: Q, skills: [{skill: german, level: 11}]}"), "3:60: level is a whole number, 1 to 10" },
        { Flow("a: {do: queue, queue: Q, skills: [{skill: german}, {skill: german}]}"), "3:36: Skill german is named twice" },
        { Flow("a: {do: queue, queue: Q, skills: [{skill: german, relax: [{after: 10, level: 3}]}]}"), "3:36: Each relaxation of skill german must ask for less" },
        { Flow("a: {do: queue, queue: Q, priority: 10}"), "3:38: priority is a whole number, 0 to 9" },
        { Flow("a: {do: queue, queue: Q, patience: 10}"), "3:38: patience is for an agent" },
        { Flow("a: {do: queue, queue: Q, agent: \"2001\", patience: 0}"), "3:53: patience is a whole number, 1 to 3600" },
        { Flow("a: {do: queue, queue: Q, agent: \"{who}\"}"), "3:6: Step a: Nothing gives variable who a value" },

        // Requests.
        { Flow("a: {do: lookup, failed: return, next: return}"), "3:6: It is asked by http or by sql" },
        { Flow("a: {do: lookup, http: {url: /x}, failed: return, next: return}"), "3:31: \"/x\" is not an absolute http or https address" },
        { Flow("a: {do: lookup, http: {connection: b, url: \"http://h/x\"}, failed: return, next: return}"), "3:46: \"http://h/x\" is not a path from / on connection b" },
        { Flow("a: {do: lookup, http: {connection: b, url: \"//h/x\"}, failed: return, next: return}"), "3:46: \"//h/x\" is not a path from / on connection b" },
        { Flow("a: {do: lookup, http: {url: \"http://{caller}/x\"}, failed: return, next: return}"), "3:31: \"http://{caller}/x\" is not an absolute" },
        { Flow("a: {do: lookup, http: {url: \"http://h{caller}/x\"}, failed: return, next: return}"), "3:31: \"http://h{caller}/x\" is not an absolute" },
        { Flow("a: {do: lookup, http: {url: \"http://h/\", timeout: 31}, failed: return, next: return}"), "3:53: timeout is a number of seconds, 0.1 to 30" },
        { Flow("a: {do: lookup, http: {url: \"http://h/\"}, into: {x: y}, failed: return, next: return}"), "3:55: \"y\" is not a JSON pointer" },
        { Flow("a: {do: lookup, sql: {connection: c, query: \"select {caller}\"}, failed: return, next: return}"), "3:47: A variable never stands in a query" },
        { Flow("a: {do: lookup, sql: {connection: c, query: \"select 1\", parameters: [x]}, failed: return, next: return}"), "3:71: The query has no $1" },

        // What the steps say of each other.
        { Flow("a: {do: say, say: x, next: b}"), "3:30: There is no step b" },
        { Flow("a: {do: hangUp}", "b: {do: hangUp}"), "4:6: Nothing leads to step b" },
        { Flow("a: {do: say, say: \"{x}\", next: return}"), "3:6: Step a: Nothing gives variable x a value" },
        { Flow("a: {do: say, say: \"{x\", next: return}"), "3:21: There is a { without its }" },
        { Flow("a: {do: say, say: \"{x:words}\", next: return}"), "3:21: \"words\" is no way to say a variable" },
        { Flow("a: {do: set, values: {caller: x}, next: return}"), "3:6: Step a: caller is a name with a meaning of its own" },
        { Flow("a: {do: set, values: {language: German}, next: return}"), "3:6: Step a: \"German\" is not a language" },
        { Flow("a: {do: set, values: {x: y}, next: b}", "b: {do: hours, calendar: C, open: a, closed: return}"), "3:6: Steps a, b lead round to a without ever waiting" },
        { Flow("a: {do: say, say: \"{pin}\", next: return}"), "3:6: Step a: The PIN is known to a request of a verify step only" },
        { Flow("a: {do: lookup, http: {url: \"http://h/\", body: {p: \"{pin}\"}}, failed: return, next: return}"), "3:6: Step a: The PIN may stand in the body" },
        { Flow("a: {do: verify, max: 4, http: {url: \"http://h/{pin}\", body: {p: \"{pin}\"}}, silent: return, invalid: return, failed: return, next: return}"), "3:6: Step a: The PIN may stand in the body" },
        { Flow("a: {do: verify, max: 4, http: {url: \"http://h/\"}, silent: return, invalid: return, failed: return, next: return}"), "3:6: Step a: A verify step sends {pin}" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_wrong_is_named_with_its_place(string source, string fault)
    {
        var reading = FlowParser.Parse(source);
        reading.Document.ShouldBeNull();
        reading.Faults.ShouldContain(f => f.ToString().StartsWith(fault), string.Join('\n', reading.Faults));
    }

    [Fact]
    public void All_that_is_wrong_is_told_at_once_in_the_order_of_the_text() =>
        FlowParser.Parse(Flow("a: {do: say, say: x}", "b: {do: dance}", "c: {do: say, next: return}")).Faults.Select(f => f.Place)
            .ShouldBe([new FlowPlace(3, 6), new FlowPlace(4, 11), new FlowPlace(5, 6)]);

    [Fact]
    public void What_nests_without_end_or_is_too_long_is_refused_before_it_is_read()
    {
        FlowParser.Parse(new string('[', 200_000)).Faults.ShouldHaveSingleItem().Message.ShouldContain("nests deeper");
        FlowParser.Parse(new string(' ', FlowParser.LongestSource + 1)).Faults.ShouldHaveSingleItem().Message.ShouldContain("at most");
        FlowParser.Parse("a: &a [*a]").Faults.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_loop_in_which_the_caller_is_asked_is_none() =>
        FlowParser.Parse(Flow("a: {do: menu, keys: {1: b}, silent: a, invalid: return}", "b: {do: set, values: {x: y}, next: a}")).Faults.ShouldBeEmpty();

    [Fact]
    public void Whatever_is_cut_out_of_a_flow_the_parser_answers()
    {
        for (var i = 0; i < Bank.Length; i += 11)
        {
            var reading = FlowParser.Parse(Bank.Remove(i, Math.Min(5, Bank.Length - i)));
            (reading.Document is null).ShouldBe(reading.Faults.Count > 0);
        }
    }

    [Fact]
    public void What_a_flow_names_must_be_there_when_it_is_activated()
    {
        var flow = FlowParser.Parse(Bank).Document!;
        FlowReferences.Faults(flow, There()).ShouldBeEmpty();
        FlowReferences.Faults(flow, There() with { Queues = Set(), Flows = Set(), Calendars = Set(), Connections = Set(), Mailboxes = Set(), Files = Set() }).Select(f => f.Message).ShouldBe(
        [
            "Step open: there is no calendar Bank.", "Step language: there is no recorded prompt choose/language.wav.", "Step pin: there is no connection bank.",
            "Step goodbye: there is no flow goodbye that is active.", "Step later: there is no queue Support.", "Step message: there is no mailbox Support.", "Step agent: there is no queue Support.",
        ]);
    }

    [Fact]
    public void A_skill_that_nobody_has_and_an_agent_who_is_not_there_are_named_with_their_places()
    {
        var there = There() with { Queues = Set("Q"), Skills = Set("german"), Agents = Set("2001") };
        Faults("a: {do: queue, queue: Q, skills: [{skill: german}], agent: \"2001\"}").ShouldBeEmpty();
        Faults("a: {do: queue, queue: Q, agent: \"{caller}\"}").ShouldBeEmpty("who that is turns out with the call");
        Faults("a: {do: queue, queue: Q, skills: [{skill: german}, {skill: latin}], agent: \"2009\"}").ShouldBe(["3:62: Step a: no agent has skill latin.", "3:78: Step a: there is no agent 2009."]);

        IEnumerable<string> Faults(string step) => FlowReferences.Faults(FlowParser.Parse(Flow(step)).Document.ShouldNotBeNull(), there).Select(fault => $"{fault}");
    }

    [Fact]
    public void A_web_service_that_a_flow_names_must_be_in_the_configuration()
    {
        var flow = FlowParser.Parse(Flow("a: {do: lookup, http: {connection: bank, url: \"/accounts/{caller}\"}, failed: return, next: return}")).Document!;
        FlowReferences.Faults(flow, There()).ShouldHaveSingleItem().Message.ShouldBe("Step a: there is no connection to a web service bank.");
        FlowReferences.Faults(flow, There() with { WebServices = Set("bank") }).ShouldBeEmpty();
    }

    internal static FlowSurroundings There() => new(Set("Support"), Set("goodbye"), Set("Bank"), Set("bank"), Set("Support"), Set("choose/language.wav"));

    internal static HashSet<string> Set(params string[] names) => new(names, StringComparer.Ordinal);

    private static string Here([CallerFilePath] string file = "") => file;
}
