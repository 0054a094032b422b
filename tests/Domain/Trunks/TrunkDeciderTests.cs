using CallCenter.Domain.Trunks;

namespace CallCenter.Domain.Tests.Trunks;

public sealed class TrunkDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly TrunkSettings Settings = new("provider", ["192.0.2.0/28"], [new TrunkGateway("192.0.2.1")]);
    private static readonly Trunk Configured = new(Id, Settings, At);

    [Fact]
    public void A_trunk_is_configured_and_configured_again()
    {
        Decide(new ConfigureTrunk(Id, Settings, At), Trunk.Initial).ShouldBe([new TrunkConfigured(Id, Settings, At)]);
        var changed = Settings with { MaxCalls = 5 };
        Decide(new ConfigureTrunk(Id, changed, At.AddSeconds(-1)), Configured).ShouldBe([new TrunkConfigured(Id, changed, At)], "time does not go back");
    }

    [Fact]
    public void A_trunk_is_removed_once()
    {
        Decide(new RemoveTrunk(At), Configured).ShouldBe([new TrunkRemoved(Id, At)]);
        var removed = Trunk.Evolve(Configured, new TrunkRemoved(Id, At));
        removed.Exists.ShouldBeFalse();
        TrunkDecider.Decide(new RemoveTrunk(At), removed).Refusal!.Code.ShouldBe("TRUNK_NOT_FOUND");
        TrunkDecider.Decide(new RemoveTrunk(At), Trunk.Initial).Refusal!.Code.ShouldBe("TRUNK_NOT_FOUND");
    }

    public static TheoryData<TrunkSettings, string> Faults => new()
    {
        { Settings with { Name = " " }, "name" },
        { Settings with { Networks = [], Gateways = [] }, "network" },
        { Settings with { Networks = ["192.0.2.1/33"] }, "192.0.2.1/33" },
        { Settings with { Gateways = [new TrunkGateway("gw example")] }, "gw example" },
        { Settings with { Gateways = [new TrunkGateway("192.0.2.1", 0)] }, "port" },
        { Settings with { Gateways = [new TrunkGateway("gw.example", 65536)] }, "65536" },
        { Settings with { Gateways = [new TrunkGateway("192.0.2.1", Transport: "SCTP")] }, "SCTP" },
        { Settings with { Gateways = [new TrunkGateway("192.0.2.1", Weight: -1)] }, "weight" },
        { Settings with { MaxCalls = 0 }, "1 call" },
        { Settings with { ProbeSeconds = 0 }, "3600" },
        { Settings with { Domain = "a b" }, "a b" },
        { Settings with { FromUser = "a\r\nVia: x" }, "user part" },
        { Settings with { Registrar = new TrunkRegistrar("provider.example", "") }, "user" },
        { Settings with { Registrar = new TrunkRegistrar("provider.example", "u", 59) }, "59" },
        { Settings with { Gateways = [], Registrar = new TrunkRegistrar("provider.example", "u") }, "has none" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Settings_that_make_no_sense_are_refused_and_named(TrunkSettings settings, string named)
    {
        foreach (var trunk in new[] { Trunk.Initial, Configured })
        {
            var refusal = TrunkDecider.Decide(new ConfigureTrunk(Id, settings, At), trunk).Refusal.ShouldNotBeNull();
            refusal.Code.ShouldBe("TRUNK_SETTINGS");
            refusal.Message.ShouldContain(named);
        }
    }

    private static IReadOnlyList<TrunkEvent> Decide(TrunkCommand command, Trunk trunk) => TrunkDecider.Decide(command, trunk).Events;
}
