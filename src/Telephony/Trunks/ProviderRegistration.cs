using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>
/// Keeps a trunk registered at its provider (RFC 3261 section 10.2): refreshes at four fifths of what was granted, asks for more when told so (423), and after a failure tries again
/// at growing intervals. Belongs to the loop.
/// </summary>
/// <param name="agent">Sends.</param>
/// <param name="line">Whose registration; its gateways are tried in turn.</param>
/// <param name="settings">What to register.</param>
/// <param name="changed">Told when it becomes registered (null) or ceases to be, with the reason.</param>
internal sealed class ProviderRegistration(UserAgent agent, TrunkLine line, TrunkRegistration settings, Action<string?> changed) : IClientTransactionUser
{
    private const double RefreshShare = 0.8;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private readonly string _callId = Guid.NewGuid().ToString("N");
    private readonly DigestClient? _digest = line.Settings.Account is { } account ? new DigestClient(account.UserName, account.Password) : null;
    private readonly NameAddr _identity = new(SipUri.Of(settings.User, settings.Domain));
    private TimeSpan _expires = settings.Expires;
    private (GatewayHealth Gateway, SipFlow Flow)? _at;
    private TimerHandle? _timer;
    private uint _cSeq;
    private int _failures;
    private bool _stopped;

    /// <summary>Null until the first attempt has come to an end.</summary>
    public bool? IsRegistered { get; private set; }

    /// <summary>The proxies that our calls have to pass (RFC 3608), as a Route header has them; null when the registrar named none.</summary>
    public string? ServiceRoute { get; private set; }

    public void Start()
    {
        _digest?.BeginRequest();
        foreach (var gateway in line.Next())
        {
            if (gateway.Flow is { } flow)
            {
                _at = (gateway, flow);
                Send(_expires);
                return;
            }
        }

        Fail("no gateway is up", wait: null);
    }

    /// <summary>Takes the binding back and tells nobody.</summary>
    public void Stop()
    {
        agent.Loop.Timers.Cancel(_timer);
        _stopped = true;
        if (IsRegistered == true)
        {
            _digest?.BeginRequest();
            Send(TimeSpan.Zero);
        }
    }

    public void OnResponse(ClientTransaction transaction, SipResponse response)
    {
        if (response.IsProvisional)
        {
            return;
        }

        var asked = Asked(transaction.Request);
        if (_digest is not null && _digest.TryTake(response))
        {
            Send(asked);
        }
        else if (_stopped)
        {
            // The binding is gone or will lapse.
        }
        else if (response.IsSuccess)
        {
            Succeed(transaction.Request, response);
        }
        else if (response.StatusCode == 423 && uint.TryParse(response.Headers[HeaderName.MinExpires], out var least) && TimeSpan.FromSeconds(least) > asked)
        {
            _expires = TimeSpan.FromSeconds(least);
            Send(_expires);
        }
        else
        {
            Note(well: response.StatusCode is not (408 or 503), $"{response.StatusCode} {response.ReasonPhrase}");
            Fail($"{response.StatusCode} {response.ReasonPhrase}", TrunkRequests.RetryAfter(response));
        }
    }

    public void OnFailed(ClientTransaction transaction, TransactionFailure failure)
    {
        if (!_stopped)
        {
            var reason = failure == TransactionFailure.Timeout ? "no response" : "the network cannot deliver";
            Note(well: false, reason);
            Fail(reason, wait: null);
        }
    }

    private void Send(TimeSpan expires)
    {
        var flow = _at!.Value.Flow;
        var seconds = (long)expires.TotalSeconds;
        var uri = SipUri.Of(user: null, settings.Domain);
        var register = TrunkRequests.New(agent, SipMethods.Register, uri, flow, _identity, _identity, _callId, ++_cSeq);
        register.Headers.Add(HeaderName.Contact, $"<{flow.Transport.ContactUri(sips: false) with { User = _identity.Uri.User }}>;expires={seconds}");
        register.Headers.Add(HeaderName.Expires, $"{seconds}");
        _digest?.Authorize(register.Headers, register.Method, uri);
        agent.Transactions.Send(register, flow, this);
    }

    private static TimeSpan Asked(SipRequest register) => TimeSpan.FromSeconds(long.Parse(register.Headers[HeaderName.Expires]!));

    private void Succeed(SipRequest register, SipResponse response)
    {
        _failures = 0;
        ServiceRoute = response.Headers.TryGetAddresses(HeaderName.ServiceRoute, out var routes, out _) && routes.Count > 0 ? string.Join(", ", routes) : null;
        var refresh = Granted(register, response) * RefreshShare;
        _timer = agent.Loop.Timers.Start(refresh > Shortest ? refresh : Shortest, Start);
        Note(well: true, $"{response.StatusCode} {response.ReasonPhrase}");
        Tell(registered: true, reason: null);
    }

    // Our own contact's expires, else the Expires header, else what we asked for (section 10.2.4).
    private static TimeSpan Granted(SipRequest register, SipResponse response)
    {
        register.Headers.TryGetAddresses(HeaderName.Contact, out var ours, out _);
        var own = response.Headers.TryGetAddresses(HeaderName.Contact, out var bound, out _)
            ? bound.FirstOrDefault(contact => contact.Uri.User == ours[0].Uri.User && contact.Uri.Host == ours[0].Uri.Host && contact.Uri.Port == ours[0].Uri.Port)
            : null;
        var text = own?.Parameters["expires"] ?? response.Headers[HeaderName.Expires];
        return uint.TryParse(text, out var seconds) && seconds > 0 ? TimeSpan.FromSeconds(seconds) : Asked(register);
    }

    private void Fail(string reason, TimeSpan? wait)
    {
        _failures++;
        _timer = agent.Loop.Timers.Start(wait ?? Backoff.After(_failures, Random.Shared.NextDouble()), Start);
        Tell(registered: false, reason);
    }

    private void Note(bool well, string detail) => line.Heard(_at!.Value.Gateway, well, detail);

    private void Tell(bool registered, string? reason)
    {
        if (IsRegistered != registered)
        {
            IsRegistered = registered;
            changed(registered ? null : reason);
        }
    }
}
