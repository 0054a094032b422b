using System.Collections.Immutable;
using System.Text.Json;

using CallCenter.Domain.Flows;
using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Tests.Flows;

/// <summary>Given a flow, when these things come in, then this is done.</summary>
public sealed class FlowMachineTests
{
    private const string Menu = "a: {do: menu, say: Choose., keys: {1: b, 2: return}, tries: 2, afterSilence: Hello?, afterInvalid: No., silent: s, invalid: i}";
    private static readonly string[] Ends = ["s: {do: transfer, to: silent, failed: return}", "i: {do: transfer, to: invalid, failed: return}"];

    [Fact]
    public void What_is_said_has_the_calls_values_and_language()
    {
        var call = Begin(FlowParserTests.Flow("""a: {do: say, say: {en: "Hello {caller:digits}, {{you}}", de: "Hallo {caller}"}, next: return}"""), ("language", "de"));
        call.Plays.ShouldBe("de Hallo 5551");
        Begin(FlowParserTests.Flow("""a: {do: say, say: {en: "Hello {caller:digits}, {{you}}", de: "Hallo {caller}"}, next: return}""")).Plays.ShouldBe("en Hello 5 5 5 1, {you}", "en-us has no text of its own");
        Begin(FlowParserTests.Flow("a: {do: say, say: {fr: Bonjour, it: Ciao}, next: return}")).Plays.ShouldBe("fr Bonjour", "a caller hears something");
        Begin(FlowParserTests.Flow("a: {do: play, play: [x.wav, {en: y.wav, de: z.wav}], next: return}"), ("language", "de")).Plays.ShouldBe("x.wav; z.wav");
    }

    [Fact]
    public void A_key_of_a_menu_leads_on_and_interrupts_what_is_heard()
    {
        var call = Begin(FlowParserTests.Flow([Menu, "b: {do: queue, queue: Q}", .. Ends]));
        call.Take(new FlowKey('1'));
        call.Effects.ShouldContain(new FlowHush());
        call.Taken.ShouldBe("a key-1 (1)");
        call.Left.ShouldBe(new Destination(DestinationKind.Queue, "Q"));
    }

    [Fact]
    public void Where_barge_in_is_off_keys_count_after_the_prompt_only()
    {
        var call = Begin(FlowParserTests.Flow([Menu.Replace("tries: 2", "tries: 2, bargeIn: false"), "b: {do: queue, queue: Q}", .. Ends]));
        call.Take(new FlowKey('1'));
        call.Effects.ShouldBeEmpty();
        call.PlaybackEnds();
        call.Waits.ShouldBe(TimeSpan.FromSeconds(5));
        call.Take(new FlowKey('1'));
        call.Left!.Kind.ShouldBe(DestinationKind.Queue);
    }

    [Fact]
    public void Silence_and_wrong_keys_are_asked_again_and_then_go_their_own_ways()
    {
        var call = Begin(FlowParserTests.Flow([Menu, "b: {do: hangUp}", .. Ends]));
        call.PlaybackEnds();
        call.TimeRunsOut();
        call.Plays.ShouldBe("en-us Hello?; en-us Choose.");
        call.PlaybackEnds();
        call.TimeRunsOut();
        (call.Taken, call.Left).ShouldBe(("a silent", new Destination(DestinationKind.Number, "silent")));

        call = Begin(FlowParserTests.Flow([Menu, "b: {do: hangUp}", .. Ends]));
        call.Take(new FlowKey('9'));
        call.Plays.ShouldBe("en-us No.; en-us Choose.");
        call.Take(new FlowKey('#'));
        (call.Taken, call.Left).ShouldBe(("a invalid", new Destination(DestinationKind.Number, "invalid")));
    }

    [Fact]
    public void Ends_of_older_playbacks_and_timers_and_keys_that_are_none_change_nothing()
    {
        var call = Begin(FlowParserTests.Flow([Menu, "b: {do: hangUp}", .. Ends]));
        var first = call.Serial;
        call.PlaybackEnds();
        var timer = call.Serial;
        call.Take(new FlowKey('9'));
        foreach (var late in new FlowInput[] { new FlowPlayed(first), new FlowTimeUp(timer), new FlowBegun(), new FlowKey('A'), new FlowKey('!'), new FlowHours(timer, true), new FlowAnswered(timer, new FlowAnswer.Missing()) })
        {
            call.Take(late);
            call.Effects.ShouldBeEmpty(late.GetType().Name);
            call.State.Phase.ShouldBe(FlowPhase.Playing);
        }
    }

