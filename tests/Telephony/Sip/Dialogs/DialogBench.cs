using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>One call of an agent, made by it or to it, whose other side the test plays on a clock that stands still.</summary>
internal sealed class DialogBench : IAsyncDisposable
{
    private uint _cSeq = 1;
    private int _branches;

    private DialogBench()
    {
    }

    public AgentBench Bench { get; } = new();

    public TestCall Call { get; } = new();

    /// <summary>The call that came in.</summary>
    public IncomingInvite Incoming { get; private set; } = null!;

    /// <summary>The call that we made, and its INVITE.</summary>
    public OutgoingInvite Outgoing { get; private set; } = null!;

    public SipRequest Invite { get; private set; } = null!;

    public SipSession Session => Call.Session!;

    /// <summary>A call comes in and waits.</summary>
    /// <param name="headers">Further header lines of the INVITE, each ended by a line feed.</param>
    /// <param name="offer">Its body; null for none.</param>
    public static async Task<DialogBench> CalledAsync(string headers = "", string? offer = "their offer")
    {
        var bench = new DialogBench();
        await bench.Bench.ReceiveAsync(bench.Text("INVITE", 1, headers, offer, tagged: false));
        var transaction = bench.Bench.Invites.ShouldHaveSingleItem();
        await bench.OnLoopAsync(() =>
        {
            Dialog.TryAccept(transaction.Request, transaction.Source, "ours", out var dialog, out var error).ShouldBeTrue(error);
            bench.Incoming = new IncomingInvite(bench.Bench.Agent, transaction, dialog!, bench.Call);
        });
        return bench;
    }

    /// <summary>A call that came in, answered and acknowledged. What was sent for that is passed over.</summary>
    public static async Task<DialogBench> AnsweredAsync(string headers = "")
    {
        var bench = await CalledAsync(headers);
        await bench.OnLoopAsync(() => bench.Incoming.Answer("our answer"));
        await bench.RequestAsync("ACK", cSeq: 1);
        bench.Bench.News();
        return bench;
    }

    /// <summary>A call that we make.</summary>
    public static async Task<DialogBench> CallingAsync()
    {
        var bench = new DialogBench();
        var flow = new SipFlow(bench.Bench.Transport, AgentBench.Peer);
        await bench.OnLoopAsync(() =>
        {
            bench.Invite = bench.Bench.Agent.Messages.NewInvite(SipUri.Of("2001", AgentBench.Peer), flow, new NameAddr(SipUri.Of("4711", "192.0.2.100")), "call-2", "our offer", new Dictionary<string, string>());
            bench.Outgoing = new OutgoingInvite(bench.Bench.Agent, bench.Invite, flow, behindNat: false, bench.Call);
        });
        bench.Bench.News();
        return bench;
    }

    /// <summary>A call that we made and that was answered. What was sent for that is passed over.</summary>
    /// <param name="headers">Further header lines of the 200.</param>
    public static async Task<DialogBench> ConnectedAsync(string headers = "")
    {
        var bench = await CallingAsync();
        await bench.RespondAsync(bench.Invite, 200, headers, "their answer");
        bench.Bench.News().ShouldBe(["ACK"]);
        return bench;
    }

    public Task OnLoopAsync(Action action) => Bench.OnLoopAsync(action);

    public Task AdvanceAsync(double seconds) => Bench.AdvanceAsync(seconds);

    public List<string> News() => Bench.News();

    /// <summary>The one request that was sent since the last look.</summary>
    public SipRequest NewRequest(string method)
    {
        var request = Bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipRequest>();
        request.Method.ShouldBe(method);
        return request;
    }

    /// <summary>The one response that was sent since the last look.</summary>
    public SipResponse NewResponse(int status)
    {
        var response = Bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
        response.StatusCode.ShouldBe(status);
        return response;
    }

    public static string BodyOf(SipMessage message) => Encoding.UTF8.GetString(message.Body.Span);

    /// <summary>A request of the other side within the dialog.</summary>
    /// <param name="method">Its method.</param>
    /// <param name="headers">Further header lines, each ended by a line feed.</param>
    /// <param name="body">Null for none.</param>
    /// <param name="cSeq">The next number unless given.</param>
    /// <param name="type">Of the body.</param>
    /// <param name="tag">The other side's tag, in a call that we made.</param>
    public Task RequestAsync(string method, string headers = "", string? body = null, uint? cSeq = null, string type = "application/sdp", string tag = "theirs") =>
        Bench.ReceiveAsync(Text(method, cSeq ?? ++_cSeq, headers, body, tagged: true, type, tag));

    /// <summary>Answers a request of ours, with a Contact.</summary>
    public Task RespondAsync(SipRequest request, int status, string headers = "", string? body = null, string? tag = "theirs") => Bench.ReceiveAsync($"""
        SIP/2.0 {status} Because
        Via: {request.Headers[HeaderName.Via]}
        From: {request.From}
        To: {(request.To.Tag is null && tag is not null ? request.To.WithTag(tag) : request.To)}
        Call-ID: {request.CallId}
        CSeq: {request.CSeq}
        Contact: <sip:peer@192.0.2.1:5062>
        {headers}{Content(body, "application/sdp")}
        """);

    public ValueTask DisposeAsync() => Bench.DisposeAsync();

    private string Text(string method, uint cSeq, string headers, string? body, bool tagged, string type = "application/sdp", string tag = "theirs")
    {
        var (from, to, callId) = Invite is null
            ? ("<sip:4711@192.0.2.1>;tag=caller", $"<sip:1000@192.0.2.100>{(tagged ? ";tag=ours" : "")}", "call-1")
            : ($"<sip:2001@192.0.2.1:5060>;tag={tag}", Invite.From.ToString(), "call-2");
        return $"""
            {method} sip:1000@192.0.2.100 SIP/2.0
            Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKpeer{(tagged ? ++_branches : 0)}
            Max-Forwards: 70
            From: {from}
            To: {to}
            Call-ID: {callId}
            CSeq: {cSeq} {method}
            Contact: <sip:peer@192.0.2.1>
            {headers}{Content(body, type)}
            """;
    }

    private static string Content(string? body, string type) => body is null ? "Content-Length: 0\n\n" : $"Content-Type: {type}\nContent-Length: {Encoding.UTF8.GetByteCount(body.ReplaceLineEndings("\r\n"))}\n\n{body}";
}
