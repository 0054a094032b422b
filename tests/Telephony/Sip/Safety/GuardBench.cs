using System.Net;
using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>
/// A guarded user agent on a memory transport and a clock that the test moves, with extension 2001 (password "secret") and a trunk at 192.0.2.1. INVITEs are judged as the switch
/// judges them; those that pass are kept.
/// </summary>
internal sealed class GuardBench : IAsyncDisposable, ICallTaker
{
    public static readonly IPAddress TrunkAddress = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress Stranger = IPAddress.Parse("198.51.100.7");

    private readonly DefectWatch _watch = new();
    private readonly TestAccounts _accounts = new(TestAccounts.Account("2001", "secret"));
    private readonly CallAdmission _admission;
    private readonly TrunkTable _trunks;
    private int _read;
    private int _branch;

    public GuardBench()
    {
        Loop = new SipLoop(Time, _watch);
        var authenticator = new DigestAuthenticator(AgentBench.Realm, [DigestAlgorithm.Sha256, DigestAlgorithm.Md5], _accounts, Time);
        var registrar = new Registrar(Time, Loop.Timers, authenticator, TimeSpan.FromHours(1), (_, _) => { });
        _trunks = new TrunkTable(Time, _ => { });
        Guard = new SipGuard(Loop, Time, registrar.Sources, TrunkAddress.Equals, Blocked.Add, Expired.Add, _watch);
        Agent = new UserAgent(Loop, SipTimers.Default, registrar, this, _watch) { Guard = Guard };
        Agent.Attach(Transport);
        _admission = new CallAdmission(_accounts, _trunks, authenticator);
        Loop.Post(() => _trunks.Replace(Agent, [new Trunk { Name = "trunk", Networks = [new IPNetwork(TrunkAddress, 32)] }]));
    }

    public ManualTime Time { get; } = new();

    public MemoryTransport Transport { get; } = new();

    public SipLoop Loop { get; }

    public SipGuard Guard { get; }

    public UserAgent Agent { get; }

    public List<Block> Blocked { get; } = [];

    public List<Block> Expired { get; } = [];

    public List<ServerTransaction> Calls { get; } = [];

    /// <summary>A request with a branch of its own; its Via names the port that it comes from.</summary>
    public string Request(string method, string user = "2001", string extra = "", string uri = "sip:192.0.2.100") => $"""
        {method} {uri} SIP/2.0
        Via: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK{++_branch};rport
        Max-Forwards: 70
        From: <sip:{user}@192.0.2.100>;tag=f{_branch}
        To: <sip:{user}@192.0.2.100>
        Call-ID: c{_branch}
        CSeq: 1 {method}
        {extra}Content-Length: 0


        """;

    /// <summary>Hands a datagram over as a transport does: not at all when its source is blocked.</summary>
    public void Hand(byte[] datagram, IPAddress? from = null)
    {
        var flow = new SipFlow(Transport, new IPEndPoint(from ?? Stranger, 5060));
        ISipTransportUser user = Agent;
        if (!user.Listens(flow.Remote.Address))
        {
            return;
        }

        if (SipMessage.TryParse(datagram, out var message, out var error))
        {
            user.OnMessage(message, flow);
        }
        else
        {
            user.OnMalformed(error, flow);
        }
    }

    public Task ReceiveAsync(string message, IPAddress? from = null)
    {
        Hand(Wire(message), from);
        return SettleAsync();
    }

    /// <summary>Sends a request, and again with credentials when it is challenged; gives the last status.</summary>
    public async Task<int> ProveAsync(string method, string password, IPAddress? from = null, string extra = "")
    {
        await ReceiveAsync(Request(method, extra: extra), from);
        if (News().LastOrDefault() is not SipResponse { StatusCode: 401 } challenge)
        {
            return 0;
        }

        await ReceiveAsync(Request(method, extra: extra + Credentials(challenge, method, password) + "\n"), from);
        return (News().LastOrDefault() as SipResponse)?.StatusCode ?? 0;
    }

    public static byte[] Wire(string message) => Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n"));

    /// <summary>Moves the clock, stopping at every timer on the way.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        var end = Time.GetUtcNow() + by;
        while (Time.NextDue() is { } due && due <= end)
        {
            Time.SetNow(due > Time.GetUtcNow() ? due : Time.GetUtcNow());
            await SettleAsync();
        }

        Time.SetNow(end);
        await SettleAsync();
    }

    /// <summary>What has been sent since the last look.</summary>
    public IReadOnlyList<SipMessage> News()
    {
        var sent = Transport.Sent.Skip(_read).ToList();
        _read += sent.Count;
        return sent.ConvertAll(item =>
        {
            SipMessage.TryParse(item.Bytes, out var message, out var error).ShouldBeTrue(error?.ToString());
            return message!;
        });
    }

    public List<int> Statuses() => [.. News().Select(message => ((SipResponse)message).StatusCode)];

    public async Task SettleAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Loop.Post(done.SetResult);
            await done.Task;
        }
    }

    public void OnInvite(ServerTransaction invite)
    {
        if (_admission.TryAdmit(invite.Request, invite.Source.Remote.Address, invite.Record, "tag", out var source, out _, out var refusal))
        {
            if (source is ExtensionSource)
            {
                Agent.Proved(invite);
            }

            Calls.Add(invite);
        }
        else
        {
            Agent.Judge(invite, refusal!);
            invite.RespondOnce(refusal!);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Loop.DisposeAsync();
        _watch.ShouldHaveSeenNone();
    }

    private static string Credentials(SipResponse challenge, string method, string password)
    {
        var nonce = challenge.Headers[HeaderName.WwwAuthenticate]!.Split("nonce=\"")[1].Split('"')[0];
        var offered = new DigestCredentials("2001", AgentBench.Realm, nonce, "sip:192.0.2.100", "", "SHA-256", "c", "auth", "00000001");
        var ha1 = DigestAuthenticator.Hash(DigestAlgorithm.Sha256, $"2001:{AgentBench.Realm}:{password}");
        var response = DigestAuthenticator.Expected(DigestAlgorithm.Sha256, ha1, method, offered);
        return $"Authorization: Digest username=\"2001\", realm=\"{AgentBench.Realm}\", nonce=\"{nonce}\", uri=\"sip:192.0.2.100\", response=\"{response}\", algorithm=SHA-256, cnonce=\"c\", qop=auth, nc=00000001";
    }
}
