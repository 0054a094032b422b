using System.Net;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Rtp;
using CallCenter.Telephony.Tests.Sip;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Telephony.Tests.Trunks;

/// <summary>Trunks over a memory transport and a clock that the test moves; the test is the gateways.</summary>
internal sealed class TrunkBench : IAsyncDisposable
{
    public static readonly IPEndPoint First = IPEndPoint.Parse("192.0.2.1:5060");
    public static readonly IPEndPoint Second = IPEndPoint.Parse("192.0.2.2:5060");

    private readonly AgentBench _bench = new();
    private readonly MediaEngine _media = new(IPAddress.Loopback, FreePorts.Range(20), TimeProvider.System, NullLogger.Instance);
    private readonly LegHost _host;
    private int _read;

    public TrunkBench()
    {
        _host = new LegHost(new SwitchOptions { Bind = IPAddress.Loopback }, _bench.Agent.Loop, _bench.Time);
        Table = new TrunkTable(_bench.Time, _host.Notify);
    }

    public TrunkTable Table { get; }

    /// <summary>Two gateways, tried in order, without probes unless asked for.</summary>
    public static Trunk Trunk { get; } = new()
    {
        Name = "provider",
        Gateways = [new Gateway("192.0.2.1", Priority: 1), new Gateway("192.0.2.2", Priority: 2)],
        ProbeInterval = null,
    };

    /// <summary>Names lead here, in this order.</summary>
    public void Resolve(params SipTarget[] targets) => _bench.Agent.Locator = new Places(targets);

    public Task UseAsync(params Trunk[] trunks) => _bench.OnLoopAsync(() => Table.Replace(_bench.Agent, trunks));

    public Task AdvanceAsync(double seconds) => _bench.AdvanceAsync(seconds);

    /// <summary>Calls a number over a trunk.</summary>
    public async Task<OutgoingLeg> CallAsync(string trunk = "provider", OriginateOptions? options = null)
    {
        options ??= new OriginateOptions { FromUser = "4711", FromDisplayName = "Ann", RingTimeout = TimeSpan.FromSeconds(60) };
        var leg = new OutgoingLeg(_host.NewId(), _host, _bench.Agent, options);
        await _bench.OnLoopAsync(() => leg.Start(_media, new TrunkRoute(_bench.Agent, Table.Find(trunk), "030123", options)));
        return leg;
    }

    public Task OnLoopAsync(Action action) => _bench.OnLoopAsync(action);

    public IReadOnlyList<TrunkStatus> Status => Table.Status;

    /// <summary>What has been told since the last look.</summary>
    public List<SwitchNotification> Told()
    {
        var told = new List<SwitchNotification>();
        while (_host.Notifications.TryRead(out var next))
        {
            told.Add(next);
        }

        return told;
    }

    /// <summary>What has been sent since the last look.</summary>
    public List<(SipRequest Request, IPEndPoint To)> Sent()
    {
        var all = _bench.Transport.Sent;
        var news = all.Skip(_read).Select(item =>
        {
            SipMessage.TryParse(item.Bytes, out var message, out var error).ShouldBeTrue(error?.ToString());
            return (message.ShouldBeOfType<SipRequest>(), item.To);
        }).ToList();
        _read = all.Count;
        return news;
    }

    /// <summary>The one request that has been sent since the last look, ACKs aside.</summary>
    public SipRequest SentOne(IPEndPoint to)
    {
        var (request, target) = Sent().Where(item => item.Request.Method != SipMethods.Ack).ShouldHaveSingleItem();
        target.ShouldBe(to);
        return request;
    }

    /// <summary>Answers a request; further header fields as "Name: value".</summary>
    public Task AnswerAsync(SipRequest request, int status, params string[] headers)
    {
        var response = SipResponse.For(request, status, "Because", status == 100 ? null : "gw");
        foreach (var header in headers)
        {
            var parts = header.Split(": ", 2);
            response.Headers.Add(HeaderName.Of(parts[0]), parts[1]);
        }

        return _bench.ReceiveAsync(response.ToBytes());
    }

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        await _media.DisposeAsync();
    }

    private sealed class Places(IReadOnlyList<SipTarget> targets) : ISipLocator
    {
        public Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<SipTarget>>(uri.Host == "gw.example" ? targets : []);
    }
}
