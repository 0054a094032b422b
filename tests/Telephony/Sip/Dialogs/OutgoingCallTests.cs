using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Calls that we make, on a clock that stands still (RFC 3261 sections 9, 13.2 and 17.1, RFC 6026).</summary>
public sealed class OutgoingCallTests : IAsyncLifetime
{
    private readonly AgentBench _bench = new();
    private readonly TestCall _call = new();
    private OutgoingInvite _invite = null!;
    private SipRequest _request = null!;

    public async Task InitializeAsync()
    {
        var flow = new SipFlow(_bench.Transport, AgentBench.Peer);
        await _bench.OnLoopAsync(() =>
        {
            _request = _bench.Agent.Messages.NewInvite(SipUri.Of("2001", AgentBench.Peer), flow, new NameAddr(SipUri.Of("4711", "192.0.2.100")), "call-2", "sdp", new Dictionary<string, string>());
            _invite = new OutgoingInvite(_bench.Agent, _request, flow, behindNat: false, _call);
        });
        _bench.News().ShouldBe(["INVITE"]);
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_2xx_is_acknowledged_at_once_and_each_repetition_by_the_same_ACK()
    {
        await RespondAsync(200, "a");
        var first = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipRequest>();
        await _bench.OnLoopAsync(() => _call.Session!.HangUp(reason: null));
        _bench.News().ShouldBe(["BYE"]);
        await RespondAsync(200, "a");

        (first.Method, first.CSeq.Number, first.To.Tag, first.Uri.ToString()).ShouldBe(("ACK", 1u, "a", "sip:2001@192.0.2.1:5062"));
        first.TopVia.Branch.ShouldNotBe(_request.TopVia.Branch);
        _bench.NewMessages().ShouldHaveSingleItem().ToBytes().ShouldBe(first.ToBytes());
        _call.Told.ShouldBe(["answered"]);
    }

    [Fact]
    public async Task A_2xx_of_another_fork_is_acknowledged_and_hung_up()
    {
        await RespondAsync(180, "a");
        await RespondAsync(180, "b");
        await RespondAsync(200, "a");
        _bench.News().ShouldBe(["ACK"]);

        await RespondAsync(200, "b");

        var news = _bench.NewMessages();
        news.Select(item => $"{((SipRequest)item).Method} {item.To.Tag}").ShouldBe(["ACK b", "BYE b"]);
        _call.Told.ShouldBe(["ringing", "ringing", "answered"]);
    }

    [Fact]
    public async Task No_CANCEL_is_sent_before_a_provisional_response()
    {
        await _bench.OnLoopAsync(() => _invite.Cancel("Q.850;cause=16"));
        _bench.News().ShouldBeEmpty();

        await RespondAsync(100, tag: null);
        var cancel = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipRequest>();
        (cancel.Method, cancel.TopVia.Branch, cancel.CSeq.Number, cancel.Headers[HeaderName.Reason]).ShouldBe(("CANCEL", _request.TopVia.Branch, 1u, "Q.850;cause=16"));

        await RespondAsync(487, "a");
        _bench.News().ShouldBe(["ACK"]);
        _call.Told.ShouldBeEmpty("who gave up hears no more");
    }

    [Fact]
    public async Task An_answer_that_crosses_our_CANCEL_is_acknowledged_and_hung_up()
    {
        await RespondAsync(180, "a");
        await _bench.OnLoopAsync(() => _invite.Cancel(reason: null));
        _bench.News().ShouldBe(["CANCEL"]);

        await RespondAsync(200, "a");

        _bench.News().ShouldBe(["ACK", "BYE"]);
        _call.Told.ShouldBe(["ringing"]);
    }

    [Fact]
    public async Task An_answer_without_any_provisional_after_giving_up_is_acknowledged_and_hung_up()
    {
        await _bench.OnLoopAsync(() => _invite.Cancel(reason: null));

        await RespondAsync(200, "a");

        _bench.News().ShouldBe(["ACK", "BYE"]);
    }

    [Fact]
    public async Task Without_a_final_response_to_a_cancelled_INVITE_everything_is_forgotten_after_64_T1()
    {
        await RespondAsync(180, "a");
        await _bench.OnLoopAsync(() => _invite.Cancel(reason: null));

        await _bench.AdvanceAsync(70);

        _bench.News().ShouldAllBe(item => item == "CANCEL");
        await _bench.OnLoopAsync(() => _bench.Agent.Transactions.IsEmpty.ShouldBeTrue());
        (await Task.WhenAny(_bench.Agent.WhenIdle(), Task.Delay(TimeSpan.FromSeconds(10)))).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusal_is_acknowledged_in_its_own_transaction_each_time_it_comes()
    {
        await RespondAsync(486, "a");
        await RespondAsync(486, "a");

        var acks = _bench.NewMessages();
        acks.Count.ShouldBe(2);
        acks[0].TopVia.Branch.ShouldBe(_request.TopVia.Branch);
        acks[0].To.Tag.ShouldBe("a");
        _call.Told.ShouldBe(["failed 486 Refused"]);
    }

    [Fact]
    public async Task Silence_is_met_with_seven_INVITEs_and_then_Timer_B()
    {
        await _bench.AdvanceAsync(31.9);
        _bench.News().Count.ShouldBe(6);
        _call.Told.ShouldBeEmpty();
        await _bench.AdvanceAsync(0.1);

        _call.Told.ShouldBe(["failed  no response (Timer B)"]);
        await _bench.OnLoopAsync(() => _bench.Agent.Transactions.IsEmpty.ShouldBeTrue());
    }

    [Fact]
    public async Task An_unreachable_peer_is_reported_at_once()
    {
        ISipTransportUser user = _bench.Agent;
        user.OnUnreachable(new SipFlow(_bench.Transport, System.Net.IPEndPoint.Parse("192.0.2.77:5060")));
        await _bench.OnLoopAsync(() => _call.Told.ShouldBeEmpty());

        user.OnUnreachable(new SipFlow(_bench.Transport, AgentBench.Peer));
        await _bench.OnLoopAsync(() => _call.Told.ShouldBe(["failed  the network cannot deliver"]));
    }

    [Fact]
    public async Task An_INVITE_of_the_callee_in_an_early_dialog_is_glare()
    {
        await RespondAsync(180, "a");

        await _bench.ReceiveAsync($"""
            INVITE sip:192.0.2.100 SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKglare
            From: <sip:2001@192.0.2.1:5060>;tag=a
            To: {_request.From}
            Call-ID: call-2
            CSeq: 1 INVITE
            Contact: <sip:2001@192.0.2.1>
            Content-Length: 0


            """);

        _bench.News().ShouldBe(["491 INVITE"]);
    }

    [Fact]
    public async Task A_response_with_another_branch_is_nobodys()
    {
        await RespondAsync(200, "a", branch: "z9hG4bKforged");

        _bench.News().ShouldBeEmpty();
        _call.Told.ShouldBeEmpty();
    }

    private Task RespondAsync(int status, string? tag, string? branch = null) => _bench.ReceiveAsync($"""
        SIP/2.0 {status} Refused
        Via: SIP/2.0/UDP 192.0.2.100:5060;branch={branch ?? _request.TopVia.Branch};rport
        From: {_request.From}
        To: <sip:2001@192.0.2.1:5060>{(tag is null ? "" : $";tag={tag}")}
        Call-ID: call-2
        CSeq: 1 INVITE
        Contact: <sip:2001@192.0.2.1:5062>
        Content-Length: 0


        """);
}
