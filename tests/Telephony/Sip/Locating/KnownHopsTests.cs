using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Locating;

/// <summary>Next hops for those who cannot wait, and the gateways of trunks by name.</summary>
public sealed class KnownHopsTests : IAsyncLifetime, ISipLocator
{
    private static readonly Gateway Named = new("gw.example.com", Port: 0);

    private readonly AgentBench _bench = new();
    private readonly List<string> _asked = [];
    private IReadOnlyList<SipTarget> _answer = [];

    public Task InitializeAsync()
    {
        _bench.Agent.Locator = this;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    public Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri, CancellationToken cancellationToken)
    {
        _asked.Add(uri.ToString());
        return Task.FromResult(_answer);
    }

    [Fact]
    public async Task A_name_is_known_once_it_was_looked_up_and_looked_up_again_after_half_a_minute()
    {
        _answer = [new SipTarget("UDP", IPEndPoint.Parse("192.0.2.8:5070"), "gw.example.com")];
        (await FindAsync(Named)).ShouldBeNull();
        (await FindAsync(Named)).ShouldBe("192.0.2.8:5070");
        _asked.ShouldBe(["sip:gw.example.com"]);

        _answer = [new SipTarget("UDP", IPEndPoint.Parse("192.0.2.9:5070"), "gw.example.com")];
        await _bench.AdvanceAsync(30);
        (await FindAsync(Named)).ShouldBe("192.0.2.8:5070");
        (await FindAsync(Named)).ShouldBe("192.0.2.9:5070");

        _answer = [];
        await _bench.AdvanceAsync(30);
        await FindAsync(Named);
        (await FindAsync(Named)).ShouldBe("192.0.2.9:5070", "what was known holds while DNS is away");
    }

    [Fact]
    public async Task An_address_is_known_at_once()
    {
        (await FindAsync(new Gateway("192.0.2.7", 5080))).ShouldBe("192.0.2.7:5080");
        (await FindAsync(new Gateway("192.0.2.7", 5080, "TLS"))).ShouldBeNull("nothing here speaks TLS");
        _asked.ShouldBeEmpty();
    }

    private async Task<string?> FindAsync(Gateway gateway)
    {
        SipFlow? flow = null;
        await _bench.OnLoopAsync(() => flow = _bench.Agent.Hops.Find(TrunkRequests.UriOf(user: null, gateway)).FirstOrDefault());
        return flow?.Remote.ToString();
    }
}
