using System.Net;
using System.Net.Sockets;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Sip;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>A switch on free ports of 127.0.0.1 with extensions 2001 to 2003 (password "secret") and a trunk that trusts 127.0.0.1.</summary>
internal sealed class SwitchBench : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly List<SipPhone> _phones = [];

    private readonly DefectWatch _watch;

    private SwitchBench(Switch underTest, DefectWatch watch)
    {
        Switch = underTest;
        _watch = watch;
    }

    public Switch Switch { get; }

    /// <param name="t1">T1 in milliseconds: 500 as the RFC has it where a test must not see time-outs, less where it wants them.</param>
    /// <param name="ports">RTP ports.</param>
    /// <param name="bindings">Keeps bindings over a restart.</param>
    /// <param name="trunks">In place of the one that trusts 127.0.0.1.</param>
    /// <param name="change">Changes the options.</param>
    public static async Task<SwitchBench> StartAsync(
        int t1 = 500, PortRange? ports = null, IBindingStore? bindings = null, IReadOnlyList<Trunk>? trunks = null, Func<SwitchOptions, SwitchOptions>? change = null)
    {
        var accounts = new TestAccounts([.. new[] { "2001", "2002", "2003" }.Select(extension => TestAccounts.Account(extension, "secret"))]);
        var options = new SwitchOptions
        {
            Bind = IPAddress.Loopback,
            SipPort = 0,
            RtpPorts = ports ?? new PortRange(20000, 29999),
            BindingStore = bindings,
            Trunks = trunks ?? [new Trunk { Name = "local", Networks = [IPNetwork.Parse("127.0.0.1/32")] }],
            Timers = new SipTimers { T1 = TimeSpan.FromMilliseconds(t1), T2 = TimeSpan.FromMilliseconds(t1 * 8), T4 = TimeSpan.FromMilliseconds(t1 * 10) },
        };
        var watch = new DefectWatch();
        var created = new Switch(change?.Invoke(options) ?? options, accounts, TimeProvider.System, watch);
        await created.StartAsync(CancellationToken.None);
        return new SwitchBench(created, watch);
    }

    public SipPhone Phone(string user, string address = "127.0.0.1") => Keep(new SipPhone(Switch.SipEndPoint, user, address));

    /// <summary>A phone that is connected over a protocol: TCP, TLS or WS.</summary>
    public async Task<SipPhone> PhoneAsync(string user, string protocol) => PhoneOn(user, protocol == "WS"
        ? await WebSocketLine.ConnectAsync(Switch)
        : await StreamLine.ConnectAsync(EndPoint(protocol), tls: protocol == "TLS"));

    public SipPhone PhoneOn(string user, IPhoneLine line) => Keep(new SipPhone(Switch.SipEndPoint, user, line));

    /// <summary>Where the switch listens for a protocol.</summary>
    public IPEndPoint EndPoint(string protocol, AddressFamily family = AddressFamily.InterNetwork) =>
        Switch.SipEndPoints.First(open => open.Protocol == protocol && open.EndPoint.AddressFamily == family).EndPoint;

    public async Task<SipPhone> RegisteredAsync(string extension)
    {
        var phone = Phone(extension);
        (await phone.RegisterAsync("secret")).StatusCode.ShouldBe(200);
        return phone;
    }

    /// <summary>The next notification, which must be of this kind. Registrations are passed over unless asked for.</summary>
    public async Task<T> NextAsync<T>()
        where T : SwitchNotification
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var next = await Switch.Notifications.ReadAsync(limit.Token);
            if (next is T wanted)
            {
                return wanted;
            }

            next.ShouldBeAssignableTo<PhoneRegistered>($"{next}");
        }
    }

    /// <summary>A trunk call that is answered and acknowledged.</summary>
    public async Task<(LegId Leg, SipRequest Invite, SipResponse Answer)> AnsweredCallAsync(SipPhone caller, string number = "1000")
    {
        var invite = caller.Call(number, caller.Sdp());
        var call = await NextAsync<IncomingCall>();
        Switch.Answer(call.Leg).ShouldBeTrue();
        var answer = await caller.ResponseAsync(200, "INVITE");
        caller.InDialog("ACK", invite, answer);
        await NextAsync<LegAnswered>();
        return (call.Leg, invite, answer);
    }

    public async ValueTask DisposeAsync()
    {
        await Switch.DisposeAsync();
        foreach (var phone in _phones)
        {
            await phone.DisposeAsync();
        }

        _watch.ShouldHaveSeenNone();
    }

    private SipPhone Keep(SipPhone phone)
    {
        _phones.Add(phone);
        return phone;
    }
}
