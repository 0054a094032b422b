using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Requests too large for a datagram go by TCP where the peer takes it, and by UDP where it does not (RFC 3261 section 18.1.1).</summary>
public sealed class LargeRequestTests : IAsyncLifetime
{
    private static readonly string Sdp = new('x', 1_300);

    private readonly AgentBench _bench = new();
    private readonly MemoryTransport _tcp = new("TCP");
    private readonly TestCall _call = new();
    private OutgoingInvite _invite = null!;

    public Task InitializeAsync()
    {
        _bench.Agent.Attach(_bench.Transport, _tcp);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_large_request_goes_by_TCP_and_its_CANCEL_follows_it()
    {
        await CallAsync(Sdp);
        _bench.News().ShouldBeEmpty();
        var invite = SentByTcp().ShouldHaveSingleItem();
        (invite.Method, invite.TopVia.Transport).ShouldBe(("INVITE", "TCP"));
        invite.Headers[HeaderName.Contact].ShouldBe("<sip:192.0.2.100:5060>", "the dialog stays with UDP");
        await _bench.AdvanceAsync(4);
        SentByTcp().Count.ShouldBe(1, "TCP itself repeats");

        await RespondAsync(invite, 180);
        await _bench.OnLoopAsync(() => _invite.Cancel(reason: null));

        SentByTcp()[^1].Method.ShouldBe("CANCEL");
        SentByTcp()[^1].TopVia.ShouldBe(invite.TopVia);
    }

    [Fact]
    public async Task A_peer_without_TCP_gets_it_by_UDP_and_the_next_ones_too_for_a_while()
    {
        await CallAsync(Sdp);
        var first = SentByTcp().ShouldHaveSingleItem();

        await RefuseTcpAsync();

        var invite = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipRequest>();
        (invite.Method, invite.TopVia.Transport, invite.TopVia.Branch).ShouldBe(("INVITE", "UDP", first.TopVia.Branch));
        await _bench.AdvanceAsync(0.5);
        _bench.News().ShouldBe(["INVITE"], "UDP is repeated");
        _call.Told.ShouldBeEmpty();
        await RespondAsync(invite, 486);
        _bench.News().ShouldBe(["ACK"]);
        _call.Told.Count.ShouldBe(1);

        await CallAsync(Sdp);
        _bench.News().ShouldBe(["INVITE"]);
        await _bench.AdvanceAsync(600);
        await CallAsync(Sdp);
        SentByTcp().Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_has_been_heard_of_by_TCP_is_not_sent_again()
    {
        await CallAsync(Sdp);
        await RespondAsync(SentByTcp()[0], 180);

        await RefuseTcpAsync();

        _bench.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task Small_requests_and_those_to_peers_that_cannot_be_connected_to_go_by_UDP()
    {
        await CallAsync("small");
        await CallAsync(Sdp, listens: false);

        _bench.News().ShouldBe(["INVITE", "INVITE"]);
        SentByTcp().ShouldBeEmpty();
    }

    private List<SipRequest> SentByTcp() => [.. _tcp.Sent.Select(sent =>
    {
        SipMessage.TryParse(sent.Bytes, out var message, out var error).ShouldBeTrue(error?.ToString());
        return (SipRequest)message!;
    })];

    private Task CallAsync(string sdp, bool listens = true)
    {
        var flow = new SipFlow(_bench.Transport, AgentBench.Peer) { ListensAt = listens ? AgentBench.Peer : null };
        return _bench.OnLoopAsync(() =>
        {
            var request = _bench.Agent.Messages.NewInvite(SipUri.Of("2001", AgentBench.Peer), flow, new NameAddr(SipUri.Of("4711", "192.0.2.100")), Guid.NewGuid().ToString("N"), sdp, new Dictionary<string, string>());
            _invite = new OutgoingInvite(_bench.Agent, request, flow, behindNat: false, _call);
        });
    }

    private Task RefuseTcpAsync() => _bench.OnLoopAsync(() => _bench.Agent.Transactions.Unreachable(new SipFlow(_tcp, AgentBench.Peer)));

    private Task RespondAsync(SipRequest request, int status) => _bench.ReceiveAsync(SipResponse.For(request, status, "Because", "phone").ToBytes());
}
