using System.Net;
using CallCenter.Driving;
using CallCenter.Telephony;
using CallCenter.Telephony.Tests.Switching;

namespace CallCenter.Conformance.Tests.Kamailio;

/// <summary>A provider that knows us by a password: SIPp challenges, and judges what we answer with its own arithmetic.</summary>
public sealed class ProviderTests
{
    private static readonly TrunkAccount Account = new("acct", "s3cret");

    [Fact]
    public async Task We_register_with_digest_and_take_the_binding_back_when_the_trunk_is_removed()
    {
        await using var provider = Sipp.Take("provider-registrar", 1, FreePorts.UdpRange(2));
        await provider.ListensAsync();
        await using var center = await SwitchBench.StartAsync(trunks: [To(provider) with { Registration = new TrunkRegistration("provider.example", "4930", TimeSpan.FromMinutes(10)) }]);
        (await center.NextAsync<TrunkRegistered>()).Trunk.ShouldBe("provider");

        center.Switch.SetTrunks([]);

        await provider.ShouldSucceedAsync();
    }

    [Fact]
    public async Task We_call_with_digest()
    {
        await using var provider = Sipp.Take("provider-challenging", 1, FreePorts.UdpRange(2));
        await provider.ListensAsync();
        await using var center = await SwitchBench.StartAsync(trunks: [To(provider)]);
        var leg = center.Switch.Originate("030123", "provider", new OriginateOptions { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) });
        await center.NextAsync<LegRinging>();
        await center.NextAsync<LegAnswered>();

        center.Switch.HangUp(leg, HangUpCause.Normal);

        await provider.ShouldSucceedAsync();
    }

    private static Trunk To(Sipp provider) => new()
    {
        Name = "provider",
        Gateways = [new Gateway("127.0.0.1", provider.Port)],
        Account = Account,
        ProbeInterval = null,
        Patience = TimeSpan.FromSeconds(10),
    };
}
