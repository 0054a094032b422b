using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>What becomes of our requests when the connection that they went over closes.</summary>
public sealed class LostConnectionTests : IAsyncLifetime
{
    private readonly AgentBench _bench = new();
    private readonly MemoryTransport _tcp = new("TCP");
    private readonly TestCall _call = new();
    private SipRequest _invite = null!;

    public Task InitializeAsync()
    {
        _bench.Agent.Attach(_bench.Transport, _tcp);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task An_unanswered_request_is_sent_once_more_and_no_more()
    {
        var flow = await CallAsync(listens: true);

        await CloseAsync(flow);
        _tcp.Sent.Count.ShouldBe(2);
        _tcp.Sent[1].Bytes.ShouldBe(_tcp.Sent[0].Bytes);
        _call.Told.ShouldBeEmpty();

        await CloseAsync(flow);
        _tcp.Sent.Count.ShouldBe(2);
        _call.Told.ShouldBe(["failed  the network cannot deliver"]);
    }

    [Fact]
    public async Task Who_has_no_other_way_is_not_waited_for_even_while_it_rings()
    {
        var flow = await CallAsync(listens: false);
        await RespondAsync(180);

        await CloseAsync(flow);

        _call.Told.ShouldBe(["ringing", "failed  the network cannot deliver"]);
        await _bench.OnLoopAsync(() => _bench.Agent.Transactions.IsEmpty.ShouldBeTrue());
    }

    [Fact]
    public async Task Who_listens_may_answer_what_rings_over_another_connection()
    {
        var flow = await CallAsync(listens: true);
        await RespondAsync(180);

        await CloseAsync(flow);
        await RespondAsync(200);

        _call.Told.ShouldBe(["ringing", "answered"]);
    }

    private async Task<SipFlow> CallAsync(bool listens)
    {
        var flow = new SipFlow(_tcp, AgentBench.Peer) { ListensAt = listens ? AgentBench.Peer : null };
        await _bench.OnLoopAsync(() =>
        {
            _invite = _bench.Agent.Messages.NewInvite(SipUri.Of("2001", AgentBench.Peer), flow, new NameAddr(SipUri.Of("4711", "192.0.2.100")), "call-2", "sdp", new Dictionary<string, string>());
            _ = new OutgoingInvite(_bench.Agent, _invite, flow, behindNat: false, _call);
        });
        return flow;
    }

    private async Task CloseAsync(SipFlow flow)
    {
        ((ISipTransportUser)_bench.Agent).OnClosed(flow);
        await _bench.OnLoopAsync(() => { });
    }

    private Task RespondAsync(int status)
    {
        var response = SipResponse.For(_invite, status, "Because", "phone");
        response.Headers.Add(HeaderName.Contact, "<sip:2001@192.0.2.1:5062>");
        return _bench.ReceiveAsync(response.ToBytes());
    }
}
