using System.Net;
using CallCenter.Telephony.Sip;
using static CallCenter.Telephony.Tests.Sip.UserAgentTests;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Dialogs whose next hop is a name (RFC 3263): it is looked up ahead, and nobody waits for it.</summary>
public sealed class NamedHopTests : IAsyncLifetime, ISipLocator
{
    private static readonly IPEndPoint Proxy = IPEndPoint.Parse("192.0.2.50:5070");

    private readonly AgentBench _bench = new();
    private readonly TestCall _call = new();
    private readonly TaskCompletionSource<IReadOnlyList<SipTarget>> _answer = new();
    private readonly List<string> _asked = [];

    public Task InitializeAsync()
    {
        _bench.Agent.Locator = this;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    public Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri, CancellationToken cancellationToken)
    {
        _asked.Add(uri.ToString());
        return _answer.Task;
    }

    [Fact]
    public async Task A_route_that_is_a_name_is_followed_once_it_is_known()
    {
        await AnswerAsync();
        _asked.ShouldBe(["sip:proxy.example.com;lr"]);
        await _bench.OnLoopAsync(() => _answer.SetResult([new SipTarget("UDP", Proxy, "proxy.example.com")]));

        (await HangUpAsync()).ShouldBe(Proxy);
    }

    [Fact]
    public async Task Until_then_and_when_it_leads_nowhere_requests_go_where_the_peer_was_heard()
    {
        await AnswerAsync();

        (await HangUpAsync()).ShouldBe(AgentBench.Peer);

        _answer.SetResult([]);
    }

    private async Task AnswerAsync()
    {
        await _bench.ReceiveAsync(Request("INVITE", extra: "Record-Route: <sip:proxy.example.com;lr>\nContent-Type: application/sdp\n").Replace("Content-Length: 0\n\n", "Content-Length: 5\n\noffer", StringComparison.Ordinal));
        await _bench.OnLoopAsync(() =>
        {
            var invite = _bench.Invites.ShouldHaveSingleItem();
            Dialog.TryAccept(invite.Request, invite.Source, "callee", out var dialog, out var error).ShouldBeTrue(error);
            new IncomingInvite(_bench.Agent, invite, dialog!, _call).Answer("sdp");
        });
        _bench.News().ShouldBe(["200 INVITE"]);
    }

    private async Task<IPEndPoint> HangUpAsync()
    {
        await _bench.ReceiveAsync(Request("ACK").Replace("<sip:1000@192.0.2.100>\n", "<sip:1000@192.0.2.100>;tag=callee\n", StringComparison.Ordinal));
        await _bench.OnLoopAsync(() => _call.Session!.HangUp(reason: null));
        _bench.News().ShouldBe(["BYE"]);
        return _bench.Transport.Sent[^1].To;
    }
}
