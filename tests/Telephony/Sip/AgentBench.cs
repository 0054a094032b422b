using System.Net;
using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>A user agent on a memory transport and a clock that the test moves. Calls are kept in <see cref="Invites"/>.</summary>
internal sealed class AgentBench : IAsyncDisposable, ICallTaker
{
    public const string Realm = "callcenter";
    public static readonly IPEndPoint Peer = new(IPAddress.Parse("192.0.2.1"), 5060);

    private readonly DefectWatch _watch = new();
    private int _read;

    public AgentBench(params SipAccount[] accounts)
    {
        Loop = new SipLoop(Time, _watch);
        var authenticator = new DigestAuthenticator(Realm, [DigestAlgorithm.Sha256, DigestAlgorithm.Md5], new TestAccounts(accounts), Time);
        Registrar = new Registrar(Time, Loop.Timers, authenticator, TimeSpan.FromSeconds(120), (extension, registered) => Registrations.Add((extension, registered)));
        Agent = new UserAgent(Loop, SipTimers.Default, Registrar, this, _watch);
        Agent.Attach(Transport);
    }

    public ManualTime Time { get; } = new();

    public MemoryTransport Transport { get; } = new();

    public SipLoop Loop { get; }

    public UserAgent Agent { get; }

    public Registrar Registrar { get; }

    public List<ServerTransaction> Invites { get; } = [];

    public List<(string Extension, bool Registered)> Registrations { get; } = [];

    /// <summary>Receives a message whose lines end with a plain line feed.</summary>
    public Task ReceiveAsync(string message, IPEndPoint? from = null) => ReceiveAsync(Encoding.UTF8.GetBytes(message.ReplaceLineEndings("\r\n")), from);

    public Task ReceiveAsync(byte[] datagram, IPEndPoint? from = null)
    {
        var flow = new SipFlow(Transport, from ?? Peer);
        ISipTransportUser user = Agent;
        if (SipMessage.TryParse(datagram, out var message, out var error))
        {
            user.OnMessage(message, flow);
        }
        else
        {
            user.OnMalformed(error, flow);
        }

        return SettleAsync();
    }

    /// <summary>Runs an action on the loop; what it throws (an assertion) comes out here.</summary>
    public async Task OnLoopAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Loop.Post(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception failure)
            {
                done.SetException(failure);
            }
        });
        await done.Task;
        await SettleAsync();
    }

    /// <summary>Moves the clock, stopping at every timer on the way.</summary>
    public async Task AdvanceAsync(double seconds)
    {
        var end = Time.GetUtcNow() + TimeSpan.FromMilliseconds(Math.Round(seconds * 1000));
        while (Time.NextDue() is { } due && due <= end)
        {
            Time.SetNow(due > Time.GetUtcNow() ? due : Time.GetUtcNow());
            await SettleAsync();
        }

        Time.SetNow(end);
        await SettleAsync();
    }

    /// <summary>What has been sent since the last look, as "200 INVITE" or "BYE".</summary>
    public List<string> News() => [.. NewBytes().Select(Describe)];

    public IReadOnlyList<SipMessage> NewMessages() => [.. NewBytes().Select(bytes =>
    {
        SipMessage.TryParse(bytes, out var message, out var error).ShouldBeTrue(error?.ToString());
        return message!;
    })];

    public void OnInvite(ServerTransaction invite) => Invites.Add(invite);

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        await Loop.DisposeAsync();
        _watch.ShouldHaveSeenNone();
    }

    // Read off the text: the answer to a malformed request repeats its faults.
    private static string Describe(byte[] message)
    {
        var lines = Encoding.UTF8.GetString(message).Split("\r\n");
        return lines[0].StartsWith("SIP/2.0 ", StringComparison.Ordinal)
            ? $"{lines[0].Split(' ')[1]} {lines.First(line => line.StartsWith("CSeq:", StringComparison.Ordinal)).Split(' ')[^1]}"
            : lines[0].Split(' ')[0];
    }

    private List<byte[]> NewBytes()
    {
        var sent = Transport.Sent;
        List<byte[]> news = [.. sent.Skip(_read).Select(item => item.Bytes)];
        _read = sent.Count;
        return news;
    }

    // Twice: what ran may have posted more.
    private async Task SettleAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Loop.Post(done.SetResult);
            await done.Task;
        }
    }
}

/// <summary>Accounts of a test.</summary>
internal sealed class TestAccounts(params SipAccount[] accounts) : IAccounts
{
    public SipAccount? Find(string extension) => Array.Find(accounts, account => account.Extension == extension);

    public static SipAccount Account(string extension, string password, string realm = AgentBench.Realm) => new(
        extension,
        DigestAuthenticator.Hash(DigestAlgorithm.Md5, $"{extension}:{realm}:{password}"),
        DigestAuthenticator.Hash(DigestAlgorithm.Sha256, $"{extension}:{realm}:{password}"),
        $"Agent {extension}");
}
