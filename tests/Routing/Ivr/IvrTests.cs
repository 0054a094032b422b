using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests.Ivr;

/// <summary>Calls that go through flows, on a real store.</summary>
[Collection(PostgresCollection.Name)]
public sealed class IvrTests(PostgresFixture postgres)
{
    private const string Menu = """
        flow: main
        steps:
          choose: {do: menu, say: Press 1 for your balance and 2 for an agent., keys: {1: balance, 2: agent}, silent: agent, invalid: agent}
          balance: {do: say, say: Twelve., completed: true, next: choose}
          agent: {do: queue, queue: Support}
        """;

    [Fact]
    public async Task A_dialled_number_leads_into_a_flow_and_a_key_to_a_queue()
    {
        await using var floor = await StartAsync(new NumberSettings(Main) { Topic = "loans", Attributes = new Dictionary<string, string> { ["brand"] = "blue" } }, Menu);
        await floor.RegisterAsync(0);
        floor.Switch.Playing = (_, _, _) => { };
        var caller = floor.Switch.Call("3000");
        await floor.VerbAsync($"Play {caller.Value}");
        Press(floor, caller, "2");
        await floor.OriginatedAsync(0);

        await floor.TellsAsync(caller, "CallReceived", "CallAttributeSet", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallQueued", "CallOffered");
        var events = await floor.RevealedAsync(caller);
        events.OfType<CallReceived>().Single().Topic.ShouldBe("loans");
        events.OfType<CallAttributeSet>().Single().ShouldSatisfyAllConditions(e => (e.Name, e.Value).ShouldBe(("brand", "blue")));
        events.OfType<IvrStepTaken>().Select(e => $"{e.Flow} {e.Version} {e.Step} {e.Kind} {e.Result} {e.Input}").ShouldBe(["main 1 choose menu key-2 2", "main 1 agent queue left "]);
        floor.Switch.Verbs.ShouldContain($"StopPlaying {caller.Value}", "a key interrupts what is heard");
    }

    [Fact]
    public async Task Who_was_served_and_hangs_up_is_self_served_and_who_was_not_has_left()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), Menu);
        var (served, left) = (floor.Switch.Call("3000"), floor.Switch.Call("3000"));
        await floor.VerbAsync($"Play {served.Value}");
        Press(floor, served, "1");
        await RoutingHarness.UntilAsync(async () => (await floor.EventsAsync(served)).OfType<SelfServiceCompleted>().Any(), () => "nobody was served");
        floor.Switch.Notify(new LegEnded(served, LegEndReason.RemoteHangUp, null, null));
        floor.Switch.Notify(new LegEnded(left, LegEndReason.RemoteHangUp, null, null));

        (await EndAsync(floor, served)).ShouldSatisfyAllConditions(e => (e.EndedBy, e.Outcome).ShouldBe((CallParty.Caller, CallOutcome.SelfServed)));
        (await EndAsync(floor, left)).Outcome.ShouldBe(CallOutcome.LeftInIvr);
    }

    [Fact]
    public async Task A_flow_ends_the_call()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), "flow: main\nsteps: {a: {do: say, say: Goodbye., next: b}, b: {do: hangUp, completed: true}}");
        var caller = floor.Switch.Call("3000");
        await floor.VerbAsync($"HangUp {caller.Value}");
        (await EndAsync(floor, caller)).ShouldSatisfyAllConditions(e => (e.EndedBy, e.Cause, e.Outcome).ShouldBe((CallParty.System, "flow-ended", CallOutcome.SelfServed)));
    }

    [Fact]
    public async Task A_key_that_comes_in_two_ways_counts_once()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), "flow: main\nsteps: {a: {do: collect, into: n, max: 4, silent: b, invalid: b, next: b}, b: {do: hangUp}}");
        var caller = floor.Switch.Call("3000");
        await floor.VerbAsync($"DetectDtmf {caller.Value}");
        foreach (var key in "1123")
        {
            floor.Switch.Notify(new DtmfReceived(caller, key, null, DtmfMethod.TelephoneEvent));
            floor.Switch.Notify(new DtmfReceived(caller, key, null, DtmfMethod.Info));
        }

        await EndAsync(floor, caller);
        (await floor.RevealedAsync(caller)).OfType<IvrStepTaken>().First().Input.ShouldBe("1123");
    }

    [Fact]
    public async Task Calls_keep_the_version_that_they_began_with_and_numbers_change_at_once()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), Menu);
        var early = floor.Switch.Call("3000");
        await floor.VerbAsync($"Play {early.Value}");
        await floor.AppendAsync(Flow.IdOf("main"), Flow.StreamType, new FlowActivated(Flow.IdOf("main"), "main", 2, "flow: main\nsteps: {b: {do: hangUp}}", DateTimeOffset.UtcNow));
        await floor.Router.ConfigureAsync();

        (await EndAsync(floor, floor.Switch.Call("3000"))).Cause.ShouldBe("flow-ended");
        Press(floor, early, "2");
        await floor.TellsAsync(early, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallQueued");

        await floor.AppendAsync(DialledNumber.IdOf("3000"), DialledNumber.StreamType, new NumberRemoved(DialledNumber.IdOf("3000"), DateTimeOffset.UtcNow));
        await floor.Router.ConfigureAsync();
        await floor.VerbAsync($"Reject {floor.Switch.Call("3000").Value} 404");
    }

    [Fact]
    public async Task A_pin_is_checked_by_the_database_and_stands_nowhere()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), """
            flow: main
            steps:
              pin:
                do: verify
                say: Your PIN?
                min: 4
                max: 8
                sql: {connection: center, query: "select md5($1) = md5('8' || '15' || '4711') as valid", parameters: ["{pin}"]}
                silent: agent
                invalid: agent
                failed: agent
                next: bye
              bye: {do: hangUp, completed: true}
              agent: {do: queue, queue: Support}
            """);
        var caller = floor.Switch.Call("3000");
        await floor.VerbAsync($"DetectDtmf {caller.Value}");
        Press(floor, caller, "8154711#");
        (await EndAsync(floor, caller)).Outcome.ShouldBe(CallOutcome.SelfServed);
        (await floor.RevealedAsync(caller)).OfType<IvrStepTaken>().First().ShouldSatisfyAllConditions(e => (e.Result, e.Input).ShouldBe(("verified", "****")));
        (await floor.Source.TablesWithAsync("8154711")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http: {url: \"http://127.0.0.1:9/\", retries: 0}")]
    [InlineData("sql: {connection: center, query: \"select pg_sleep(60)\", timeout: 0.2, retries: 0}")]
    [InlineData("sql: {connection: center, query: \"select 1/0\", retries: 1}")]
    [InlineData("sql: {connection: center, query: \"create table ivr_was_here (x int)\", retries: 0}")]
    [InlineData("sql: {connection: center, query: \"select 1; drop schema calls cascade\", retries: 0}")]
    [InlineData("sql: {connection: none, query: \"select 1\"}")]
    public async Task A_lookup_without_an_answer_loses_no_call_and_writes_nothing(string request)
    {
        await using var floor = await StartAsync(new NumberSettings(Main), $"flow: main\nsteps: {{a: {{do: lookup, {request}, failed: b, next: c}}, b: {{do: queue, queue: Support}}, c: {{do: hangUp}}}}");
        var caller = floor.Switch.Call("3000");
        await floor.TellsAsync(caller, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallQueued");
        (await floor.EventsAsync(caller)).OfType<IvrStepTaken>().First().Result.ShouldBe("failed");
        await using var command = floor.Source.CreateCommand("select to_regclass('calls.calls') is not null and to_regclass('ivr_was_here') is null");
        (await command.ExecuteScalarAsync()).ShouldBe(true);
    }

    [Fact]
    public async Task What_a_database_answers_goes_on_with_the_call()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), """
            flow: main
            steps:
              ask: {do: lookup, sql: {connection: center, query: "select $1::int + 1 as next, 'x' || $2 as text", parameters: ["41", "{caller}'; --"]}, into: {n: /next, t: /text}, failed: bye, next: tell}
              tell: {do: set, values: {n: "{n}", t: "{t}"}, next: none}
              none: {do: lookup, sql: {connection: center, query: "select 1 where false"}, missing: agent, failed: bye, next: bye}
              bye: {do: hangUp}
              agent: {do: queue, queue: Support}
            """);
        var caller = floor.Switch.Call("3000");
        await floor.TellsAsync(caller, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "CallAttributeSet", "CallAttributeSet", "IvrStepTaken", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallQueued");
        (await floor.RevealedAsync(caller)).OfType<CallAttributeSet>().Select(e => $"{e.Name}={e.Value}").ShouldBe(["n=42", "t=x5551234'; --"]);
    }

    [Fact]
    public async Task A_flow_hands_over_to_an_extension_and_goes_on_when_nobody_answers()
    {
        await using var floor = await StartAsync(
            new NumberSettings(Main), "flow: main\nsteps: {a: {do: hours, calendar: Always, open: b, closed: c}, b: {do: transfer, to: \"2001\", failed: d}, c: {do: hangUp}, d: {do: queue, queue: Support}}");
        await floor.RegisterAsync(0);
        var caller = floor.Switch.Call("3000");
        var agent = await floor.OriginatedAsync(0);
        floor.Switch.Notify(new LegAnswered(agent));
        await floor.VerbAsync($"Bridge {caller.Value} {agent.Value}");
        floor.Switch.Notify(new LegEnded(caller, LegEndReason.RemoteHangUp, null, null));
        (await EndAsync(floor, caller)).Outcome.ShouldBe(CallOutcome.Handled);
        (await floor.EventsAsync(caller)).OfType<CallLeftIvr>().ShouldHaveSingleItem().To.ShouldBe(new Destination(DestinationKind.Number));

        await floor.AgentIsAsync(0, Domain.Agents.AgentStatus.Available);
        var second = floor.Switch.Call("3000");
        floor.Switch.Notify(new LegEnded(await floor.OriginatedAsync(0, times: 2), LegEndReason.NoAnswer, null, null));
        await floor.TellsAsync(
            second, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallOffered", "CallOfferNotAnswered", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallQueued", "CallOffered");
    }

    [Theory]
    [InlineData("\"9999\"")]
    [InlineData("\"2002\"")]
    [InlineData("\"*99\"")]
    [InlineData("not a number at all")]
    public async Task A_number_that_nobody_has_or_nobody_answers_loses_no_call(string number)
    {
        await using var floor = await StartAsync(new NumberSettings(Main), $"flow: main\nsteps: {{a: {{do: transfer, to: {number}, failed: b}}, b: {{do: queue, queue: Support}}}}");
        var caller = floor.Switch.Call("3000");
        await floor.TellsAsync(caller, "CallReceived", "CallEnteredIvr", "IvrStepTaken", "CallLeftIvr", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallQueued");
        await floor.VerbAsync($"Play {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<IvrStepTaken>().Select(e => $"{e.Step} {e.Result}").ShouldBe(["a left", "a not-taken", "b left"]);
    }

    [Fact]
    public async Task A_flow_that_can_never_wait_ends_the_call_with_its_reason()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), "flow: main\nsteps: {a: {do: flow, flow: main, next: return}}");
        var caller = floor.Switch.Call("3000");
        (await EndAsync(floor, caller)).ShouldSatisfyAllConditions(e => (e.EndedBy, e.Cause, e.Outcome).ShouldBe((CallParty.System, "flow-failed", CallOutcome.Failed)));
        (await floor.EventsAsync(caller)).OfType<IvrStepTaken>().Last().Result.ShouldBe("failed");
        await floor.VerbAsync($"HangUp {caller.Value}");
    }

    [Theory]
    [InlineData("{do: voicemail, mailbox: Support}")]
    [InlineData("{do: voicemail, mailbox: \"2001\"}")]
    public async Task A_flow_sends_to_a_mailbox(string step)
    {
        await using var floor = await StartAsync(new NumberSettings(Main), $"flow: main\nsteps: {{a: {step}}}");
        await floor.TellsAsync(floor.Switch.Call("3000"), "CallReceived", "CallEnteredIvr", "IvrStepTaken", "CallLeftIvr", "CallVoicemailStarted");
    }

    [Fact]
    public async Task A_flow_offers_a_callback_and_goes_on_where_there_is_no_queue_to_keep_a_place_in()
    {
        await using var floor = await StartAsync(new NumberSettings(Main), "flow: main\nsteps: {a: {do: callback, failed: b}, b: {do: callback, queue: Support}}");
        await floor.TellsAsync(
            floor.Switch.Call("3000", from: "+49305551234"), "CallReceived", "CallEnteredIvr", "IvrStepTaken", "CallLeftIvr", "CallEnteredIvr", "IvrStepTaken", "IvrStepTaken", "CallLeftIvr", "CallLeftForCallback", "CallEnded");
    }

    [Fact]
    public async Task A_prompt_that_cannot_be_played_and_a_caller_who_says_nothing_come_to_an_end()
    {
        await using var floor = await StartAsync(
            new NumberSettings(Main), "flow: main\nsteps: {a: {do: play, play: missing.wav, next: b}, b: {do: menu, say: Well?, keys: {1: b}, timeout: 0.5, tries: 2, silent: c, invalid: b}, c: {do: hangUp}}");
        var caller = floor.Switch.Call("3000");
        await floor.VerbAsync($"HangUp {caller.Value}");
        (await floor.EventsAsync(caller)).OfType<IvrStepTaken>().Select(e => $"{e.Step} {e.Result}").ShouldBe(["a played", "b silent", "c hang-up"]);
        (await EndAsync(floor, caller)).Outcome.ShouldBe(CallOutcome.LeftInIvr);
    }

    private static Destination Main { get; } = new(DestinationKind.Flow, "main");

    /// <summary>A floor whose number 3000 leads as told; what is played ends at once.</summary>
    private async Task<RoutingHarness> StartAsync(NumberSettings number, string flow)
    {
        FlowParser.Parse(flow).Faults.ShouldBeEmpty();
        var floor = await RoutingHarness.StartAsync(postgres);
        floor.Switch.Playing = (leg, playlist, id) =>
        {
            if (playlist.Loop.Count == 0)
            {
                floor.Switch.Notify(new PlaybackFinished(leg, id));
            }
        };
        var now = DateTimeOffset.UtcNow;
        await floor.AppendAsync(Flow.IdOf("main"), Flow.StreamType, new FlowSaved(Flow.IdOf("main"), "main", 1, flow, now), new FlowActivated(Flow.IdOf("main"), "main", 1, flow, now));
        await floor.AppendAsync(DialledNumber.IdOf("3000"), DialledNumber.StreamType, new NumberConfigured(DialledNumber.IdOf("3000"), "3000", number, now));
        await floor.Router.ConfigureAsync();
        return floor;
    }

    private static void Press(RoutingHarness floor, LegId leg, string keys)
    {
        foreach (var key in keys)
        {
            floor.Switch.Notify(new DtmfReceived(leg, key, null, DtmfMethod.TelephoneEvent));
        }
    }

    private static async Task<CallEnded> EndAsync(RoutingHarness floor, LegId caller)
    {
        await RoutingHarness.UntilAsync(async () => (await floor.EventsAsync(caller)).OfType<CallEnded>().Any(), () => "the call does not end");
        return (await floor.EventsAsync(caller)).OfType<CallEnded>().Single();
    }
}
