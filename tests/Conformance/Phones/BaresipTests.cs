using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Phones;

/// <summary>baresip as the caller's and as the agent's phone.</summary>
public sealed class BaresipTests(Md5Center shared) : IClassFixture<Md5Center>
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData("udp", "49501001")]
    [InlineData("tcp", "49501002")]
    [InlineData("tls", "49501003")]
    public async Task It_registers_takes_a_call_holds_it_sends_digits_and_both_hear_each_other(string transport, string number)
    {
        var server = shared.Server.SipOver(transport);
        await using var agent = await Baresip.RegisterAsync(server, "2001", _center.PasswordOf("2001"), AgentsTone, transport);
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        await using var caller = await Baresip.StartAsync(server, number, CallersTone, transport);

        await caller.CommandAsync("dial", $"sip:{CenterClient.Support}@{server};transport={transport}");
        await _center.CallBecomesAsync(number, "CONNECTED");
        await Task.WhenAll(caller.HearsToneAsync(AgentsTone), agent.HearsToneAsync(CallersTone));

        await agent.CommandAsync("hold");
        await _center.CallBecomesAsync(number, "ON_HOLD");
        await caller.HearsOtherThanAsync(AgentsTone);
        await agent.CommandAsync("resume");
        await _center.CallBecomesAsync(number, "CONNECTED");
        await Task.WhenAll(caller.HearsToneAsync(AgentsTone), agent.HearsToneAsync(CallersTone));

        await caller.CommandAsync("sndcode", "7");
        await agent.HappensAsync("CALL_DTMF_START", "7");
        await agent.CommandAsync("sndcode", "#");
        await caller.HappensAsync("CALL_DTMF_START", "#");

        await agent.CommandAsync("hangup");
        await caller.HappensAsync("CALL_CLOSED");
        var call = await _center.CallBecomesAsync(number, "ENDED");
        (call.Outcome, call.EndedBy).ShouldBe(("HANDLED", "Agent"));
        call.Story.ShouldContain("call_held");
        await Eventually.BecomesAsync(shared.Server.OpenMediaPorts, open => open == 0, "every media port is closed");

        await agent.StopAsync();
        await _center.StatusBecomesAsync("SIGNED_OUT", "2001");
    }

    [Fact]
    public async Task Its_keys_lead_through_a_flow()
    {
        const string Number = "49501021";
        foreach (var tone in (int[])[500, 700])
        {
            WavFile.WriteTone(Path.Combine(shared.Server.DataFolder, "ivr", $"{tone}.wav"), tone, TimeSpan.FromSeconds(30));
        }

        const string Source = """
            flow: keys
            steps:
              ask: {do: collect, play: 500.wav, into: number, min: 3, max: 8, silent: return, invalid: return, next: heard}
              heard: {do: play, play: 700.wav, next: return}
            """;
        foreach (var (mutation, variables) in new (string, object)[]
        {
            ("mutation ($source: String!) { saveFlow(source: $source) { errors { message } } }", new { source = Source }),
            ("mutation { activateFlow(name: \"keys\") { errors { message } } }", new { }),
            ("mutation { configureNumber(input: { number: \"3001\", to: { kind: FLOW, target: \"keys\" } }) { errors { message } } }", new { }),
        })
        {
            var answer = await _center.GraphQL.AskAsync(mutation, variables);
            answer.EnumerateObject().Single().Value.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
        }

        await using var caller = await Baresip.StartAsync(shared.Server.Sip, Number, CallersTone);
        await caller.CommandAsync("dial", $"sip:3001@{shared.Server.Sip}");
        await caller.HearsToneAsync(500);
        await caller.CommandAsync("sndcode", "47*#");
        await caller.HearsToneAsync(700);
        await caller.CommandAsync("hangup");
        var call = await _center.CallBecomesAsync(Number, "ENDED");
        call.Timeline.First(e => e.Type == "ivr_step_taken").Data.GetProperty("Input").GetString().ShouldBe("47*");
    }

    [Theory]
    [InlineData("2002", "49501011")]
    [InlineData("1001", "49501012")]
    public async Task It_transfers_a_call_to_another_agent_or_queue(string target, string number)
    {
        const int SecondAgentsTone = 1_450;
        var second = target == "2002" ? "2002" : "2006";
        var server = shared.Server.Sip;
        await using var agent = await Baresip.RegisterAsync(server, "2001", _center.PasswordOf("2001"), AgentsTone);
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        await using var other = await Baresip.RegisterAsync(server, second, _center.PasswordOf(second), SecondAgentsTone);
        await _center.StatusBecomesAsync("AVAILABLE", second);
        await using var caller = await Baresip.StartAsync(server, number, CallersTone);
        await caller.CommandAsync("dial", $"sip:{CenterClient.Support}@{server}");
        (await _center.CallBecomesAsync(number, "CONNECTED")).Agent!.Extension.ShouldBe("2001");
        await caller.HearsToneAsync(AgentsTone);

        await agent.CommandAsync("transfer", $"sip:{target}@{server}");

        await agent.HappensAsync("CALL_CLOSED");
        await Task.WhenAll(caller.HearsToneAsync(SecondAgentsTone), other.HearsToneAsync(CallersTone));
        await _center.CallsBecomeAsync([number], c => c.State == "CONNECTED" && c.Agent?.Extension == second, $"talk with {second}");
        await caller.CommandAsync("hangup");
        await other.HappensAsync("CALL_CLOSED");
        (await _center.CallBecomesAsync(number, "ENDED")).Outcome.ShouldBe("HANDLED");
        await Task.WhenAll(agent.StopAsync(), other.StopAsync());
        await _center.StatusBecomesAsync("SIGNED_OUT", "2001", second);
    }
}
