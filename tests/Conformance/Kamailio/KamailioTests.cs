using System.Net;
using CallCenter.Driving;
using CallCenter.Telephony;
using CallCenter.Telephony.Tests.Switching;

namespace CallCenter.Conformance.Tests.Kamailio;

/// <summary>A trunk that is a Kamailio in front of the center: SIPp beyond it is the telephone network. The proxy stays in the route, so every request within a call must pass it.</summary>
public sealed class KamailioTests
{
    private static readonly OriginateOptions Options = new() { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) };

    private readonly int _proxyPort = FreePorts.Udp();

    [Fact]
    public async Task Calls_in_come_with_the_asserted_caller_and_are_hung_up_by_the_caller_through_the_proxy()
    {
        await using var center = await StartAsync();
        await using var proxy = await KamailioProxy.StartAsync(_proxyPort, center.Switch.SipEndPoint.Port, FreePorts.Udp());
        await using var caller = Sipp.Call("proxied-caller-hangs-up", proxy.EndPoint, "1000", ["anonymous"], FreePorts.UdpRange(2), pause: TimeSpan.FromMilliseconds(100));
        var call = await IncomingAsync(center);
        (call.From, call.To, call.Source).ShouldBe(("+4930555", "1000", new TrunkSource("kamailio")));

        center.Switch.Answer(call.Leg);
        await NextAsync<LegAnswered>(center);

        (await NextAsync<LegEnded>(center)).Reason.ShouldBe(LegEndReason.RemoteHangUp);
        await caller.ShouldSucceedAsync();
    }

    [Fact]
    public async Task Calls_in_are_hung_up_by_us_through_the_proxy()
    {
        await using var center = await StartAsync();
        await using var proxy = await KamailioProxy.StartAsync(_proxyPort, center.Switch.SipEndPoint.Port, FreePorts.Udp());
        await using var caller = Sipp.Call("proxied-caller", proxy.EndPoint, "1000", ["4712"], FreePorts.UdpRange(2));
        var call = await IncomingAsync(center);
        center.Switch.Answer(call.Leg);
        await NextAsync<LegAnswered>(center);

        center.Switch.HangUp(call.Leg, HangUpCause.Normal);

        await caller.ShouldSucceedAsync();
    }

    [Fact]
    public async Task Calls_out_are_hung_up_by_us_through_the_proxy()
    {
        await using var callee = Sipp.Take("proxied-callee", 1, FreePorts.UdpRange(2));
        await callee.ListensAsync();
        await using var center = await StartAsync();
        await using var proxy = await KamailioProxy.StartAsync(_proxyPort, center.Switch.SipEndPoint.Port, callee.Port);
        var leg = center.Switch.Originate("030123", "kamailio", Options);
        await NextAsync<LegRinging>(center);
        await NextAsync<LegAnswered>(center);

        center.Switch.HangUp(leg, HangUpCause.Normal);

        await callee.ShouldSucceedAsync();
    }

    [Fact]
    public async Task Calls_out_are_hung_up_by_the_callee_through_the_proxy()
    {
        await using var callee = Sipp.Take("proxied-callee-hangs-up", 1, FreePorts.UdpRange(2), pause: TimeSpan.FromMilliseconds(100));
        await callee.ListensAsync();
        await using var center = await StartAsync();
        await using var proxy = await KamailioProxy.StartAsync(_proxyPort, center.Switch.SipEndPoint.Port, callee.Port);
        center.Switch.Originate("030123", "kamailio", Options);
        await NextAsync<LegAnswered>(center);

        (await NextAsync<LegEnded>(center)).Reason.ShouldBe(LegEndReason.RemoteHangUp);
        await callee.ShouldSucceedAsync();
    }

    [Fact]
    public async Task The_proxy_answers_for_its_health_and_a_trunk_whose_proxy_ends_goes_down()
    {
        await using var center = await StartAsync(probe: TimeSpan.FromMilliseconds(200));
        await using (await KamailioProxy.StartAsync(_proxyPort, center.Switch.SipEndPoint.Port, FreePorts.Udp()))
        {
            await NextAsync<TrunkUp>(center);
        }

        (await NextAsync<TrunkDown>(center)).Trunk.ShouldBe("kamailio");
    }

    private Task<SwitchBench> StartAsync(TimeSpan? probe = null) => SwitchBench.StartAsync(trunks:
    [
        new Trunk { Name = "kamailio", Networks = [IPNetwork.Parse("127.0.0.1/32")], Gateways = [new Gateway("127.0.0.1", _proxyPort)], ProbeInterval = probe, Patience = TimeSpan.FromSeconds(10) },
    ]);

    private static Task<IncomingCall> IncomingAsync(SwitchBench center) => NextAsync<IncomingCall>(center);

    // Before the proxy has come up the trunk may have been called down.
    private static async Task<T> NextAsync<T>(SwitchBench center)
        where T : SwitchNotification
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var next = await center.Switch.Notifications.ReadAsync(limit.Token);
            if (next is T wanted)
            {
                return wanted;
            }

            (next is TrunkUp or TrunkDown or LegRinging).ShouldBeTrue($"{next}");
        }
    }
}
