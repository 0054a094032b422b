using System.Text.Json;

using CallCenter.Driving;
using CallCenter.Testing;

namespace CallCenter.EndToEnd.Tests.Ivr;

/// <summary>Flows, gone through by phones. Prompts are tones: what is heard tells which it was.</summary>
[Collection(IvrCenterCollection.Name)]
public sealed class IvrTests(IvrCenter center)
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;

    private readonly CenterClient _client = center.Client;

    [Fact]
    public async Task Each_caller_hears_the_prompt_of_the_own_way_and_a_key_interrupts_it()
    {
        await center.ServeAsync("3001", $$"""
            steps:
              welcome: {do: play, play: {{center.Tone(500)}}, next: choose}
              choose: {do: menu, play: {{center.Tone(600)}}, keys: {1: balance, 2: agent}, silent: agent, invalid: agent}
              balance: {do: play, play: {{center.Tone(700)}}, completed: true, next: choose}
              agent: {do: queue, queue: Support}
            """);
        await using var first = new AudioProbe(G711.Pcmu, CallersTone);
        await using var second = new AudioProbe(G711.Pcma);
        await using var firstCall = Sipp.Call("caller-keys", center.Server.Sip, "3001", ["49304001"], first.Port);
        await using var secondCall = Sipp.Call("caller-keys", center.Server.Sip, "3001", ["49304002"], second.Port, payload: G711.Pcma);
        await Task.WhenAll(first.HearsToneAsync(500), second.HearsToneAsync(500));

        // The first key ends the welcome and is the menu's already.
        await second.PressAsync("1");
        await Task.WhenAll(second.HearsToneAsync(700), first.HearsToneAsync(500));
        await second.PressAsync("*");
        await second.HearsToneAsync(600);

        await using var agent = new AudioProbe(G711.Pcmu, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, agent.Port);
        await using (await _client.RegisterAsync(answering.Port, "2001"))
        {
            await first.PressAsync("2");
            var call = await _client.CallBecomesAsync("49304001", "CONNECTED");
            await Task.WhenAll(first.HearsToneAsync(AgentsTone), agent.HearsToneAsync(CallersTone), second.HearsToneAsync(600));
            await CenterClient.TellToHangUpAsync(firstCall, call);
            await Task.WhenAll(firstCall.ShouldSucceedAsync(), answering.ShouldSucceedAsync());
        }

        await CenterClient.TellToHangUpAsync(secondCall, await _client.CallAsync("49304002"));
        await secondCall.ShouldSucceedAsync();
        var handled = await _client.CallBecomesAsync("49304001", "ENDED");
        handled.Story.ShouldBe(
            ["call_received", "call_entered_ivr", "ivr_step_taken", "ivr_step_taken", "ivr_step_taken", "call_left_ivr", "call_queued", "call_offered", "call_answered", "call_ended", "wrap_up_started", "wrap_up_completed"]);
        Steps(handled).ShouldBe(["welcome interrupted", "choose key-2 2", "agent left"]);
        var left = await _client.CallBecomesAsync("49304002", "ENDED");
        Steps(left).ShouldBe(["welcome interrupted", "choose key-1 1", "balance interrupted"]);
        left.Outcome.ShouldBe("SELF_SERVED", "the balance was given");
    }

    [Fact]
    public async Task An_agent_sends_a_caller_into_a_flow()
    {
        const string Caller = "49304103";
        await center.ActivateAsync($"flow: after-talk\nsteps:\n  a: {{do: play, play: {center.Tone(850)}, next: b}}\n  b: {{do: hangUp}}\n", "after-talk");
        await using var caller = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.Call("caller", center.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_client, "2001", AgentsTone);
        var call = await _client.CallBecomesAsync(Caller, "CONNECTED");
        await caller.HearsToneAsync(AgentsTone);
        await DeskPhone.DoAsync(_client, "transferCall", $"id: \"{call.Id}\", to: \"flow after-talk\"");
        await caller.HearsToneAsync(850);
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        (await _client.CallBecomesAsync(Caller, "ENDED")).Timeline.Single(e => e.Type == "call_transferred").Data.GetProperty("ToFlow").GetString().ShouldBe("flow after-talk");
    }

    [Fact]
    public async Task An_agents_phone_sends_a_caller_into_a_flow()
    {
        const string Caller = "49304102";
        await center.ServeAsync("3021", $"steps:\n  a: {{do: play, play: {center.Tone(950)}, next: b}}\n  b: {{do: hangUp}}\n");
        await using var ear = new AudioProbe();
        await using var ann = Sipp.Refer($"3021@127.0.0.1:{center.Server.Sip.Port}", ear.Port);
        await ann.ListensAsync();
        await using var registration = await _client.RegisterAsync(ann.Port, "2001");
        await using var caller = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.Call("caller", center.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await caller.HearsToneAsync(950);
        await ann.ShouldSucceedAsync();
        await CenterClient.TellToHangUpAsync(calling, await _client.CallAsync(Caller));
        await calling.ShouldSucceedAsync();
        (await _client.CallBecomesAsync(Caller, "ENDED")).Story.ShouldContain("call_transferred");
    }

    [Fact]
    public async Task A_caller_is_served_from_account_to_score_and_the_pin_stands_nowhere()
    {
        var from = DateTimeOffset.UtcNow;
        center.Bank.Fail(times: 1);
        await center.ActivateAsync($"flow: goodbye\nsteps:\n  a: {{do: play, play: {center.Tone(900, 1)}, next: return}}\n", "goodbye");
        await center.ServeAsync("3002", $$"""
            variables: {brand: none}
            steps:
              hello: {do: branch, on: "{brand}", cases: [{is: blue, next: account}], otherwise: bye}
              account: {do: collect, play: {{center.Tone(500)}}, into: account, min: 4, max: 8, silent: bye, invalid: bye, next: find}
              find:
                do: lookup
                http: {url: "{{center.Bank.Address}}/accounts/{account}", headers: {x-key: k1} }
                into: {segment: /owner/segment, balance: /balance}
                failed: bye
                next: pin
              pin:
                do: verify
                play: {{center.Tone(600)}}
                min: 4
                max: 12
                afterInvalid: That was wrong.
                sql: {connection: bank, query: "select pin_hash = md5($1) as valid from accounts where number = $2", parameters: ["{pin}", "{account}"]}
                silent: bye
                invalid: bye
                failed: bye
                next: keep
              keep: {do: set, values: {segment: "{segment}", language: de}, next: standing}
              standing: {do: branch, on: "{balance}", cases: [{below: 0, next: bye}], otherwise: balance}
              balance: {do: say, say: {en: "It is {balance}.", de: "Es sind {balance}."}, completed: true, next: score}
              score: {do: survey, question: content, play: {{center.Tone(700)}}, silent: bye, invalid: bye, next: goodbye}
              goodbye: {do: flow, flow: goodbye, next: bye}
              bye: {do: hangUp}
            """, new { attributes = new[] { new { name = "brand", value = "blue" } }, topic = "balance" });
        const string Caller = "49304101";
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-keys", center.Server.Sip, "3002", [Caller], ear.Port);
        await ear.HearsToneAsync(500);
        await ear.PressAsync("4711#");
        await ear.HearsToneAsync(600);
        await ear.PressAsync("86420976#");
        await ear.HearsToneAsync(600);
        await ear.PressAsync("86420975#");
        await ear.HearsToneAsync(700);
        await ear.PressAsync("4");
        await calling.ShouldSucceedAsync();

        var call = await _client.CallBecomesAsync(Caller, "ENDED");
        (call.Outcome, call.Cause, call.EndedBy).ShouldBe(("SELF_SERVED", "flow-ended", "System"));
        Steps(call).ShouldBe(
        [
            "hello case-1", "account entered 4711", "find found", "pin verified ****", "keep set", "standing otherwise", "balance played", "score answered 4", "goodbye entered", "a played", "goodbye returned", "bye hang-up",
        ]);
        Data(call, "call_attribute_set").Select(e => $"{e.GetProperty("Name")}={e.GetProperty("Value")}").ShouldBe(["brand=blue", "segment=gold", "language=de"]);
        Data(call, "survey_answered").ShouldHaveSingleItem().GetProperty("Score").GetInt32().ShouldBe(4);
        center.Bank.Asked.ShouldBe(["GET /accounts/4711 k1", "GET /accounts/4711 k1"], "the first was refused and tried again");
        foreach (var pin in new[] { "86420975", "86420976" })
        {
            (await center.Database.TablesWithAsync(pin)).ShouldBeEmpty();
            center.Server.Output.ShouldNotContain(pin);
        }

        (await IvrRatesAsync(from)).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Silence_and_wrong_keys_have_their_own_ways_and_who_leaves_them_has_left_in_the_ivr()
    {
        var from = DateTimeOffset.UtcNow;
        foreach (var (number, timeout) in new[] { ("3003", "0.6"), ("3013", "30") })
        {
            await center.ServeAsync(number, $$"""
                steps:
                  choose: {do: menu, play: {{center.Tone(500, 0.6)}}, keys: {1: bye}, timeout: {{timeout}}, tries: 2, silent: nobody, invalid: wrong}
                  nobody: {do: play, play: {{center.Tone(800)}}, next: bye}
                  wrong: {do: play, play: {{center.Tone(900)}}, next: bye}
                  bye: {do: hangUp}
                """);
        }

        await using var silent = new AudioProbe();
        await using var wrong = new AudioProbe();
        await using var silentCall = Sipp.Call("caller-keys", center.Server.Sip, "3003", ["49304201"], silent.Port);
        await silent.HearsToneAsync(800);
        await using var wrongCall = Sipp.Call("caller-keys", center.Server.Sip, "3013", ["49304202"], wrong.Port);
        await wrong.HearsForAsync(TimeSpan.FromMilliseconds(100));
        await wrong.PressAsync("99");
        await Task.WhenAll(wrong.HearsToneAsync(900), silent.HearsToneAsync(800));
        foreach (var (call, caller) in new[] { (silentCall, "49304201"), (wrongCall, "49304202") })
        {
            await CenterClient.TellToHangUpAsync(call, await _client.CallAsync(caller));
            await call.ShouldSucceedAsync();
        }

        var calls = await _client.CallsBecomeAsync(["49304201", "49304202"], c => c.State == "ENDED", "end");
        calls.Select(c => (c.Outcome, string.Join(", ", Steps(c)))).ShouldBe([("LEFT_IN_IVR", "choose silent"), ("LEFT_IN_IVR", "choose invalid")]);
        (await IvrRatesAsync(from)).ShouldBe((0, 1));
    }

    [Fact]
    public async Task A_dead_lookup_server_costs_no_call()
    {
        var dead = FreePorts.Tcp();
        await center.ServeAsync("3004", $$"""
            steps:
              ask: {do: lookup, http: {url: "http://127.0.0.1:{{dead}}/", timeout: 1}, failed: agent, next: bye}
              agent: {do: queue, queue: Support}
              bye: {do: hangUp}
            """);
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-keys", center.Server.Sip, "3004", ["49304301"], ear.Port);
        var call = await _client.CallBecomesAsync("49304301", "QUEUED");
        Steps(call).ShouldBe(["ask failed", "agent left"]);
        await ear.HearsForAsync(TimeSpan.FromSeconds(1));
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        (await _client.CallBecomesAsync("49304301", "ENDED")).Outcome.ShouldBe("ABANDONED");
    }

    [Fact]
    public async Task Keys_by_info_count_and_are_struck_out_of_the_ladder()
    {
        await center.ServeAsync("3005", $$"""
            steps:
              pin:
                do: verify
                play: {{center.Tone(500)}}
                max: 4
                tries: 1
                sql: {connection: bank, query: "select $1 = '97531'::text or md5($1) = '' as valid", parameters: ["{pin}"]}
                silent: bye
                invalid: wrong
                failed: bye
                next: bye
              wrong: {do: hangUp, completed: true}
              bye: {do: hangUp}
            """);
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-info", center.Server.Sip, "3005", ["49304401;9;7;5;3"], ear.Port);
        await ear.HearsToneAsync(500);
        await CenterClient.TellToHangUpAsync(calling, await _client.CallAsync("49304401"));
        await calling.ShouldSucceedAsync();
        var call = await _client.CallBecomesAsync("49304401", "ENDED");
        Steps(call).ShouldBe(["pin wrong ****", "wrong hang-up"]);

        var ladder = await Eventually.BecomesAsync(
            async () => (await _client.GraphQL.AskAsync($"{{ call(id: \"{call.Id}\") {{ sipLadder {{ message }} }} }}")).GetProperty("call").GetProperty("sipLadder"),
            entries => entries.ValueKind == JsonValueKind.Array, "the ladder is kept");
        var infos = ladder.EnumerateArray().Select(e => e.GetProperty("message").GetString()!).Where(m => m.StartsWith("INFO", StringComparison.Ordinal)).ToList();
        infos.Count.ShouldBe(4);
        infos.ShouldAllBe(message => message.Contains("Signal=(removed)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_in_a_flow_keep_their_version_while_another_is_activated()
    {
        var name = await center.ServeAsync("3006", $$"""
            steps:
              choose: {do: menu, play: {{center.Tone(500)}}, keys: {1: old}, silent: old, invalid: old}
              old: {do: play, play: {{center.Tone(600)}}, next: return}
            """);
        await using var early = new AudioProbe();
        await using var late = new AudioProbe();
        await using var earlyCall = Sipp.Call("caller-keys", center.Server.Sip, "3006", ["49304501"], early.Port);
        await early.HearsToneAsync(500);
        await center.ActivateAsync($"flow: {name}\nsteps:\n  new: {{do: play, play: {center.Tone(700)}, next: return}}", name);
        await using var lateCall = Sipp.Call("caller-keys", center.Server.Sip, "3006", ["49304502"], late.Port);
        await late.HearsToneAsync(700);
        await early.PressAsync("1");
        await early.HearsToneAsync(600);
        foreach (var (call, caller) in new[] { (earlyCall, "49304501"), (lateCall, "49304502") })
        {
            await CenterClient.TellToHangUpAsync(call, await _client.CallAsync(caller));
            await call.ShouldSucceedAsync();
        }

        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "flow.yaml");
        await File.WriteAllTextAsync(file, $"flow: {name}\nsteps: {{a: {{do: queue, queue: Nowhere}}}}");
        var refused = await center.Server.RunAsync(["flow", "activate", file]);
        (refused.ExitCode, refused.Output.Trim()).ShouldBe((1, "flow.yaml:2:12: Step a: there is no queue Nowhere."));
        await File.WriteAllTextAsync(file, $"flow: {name}\nsteps: {{a: {{do: queue, queue: Support}}}}");
        var activated = await center.Server.RunAsync(["flow", "activate", file]);
        (activated.ExitCode, activated.Output.Trim()).ShouldBe((0, $"Calls that enter flow {name} go through version 4 from now on."));
        (await center.Server.RunAsync(["flow", "list"])).Output.ShouldContain($"{name}: version 4 is active, 4 saved");
    }

    [Fact]
    public async Task Opening_hours_lead_to_an_extension_and_from_one_that_does_not_answer_to_the_next()
    {
        var week = new[] { "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY" }.Select(day => new { day, from = "00:00", to = "00:00" }).ToArray();
        var configured = await _client.GraphQL.AskAsync(
            "mutation ($input: CalendarInput!) { configureCalendar(input: $input) { errors { message } } }", new { input = new { name = "Always", timeZone = "Europe/Berlin", week } });
        configured.GetProperty("configureCalendar").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{configured}");
        var steps = $$"""
            steps:
              hello: {do: play, play: {{center.Tone(500, 1)}}, next: open}
              open: {do: hours, calendar: Always, open: first, closed: bye}
              first: {do: transfer, to: "2009", failed: second}
              second: {do: transfer, to: "2001", failed: bye}
              bye: {do: hangUp}
            """;
        await center.ServeAsync("3007", steps);
        await using var ear = new AudioProbe(G711.Pcmu, CallersTone);
        await using var agent = new AudioProbe(G711.Pcmu, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, agent.Port);
        await using (await _client.RegisterAsync(answering.Port, "2001"))
        {
            await using var calling = Sipp.Call("caller-keys", center.Server.Sip, "3007", ["49304601"], ear.Port);
            await Task.WhenAll(ear.HearsToneAsync(AgentsTone), agent.HearsToneAsync(CallersTone));
            await CenterClient.TellToHangUpAsync(calling, await _client.CallAsync("49304601"));
            await Task.WhenAll(calling.ShouldSucceedAsync(), answering.ShouldSucceedAsync());
        }

        var call = await _client.CallBecomesAsync("49304601", "ENDED");
        call.Outcome.ShouldBe("HANDLED");
        Steps(call).ShouldBe(["hello played", "open open", "first left", "first not-taken", "second left"]);

        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "flow.yaml");
        await File.WriteAllTextAsync(file, $"flow: rehearsed\n{steps}");
        var rehearsed = await center.Server.RunAsync(["flow", "test", file, "--at", "2026-01-05T09:00:00Z"]);
        rehearsed.ExitCode.ShouldBe(0, rehearsed.Output);
        rehearsed.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ShouldBe(
            ["plays 500-1.wav", "hello  play: played", "looks at calendar Always", "open   hours: open", "first  transfer: left", "leaves for number 2009"]);
    }

    [Fact]
    public async Task Numbers_and_flows_are_there_after_a_restart()
    {
        await center.ServeAsync("3008", $"steps: {{a: {{do: play, play: {center.Tone(800)}, next: return}}}}");
        (await center.Server.StopAsync()).ShouldBe(0);
        await center.Server.StartAsync();
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-keys", center.Server.Sip, "3008", ["49304701"], ear.Port);
        await ear.HearsToneAsync(800);
        await CenterClient.TellToHangUpAsync(calling, await _client.CallAsync("49304701"));
        await calling.ShouldSucceedAsync();
    }

    private static IEnumerable<JsonElement> Data(CallRecord call, string type) => call.Timeline.Where(e => e.Type == type).Select(e => e.Data);

    private static IEnumerable<string> Steps(CallRecord call) => Data(call, "ivr_step_taken")
        .Select(e => $"{e.GetProperty("Step")} {e.GetProperty("Result")}{(e.GetProperty("Input").GetString() is { } input ? $" {input}" : "")}");

    private async Task<(double? SelfService, double? Abandonment)> IvrRatesAsync(DateTimeOffset from)
    {
        var total = (await _client.GraphQL.AskAsync(
            "query ($from: DateTime!, $to: DateTime!) { kpis(where: { from: $from, to: $to }) { total { selfServiceRate ivrAbandonmentRate } } }", new { from, to = from.AddHours(1) })).GetProperty("kpis").GetProperty("total");
        return (total.GetProperty("selfServiceRate").GetDouble(), total.GetProperty("ivrAbandonmentRate").GetDouble());
    }
}