    [Theory]
    [InlineData("1234#", "1234", "entered")]
    [InlineData("123456", "123456", "entered")]
    [InlineData("1234", "1234", "entered")]
    [InlineData("12#", null, "incomplete")]
    [InlineData("12", null, "incomplete")]
    [InlineData("", null, "silent")]
    public void Digits_are_complete_by_number_key_or_pause(string keys, string? entered, string result)
    {
        var call = Begin(FlowParserTests.Flow(
            "a: {do: collect, say: Account?, into: account, min: 4, max: 6, tries: 1, silent: s, invalid: i, incomplete: s, next: b}", "b: {do: transfer, to: \"{account}\", failed: return}", Ends[0], Ends[1]));
        call.PlaybackEnds();
        foreach (var key in keys)
        {
            call.Take(new FlowKey(key));
        }

        if (call.Left is null)
        {
            call.TimeRunsOut();
        }

        call.Taken.ShouldBe($"a {result}{(entered is null ? "" : $" ({entered})")}");
        call.Left.ShouldBe(new Destination(DestinationKind.Number, entered ?? "silent"));
    }

    [Fact]
    public void Keys_are_waited_for_one_after_the_other()
    {
        var call = Begin(FlowParserTests.Flow("a: {do: collect, say: Account?, into: account, max: 6, timeout: 8, betweenKeys: 2, silent: s, invalid: i, next: i}", Ends[0], Ends[1]));
        call.PlaybackEnds();
        call.Waits.ShouldBe(TimeSpan.FromSeconds(8));
        call.Take(new FlowKey('1'));
        call.Waits.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Who_knows_the_way_keys_ahead()
    {
        var call = Begin(FlowParserTests.Flow(
            "w: {do: say, say: Welcome., next: a}", Menu, "b: {do: say, say: Now., next: c}",
            "c: {do: collect, say: Account?, into: account, max: 4, silent: s, invalid: i, next: d}", "d: {do: lookup, http: {url: \"http://h/{account}\"}, failed: m, next: m}",
            "m: {do: menu, say: And?, keys: {3: s}, silent: s, invalid: i}", Ends[0], Ends[1]));
        var keys = "11234".Select(key => new FlowKey(key)).ToArray();
        call.Take(keys[0]);
        call.Taken.ShouldBe("w interrupted, a key-1 (1)", "the key that ends the welcome is the menu's");
        foreach (var key in keys[1..])
        {
            call.Take(key);
        }

        call.Asks<FlowHttpQuestion>().Url.ShouldBe("http://h/1234");
        call.Take(new FlowKey('3'));
        call.Answer("{}");
        call.Left.ShouldBe(new Destination(DestinationKind.Number, "silent"), "a key pressed while it was looked up");
    }

    [Fact]
    public void After_a_wrong_key_what_was_keyed_ahead_does_not_count()
    {
        var call = Begin(FlowParserTests.Flow(["w: {do: lookup, http: {url: \"http://h/\"}, failed: a, next: a}", Menu, "b: {do: hangUp}", .. Ends]));
        call.Take(new FlowKey('9'));
        call.Take(new FlowKey('1'));
        call.Answer("{}");
        call.Plays.ShouldBe("en-us No.; en-us Choose.");
    }

    [Theory]
    [InlineData("gold", "vip")]
    [InlineData("-0.5", "debt")]
    [InlineData("1000", "rich")]
    [InlineData("999.99", "normal")]
    [InlineData("", "normal")]
    public void A_branch_compares_texts_and_numbers(string value, string to)
    {
        var call = Begin(FlowParserTests.Flow(
            "a: {do: branch, on: \"{v}\", cases: [{is: gold, next: x}, {below: 0, next: y}, {from: 1000, next: z}], otherwise: n}",
            "x: {do: transfer, to: vip, failed: return}", "y: {do: transfer, to: debt, failed: return}", "z: {do: transfer, to: rich, failed: return}", "n: {do: transfer, to: normal, failed: return}").Replace("steps:", "variables: {v: \"\"}\nsteps:"), ("v", value));
        call.Left.ShouldBe(new Destination(DestinationKind.Number, to));
    }

    [Fact]
    public void What_is_set_is_the_calls_and_the_flows()
    {
        var call = Begin(FlowParserTests.Flow("a: {do: set, values: {topic: loans, who: \"{caller}\"}, next: b}", "b: {do: transfer, to: \"{who}\", failed: return}"));
        call.Effects.OfType<FlowAttribute>().ShouldBe([new FlowAttribute("topic", "loans", HasValues: false), new FlowAttribute("who", "5551", HasValues: true)]);
        call.Left.ShouldBe(new Destination(DestinationKind.Number, "5551"));
    }

    [Fact]
    public void A_queue_is_told_what_the_call_needs_and_how_it_ranks()
    {
        var call = Begin(FlowParserTests.Flow(
            "a: {do: queue, queue: Q, skills: [{skill: german, level: 5, relax: [{after: 30, level: 2}]}, {skill: loans, preferred: true}], agent: \"{who}\", patience: 45, priority: 7, segment: gold}").Replace("steps:", "variables: {who: \"\"}\nsteps:"),
            ("who", "2003"));
        var needs = call.All.OfType<FlowLeft>().Single().Needs.ShouldNotBeNull();
        (needs.Agent, needs.AgentPatienceSeconds).ShouldBe(("2003", 45));
        needs.Skills.Select(need => (need.Name, need.Minimum, need.Strength)).ShouldBe([("german", 5, SkillStrength.Required), ("loans", 1, SkillStrength.Preferred)]);
        needs.Skills[0].Relaxations.ShouldBe([new SkillRelaxation(30, 2)]);
        call.Effects.OfType<FlowAttribute>().Select(a => (a.Name, a.Value)).ShouldBe([("priority", "7"), ("segment", "gold")]);
        Begin(FlowParserTests.Flow("a: {do: queue, queue: Q, priority: 7}")).All.OfType<FlowLeft>().Single().Needs.ShouldBeNull();
    }

    [Theory]
    [InlineData(true, "x")]
    [InlineData(false, "y")]
    [InlineData(null, "y")]
    public void Hours_are_asked_for(bool? open, string to)
    {
        var call = Begin(FlowParserTests.Flow("a: {do: hours, calendar: C, open: o, closed: c}", "o: {do: transfer, to: x, failed: return}", "c: {do: transfer, to: y, failed: return}"));
        call.Effects.ShouldBe([new FlowAskHours(call.Serial, "C")]);
        call.Take(new FlowHours(call.Serial, open));
        call.Left.ShouldBe(new Destination(DestinationKind.Number, to));
    }

    [Fact]
    public void An_answer_gives_variables_their_values_and_failures_go_their_own_ways()
    {
        var source = FlowParserTests.Flow(
            """a: {do: lookup, http: {url: "http://h/a?n={caller}&x={v}", body: {q: "{v}"}, retries: 2}, into: {b: /account/0/balance, none: /nothing}, missing: m, failed: f, next: n}""",
            "n: {do: transfer, to: \"{b}{none}\", failed: return}", "m: {do: transfer, to: missing, failed: return}", "f: {do: transfer, to: failed, failed: return}").Replace("steps:", "variables: {v: \"\"}\nsteps:");
        var call = Begin(source, ("v", "a\"b&c"));
        var question = call.Asks<FlowHttpQuestion>();
        (question.Method, question.Url, question.Body, question.Retries).ShouldBe(("POST", "http://h/a?n=5551&x=a%22b%26c", """{"q":"a\u0022b\u0026c"}""", 2));
        call.Answer("""{"account": [{"balance": 12.50}]}""");
        call.Left.ShouldBe(new Destination(DestinationKind.Number, "12.50"));
        Begin(source).Answer(new FlowAnswer.Missing()).Left!.Target.ShouldBe("missing");
        Begin(source).Answer(new FlowAnswer.Failed("dead")).Left!.Target.ShouldBe("failed");
    }

    [Fact]
    public void A_pin_goes_to_whom_it_is_for_and_nowhere_else()
    {
        var source = FlowParserTests.Flow(
            """a: {do: verify, say: PIN?, max: 4, tries: 2, sql: {connection: c, query: "select $1 = $2", parameters: ["{pin}", "{caller}"]}, silent: s, invalid: i, failed: i, next: n}""",
            "n: {do: transfer, to: verified, failed: return}", Ends[0], Ends[1]);
        var call = Begin(source);
        var told = new List<string>();
        foreach (var key in "4711")
        {
            call.Take(new FlowKey(key));
            told.Add($"{call.State} {string.Join(' ', call.Effects)}");
        }

        call.Asks<FlowSqlQuestion>().Parameters.ShouldBe(["4711", "5551"]);
        call.State.Variables.Values.ShouldNotContain("4711");
        call.Answer("""{"valid": false}""");
        call.Plays.ShouldBe("en-us PIN?");
        foreach (var key in "4711")
        {
            call.Take(new FlowKey(key));
        }

        call.Answer("""{"valid": true}""");
        (call.Taken, call.Left!.Target).ShouldBe(($"a verified ({FlowMachine.Masked})", "verified"));
        told.Add($"{call.State} {string.Join(' ', call.Effects)} {string.Join(' ', call.State.Variables.Values)}");
        string.Join('\n', told).ShouldNotContain("4711");
        string.Join('\n', told).ShouldNotContain("FlowKey { Key");
    }

    [Theory]
    [InlineData("""{"valid": "true"}""", "verified")]
    [InlineData("""{"valid": 1}""", "invalid")]
    [InlineData("{}", "invalid")]
    [InlineData(null, "failed")]
    public void Only_a_plain_yes_verifies(string? answer, string to)
    {
        var call = Begin(FlowParserTests.Flow(
            """a: {do: verify, max: 1, tries: 1, http: {url: "http://h/", body: {p: "{pin}"}}, silent: s, invalid: i, failed: f, next: n}""",
            "n: {do: transfer, to: verified, failed: return}", "f: {do: transfer, to: failed, failed: return}", Ends[0], Ends[1]));
        call.Take(new FlowKey('7'));
        _ = answer is null ? call.Answer(new FlowAnswer.Failed("dead")) : call.Answer(answer);
        call.Left.ShouldBe(new Destination(DestinationKind.Number, to));
    }

    [Theory]
    [InlineData(1, 5, "4", 4)]
    [InlineData(0, 10, "10", 10)]
    [InlineData(0, 10, "7#", 7)]
    [InlineData(1, 5, "6", null)]
    public void A_survey_takes_scores_of_its_scale(int lowest, int highest, string keys, int? score)
    {
        var call = Begin(FlowParserTests.Flow($"a: {{do: survey, question: q, say: How?, lowest: {lowest}, highest: {highest}, tries: 1, silent: s, invalid: i, next: n}}", "n: {do: hangUp}", Ends[0], Ends[1]));
        foreach (var key in keys)
        {
            call.Take(new FlowKey(key));
        }

        call.All.OfType<FlowScored>().SingleOrDefault().ShouldBe(score is { } given ? new FlowScored("q", given, lowest, highest) : null);
        call.Left!.Kind.ShouldBe(score is null ? DestinationKind.Number : DestinationKind.HangUp);
    }

    [Fact]
    public void Another_flow_is_gone_through_in_its_active_version_and_returns()
    {
        var sub = FlowParserTests.Flow("x: {do: say, say: \"{v}\", next: return}").Replace("flow: f", "flow: g\nvariables: {v: own}");
        var call = Begin(FlowParserTests.Flow("a: {do: flow, flow: g, next: b}", "b: {do: hangUp, completed: true}"), sub);
        call.Plays.ShouldBe("en-us own");
        call.PlaybackEnds();
        call.All.OfType<FlowStepTaken>().Select(taken => $"{taken.Flow}.{taken.Step} {taken.Result}").ShouldBe(["f.a entered", "g.x played", "f.a returned", "f.b hang-up"]);
        call.All.ShouldContain(new FlowCompleted("f", "b"));
        call.Left.ShouldBe(new Destination(DestinationKind.HangUp));
    }

    [Fact]
    public void A_call_that_is_not_taken_where_it_was_sent_goes_on_in_the_flow()
    {
        var call = Begin(FlowParserTests.Flow("a: {do: transfer, to: \"2001\", failed: b}", "b: {do: queue, queue: Q}"));
        call.State.GoesOnIfNotTaken.ShouldBeTrue();
        call.Take(new FlowNotTaken());
        call.All.OfType<FlowStepTaken>().Select(t => $"{t.Step} {t.Result}").ShouldBe(["a left", "a not-taken", "b left"]);
        call.All.OfType<FlowLeft>().Select(left => left.To).ShouldBe([new Destination(DestinationKind.Number, "2001"), new Destination(DestinationKind.Queue, "Q")]);
        call.State.GoesOnIfNotTaken.ShouldBeFalse();
        call.Take(new FlowNotTaken());
        call.Effects.ShouldBeEmpty();
    }

    [Fact]
    public void A_step_completes_self_service_when_it_is_done_and_not_before()
    {
        var call = Begin(FlowParserTests.Flow("a: {do: say, say: Your balance., completed: true, next: return}"));
        call.All.OfType<FlowCompleted>().ShouldBeEmpty();
        call.PlaybackEnds();
        call.All.ShouldContain(new FlowCompleted("f", "a"));
    }

    [Theory]
    [InlineData("g: {do: flow, flow: g, next: return}")]
    [InlineData("g: {do: flow, flow: h, next: return}")]
    public void A_flow_that_goes_through_itself_or_through_none_ends_with_the_reason(string step)
    {
        var call = Begin(FlowParserTests.Flow("a: {do: flow, flow: g, next: a}"), FlowParserTests.Flow(step).Replace("flow: f", "flow: g"));
        call.All.OfType<FlowLeft>().ShouldHaveSingleItem().Failed.ShouldNotBeNull().ShouldContain("Flow g 1, step g");
    }

    [Fact]
    public void Flows_that_go_round_without_waiting_are_stopped()
    {
        var call = Begin(FlowParserTests.Flow("a: {do: flow, flow: g, next: a}"), FlowParserTests.Flow("x: {do: set, values: {y: z}, next: return}").Replace("flow: f", "flow: g"));
        call.All.OfType<FlowLeft>().ShouldHaveSingleItem().Failed.ShouldNotBeNull().ShouldContain("no end is in sight");
    }

    private static Going Begin(string source, params (string Name, string Value)[] brought) => new([source], brought);

    private static Going Begin(string source, string other) => new([source, other], []);

    /// <summary>A call in a flow.</summary>
    private sealed class Going
    {
        public Going(string[] sources, (string Name, string Value)[] brought)
        {
            var flows = sources.Select(source => FlowParser.Parse(source)).Select(reading => new FlowVersion(reading.Document.ShouldNotBeNull(string.Join('\n', reading.Faults)).Name, 1, reading.Document!)).ToList();
            State = FlowState.Of(flows[0].Name, flows.ToImmutableDictionary(f => f.Name), brought.Append(("caller", "5551")).ToDictionary(b => b.Item1, b => b.Item2)).ShouldNotBeNull();
            Take(new FlowBegun());
        }

        public FlowState State { get; private set; }

        public IReadOnlyList<FlowEffect> Effects { get; private set; } = [];

        public List<FlowEffect> All { get; } = [];

        public string Plays => string.Join("; ", Effects.OfType<FlowPlay>().ShouldHaveSingleItem().Sounds.Select(sound => sound.File ?? $"{sound.Language} {sound.Text}"));

        public string Taken => string.Join(", ", Effects.OfType<FlowStepTaken>().Where(t => t.Kind is not "transfer" and not "queue").Select(t => $"{t.Step} {t.Result}{(t.Input is { } input ? $" ({input})" : "")}"));

        public Destination? Left => All.OfType<FlowLeft>().SingleOrDefault()?.To;

        public TimeSpan Waits => Effects.OfType<FlowWait>().ShouldHaveSingleItem().Time;

        public int Serial => All.Select(effect => effect switch { FlowPlay e => e.Serial, FlowWait e => e.Serial, FlowAsk e => e.Serial, FlowAskHours e => e.Serial, _ => 0 }).Max();

        public T Asks<T>() => All.OfType<FlowAsk>().Last().Question.ShouldBeOfType<T>();

        public void PlaybackEnds() => Take(new FlowPlayed(Serial));

        public void TimeRunsOut() => Take(new FlowTimeUp(Serial));

        public Going Answer(string json) => Answer(new FlowAnswer.Found(JsonElement.Parse(json)));

        public Going Answer(FlowAnswer answer)
        {
            Take(new FlowAnswered(Serial, answer));
            return this;
        }

        public void Take(FlowInput input)
        {
            var turn = FlowMachine.Take(State, input);
            (State, Effects) = (turn.State, turn.Effects);
            All.AddRange(Effects);
        }
    }
}
