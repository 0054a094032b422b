using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Phones;

/// <summary>linphonec as the caller's and as the agent's phone.</summary>
public sealed class LinphoneTests(SharedCenter shared) : IClassFixture<SharedCenter>
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData("udp", "49502001")]
    [InlineData("tcp", "49502002")]
    [InlineData("tls", "49502003")]
    public async Task It_registers_takes_a_call_holds_it_sends_digits_and_both_hear_each_other(string transport, string number)
    {
        var server = shared.Server.SipOver(transport);
        await using var agent = await Linphone.RegisterAsync(server, "2001", _center.PasswordOf("2001"), AgentsTone, transport);
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        await using var caller = await Linphone.StartAsync(server, number, CallersTone, transport);

        await caller.TypeAsync($"call sip:{CenterClient.Support}@{server};transport={transport}");
        await _center.CallBecomesAsync(number, "CONNECTED");
        await Task.WhenAll(caller.SpeakAsync(), agent.SpeakAsync());
        await Task.WhenAll(caller.HearsToneAsync(AgentsTone), agent.HearsToneAsync(CallersTone));

        await agent.TypeAsync("pause");
        await _center.CallBecomesAsync(number, "ON_HOLD");
        await caller.HearsOtherThanAsync(AgentsTone);
        await agent.TypeAsync("resume");
        await _center.CallBecomesAsync(number, "CONNECTED");
        await Task.WhenAll(caller.HearsToneAsync(AgentsTone), agent.HearsToneAsync(CallersTone));

        await caller.TypeAsync("7");
        await agent.WritesAsync("Receiving tone 7");

        await agent.TypeAsync("terminate");
        await caller.WritesAsync("ended");
        var call = await _center.CallBecomesAsync(number, "ENDED");
        (call.Outcome, call.EndedBy).ShouldBe(("HANDLED", "Agent"));
        await Eventually.BecomesAsync(shared.Server.OpenMediaPorts, open => open == 0, "every media port is closed");

        await agent.StopAsync();
        await _center.StatusBecomesAsync("SIGNED_OUT", "2001");
    }

    [Theory]
    [InlineData(false, "49502011")]
    [InlineData(true, "49502012")]
    public async Task It_transfers_a_call_to_another_agent_blindly_or_after_a_word_with_them(bool attended, string number)
    {
        const int SecondAgentsTone = 1_450;
        var server = shared.Server.Sip;
        await using var agent = await Linphone.RegisterAsync(server, "2001", _center.PasswordOf("2001"), AgentsTone);
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        await using var other = await Linphone.RegisterAsync(server, "2002", _center.PasswordOf("2002"), SecondAgentsTone);
        await _center.StatusBecomesAsync("AVAILABLE", "2002");
        await using var caller = await Linphone.StartAsync(server, number, CallersTone);
        await caller.TypeAsync($"call sip:{CenterClient.Support}@{server}");
        (await _center.CallBecomesAsync(number, "CONNECTED")).Agent!.Extension.ShouldBe("2001");
        await Task.WhenAll(caller.SpeakAsync(), agent.SpeakAsync());
        await caller.HearsToneAsync(AgentsTone);

        if (attended)
        {
            await agent.TypeAsync("pause");
            await _center.CallBecomesAsync(number, "ON_HOLD");
            await agent.TypeAsync($"call sip:2002@{server}");
            await agent.WritesAsync($"Call 2 with sip:2002@{server} connected");
            await agent.TypeAsync("transfer 1 --to-call 2");
        }
        else
        {
            await agent.TypeAsync($"transfer sip:2002@{server}");
        }

        await other.SpeakAsync();
        await agent.WritesAsync("Call 1 with");
        await Task.WhenAll(caller.HearsToneAsync(SecondAgentsTone), other.HearsToneAsync(CallersTone));
        await _center.CallsBecomeAsync([number], c => c.State == "CONNECTED" && c.Agent?.Extension == "2002", "talk with 2002");
        await caller.TypeAsync("terminate");
        (await _center.CallBecomesAsync(number, "ENDED")).Outcome.ShouldBe("HANDLED");
        await Task.WhenAll(agent.StopAsync(), other.StopAsync());
        await _center.StatusBecomesAsync("SIGNED_OUT", "2001", "2002");
    }
}
