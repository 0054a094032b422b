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
}
