using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.SippPeers;

/// <summary>Each method that we support, by SIPp's own state machines, over UDP and TCP.</summary>
public sealed class SippTests(SharedCenter shared) : IClassFixture<SharedCenter>
{
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData("udp", "udp", "49504001")]
    [InlineData("tcp", "udp", "49504002")]
    [InlineData("udp", "tcp", "49504003")]
    [InlineData("tcp", "tcp", "49504004")]
    public async Task INVITE_ACK_and_BYE_on_any_pair_of_transports(string callers, string agents, string number)
    {
        await using var ear = new AudioProbe();
        await using var answering = Sipp.Take("agent-answer", calls: 1, ear.Port, transport: agents);
        await using var registration = await _center.RegisterOverAsync(agents, answering.Port, "2001");
        await using var calling = Sipp.Call("caller-abandon", shared.Server.Sip, CenterClient.Support, [number], ear.Port, pause: TimeSpan.FromSeconds(1), transport: callers);

        await Task.WhenAll(answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        var call = await _center.CallBecomesAsync(number, "ENDED");
        (call.Outcome, call.EndedBy).ShouldBe(("HANDLED", "Caller"));
    }

    [Theory]
    [InlineData("udp", "49504011")]
    [InlineData("tcp", "49504012")]
    public async Task Re_INVITE_holds_and_retrieves(string transport, string number)
    {
        await using var ear = new AudioProbe();
        await using var holding = Sipp.Take("agent-holds", calls: 1, ear.Port, pause: TimeSpan.FromSeconds(1), transport: transport);
        await using var registration = await _center.RegisterOverAsync(transport, holding.Port, "2001");
        await using var calling = Sipp.Call("caller-abandon", shared.Server.Sip, CenterClient.Support, [number], ear.Port, pause: TimeSpan.FromSeconds(3), transport: transport);

        await Task.WhenAll(holding.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        var call = await _center.CallBecomesAsync(number, "ENDED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_offered", "call_answered", "call_held", "call_retrieved", "call_ended", "wrap_up_started", "wrap_up_completed"]);
    }

    [Theory]
    [InlineData("udp", "49504021")]
    [InlineData("tcp", "49504022")]
    public async Task CANCEL_withdraws_an_offer(string transport, string number)
    {
        await using var ear = new AudioProbe();
        await using var ringing = Sipp.Take("agent-silent", calls: 1, ear.Port, transport: transport);
        await using var registration = await _center.RegisterOverAsync(transport, ringing.Port, "2001");
        await using var calling = Sipp.Call("caller-abandon", shared.Server.Sip, CenterClient.Support, [number], ear.Port, pause: TimeSpan.FromSeconds(1), transport: transport);

        await Task.WhenAll(ringing.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        (await _center.CallBecomesAsync(number, "ENDED")).Outcome.ShouldBe("ABANDONED");
    }

    [Theory]
    [InlineData("udp", "49504031")]
    [InlineData("tcp", "49504032")]
    public async Task An_INVITE_without_an_offer_gets_ours_and_its_ACK_brings_the_answer(string transport, string number)
    {
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller-late-offer", shared.Server.Sip, CenterClient.Support, [number], ear.Port, pause: TimeSpan.FromSeconds(2), transport: transport);

        await ear.HearsForAsync(TimeSpan.FromSeconds(1));
        await calling.ShouldSucceedAsync();

        (await _center.CallBecomesAsync(number, "ENDED")).Outcome.ShouldBe("ABANDONED");
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task OPTIONS_says_what_is_allowed_and_unknown_methods_are_refused(string transport)
    {
        await using var asking = Sipp.Call("methods", shared.Server.Sip, CenterClient.Support, ["49504041"], audioPort: 0, transport: transport);
        await asking.ShouldSucceedAsync();
    }
}
