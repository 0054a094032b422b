using System.Net;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Switching;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>Trunks of a whole switch, over real sockets; the test's phones are the provider.</summary>
public sealed class SwitchTrunkTests
{
    private static readonly OriginateOptions Options = new() { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task A_call_goes_out_over_a_trunk_that_was_added_while_running_and_is_hung_up_by_either_side()
    {
        await using var bench = await SwitchBench.StartAsync();
        var gateway = bench.Phone("gateway");
        bench.Switch.SetTrunks([To(gateway)]);
        var leg = bench.Switch.Originate("030123", "provider", Options);

        var invite = await gateway.RequestAsync("INVITE");
        (invite.Uri.UserText, invite.From.Uri.UserText).ShouldBe(("030123", "4711"));
        gateway.Respond(invite, 180);
        (await bench.NextAsync<LegRinging>()).Leg.ShouldBe(leg);
        var answer = gateway.Respond(invite, 200, gateway.Sdp());
        await gateway.RequestAsync("ACK");
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
        (await StatusAsync(bench)).Calls.ShouldBe(1);

        gateway.InAnsweredDialog("BYE", invite, answer);
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.RemoteHangUp);
        (await StatusAsync(bench)).Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_call_that_comes_back_in_is_a_loop()
    {
        await using var bench = await SwitchBench.StartAsync();
        var gateway = bench.Phone("gateway");
        bench.Switch.SetTrunks([To(gateway)]);
        bench.Switch.Originate("030123", "provider", Options);
        var invite = await gateway.RequestAsync("INVITE");

        var headers = new SipHeaders();
        headers.Add(HeaderName.Via, $"SIP/2.0/UDP {gateway.EndPoint};branch=z9hG4bKback");
        foreach (var header in invite.Headers.Where(header => !header.Name.Equals(HeaderName.Via)))
        {
            headers.Add(header.Name, header.Text);
        }

        gateway.Send(new SipRequest("INVITE", invite.Uri, headers, invite.Body));

        await gateway.ResponseAsync(482, "INVITE");
    }

    [Fact]
    public async Task A_trunk_takes_in_no_more_calls_than_it_may()
    {
        await using var bench = await SwitchBench.StartAsync();
        var gateway = bench.Phone("4711");
        bench.Switch.SetTrunks([To(gateway) with { MaxCalls = 1 }]);
        var (leg, invite, answer) = await bench.AnsweredCallAsync(gateway);

        gateway.Call("1000", gateway.Sdp());
        (await gateway.ResponseAsync(503, "INVITE")).ReasonPhrase.ShouldBe("The Trunk Has All Its Calls");
        gateway.InDialog("BYE", invite, answer);
        (await bench.NextAsync<LegEnded>()).Leg.ShouldBe(leg);
        await bench.AnsweredCallAsync(gateway);
    }

    [Fact]
    public async Task The_call_of_a_provider_at_which_we_register_is_for_the_number_in_To()
    {
        await using var bench = await SwitchBench.StartAsync();
        var gateway = bench.Phone("provider");
        bench.Switch.SetTrunks([To(gateway) with { Registration = new TrunkRegistration("provider.example", "acct", TimeSpan.FromMinutes(1)) }]);
        gateway.Respond(await gateway.RequestAsync("REGISTER"), 200);
        (await bench.NextAsync<TrunkRegistered>()).Trunk.ShouldBe("provider");

        gateway.Call("acct", gateway.Sdp(), to: "030555");

        (await bench.NextAsync<IncomingCall>()).To.ShouldBe("030555");
    }

    [Fact]
    public async Task The_trunk_says_who_calls_and_who_was_called_first()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        caller.Call("1000", caller.Sdp(), extra: [(HeaderName.PAssertedIdentity, "\"Bea\" <sip:+4930@provider.example>"), (HeaderName.Diversion, "<sip:030999@provider.example>")]);

        var call = await bench.NextAsync<IncomingCall>();

        (call.From, call.DisplayName, call.RedirectedFrom, call.To).ShouldBe(("+4930", "Bea", "030999", "1000"));
    }

    [Theory]
    [InlineData(0, 1, "MaxCalls 0")]
    [InlineData(1, -1, "weight")]
    public void A_trunk_that_makes_no_sense_is_named(int maxCalls, int weight, string fault)
    {
        var trunk = new Trunk { Name = "provider", MaxCalls = maxCalls, Gateways = [new Gateway("192.0.2.1", Weight: weight)] };
        Should.Throw<ArgumentException>(() => Trunk.Validate([trunk])).Message.ShouldSatisfyAllConditions(text => text.ShouldContain("provider"), text => text.ShouldContain(fault));
        Should.Throw<ArgumentException>(() => Trunk.Validate([TrunkBench.Trunk, TrunkBench.Trunk])).Message.ShouldContain("Two trunks");
        Should.Throw<ArgumentException>(() => Trunk.Validate([TrunkBench.Trunk with { Gateways = [new Gateway("gw example")] }])).Message.ShouldContain("gw example");
    }

    private static Trunk To(SipPhone gateway) => new()
    {
        Name = "provider",
        Networks = [IPNetwork.Parse("127.0.0.1/32")],
        Gateways = [new Gateway("127.0.0.1", gateway.EndPoint.Port)],
        ProbeInterval = null,
    };

    private static async Task<TrunkStatus> StatusAsync(SwitchBench bench) => (await bench.Switch.TrunkStatusAsync(CancellationToken.None)).ShouldHaveSingleItem();
}
