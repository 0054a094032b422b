using System.Net.Sockets;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>
/// Out over a trunk: one gateway after the other, until one takes the call or refuses it for a reason that the next would have too. Belongs to the loop.
/// </summary>
internal sealed class TrunkRoute : ICallRoute
{
    private readonly UserAgent _agent;
    private readonly TrunkLine? _line;
    private readonly string _number;
    private readonly OriginateOptions _options;
    private readonly string _callId = Guid.NewGuid().ToString("N");
    private readonly Queue<GatewayHealth> _later = [];
    private readonly bool _counted;
    private DigestClient? _digest;
    private (GatewayHealth Gateway, SipFlow Flow)? _at;

    /// <param name="agent">Sends.</param>
    /// <param name="line">The trunk; null when there is none of that name.</param>
    /// <param name="number">Whom to call.</param>
    /// <param name="options">Who calls.</param>
    public TrunkRoute(UserAgent agent, TrunkLine? line, string number, OriginateOptions options)
    {
        (_agent, _line, _number, _options) = (agent, line, number, options);
        if (line is null)
        {
            Closed = "there is no such trunk";
        }
        else if (!line.TryTake())
        {
            Closed = $"trunk {line.Settings.Name} has its {line.Settings.MaxCalls} calls";
        }
        else
        {
            _counted = true;
            _later = new(line.Next());
            Closed = _later.Count == 0 ? $"no gateway of trunk {line.Settings.Name} is up" : null;
        }
    }

    public string? Closed { get; }

    public AddressFamily Family => _later.TryPeek(out var first) && first.Flow is { } flow ? flow.Remote.AddressFamily : AddressFamily.Unspecified;

    public CodecPreference? Codecs => _line?.Codecs;

    public bool IsSecure => _later.All(way => way.Flow is { Transport.IsSecure: true });

    public TimeSpan? Patience => _line?.Settings.Patience;

    public bool IsContentWithProgress => true;

    public IReadOnlyList<CallAttempt> Next(string offer)
    {
        while (_later.TryDequeue(out var gateway))
        {
            if (gateway.Flow is { } flow)
            {
                _at = (gateway, flow);
                _digest = _line!.Settings.Account is { } account ? new DigestClient(account.UserName, account.Password) : null;
                _line.Remember(_callId);
                return [AttemptAt(gateway.Gateway, flow, offer)];
            }

            _line!.Heard(gateway, well: false, GatewayProbe.NoWay);
        }

        return [];
    }

    public CallAttempt? Retry(SipRequest invite, SipResponse refusal) => _digest is not null && _digest.TryTake(refusal)
        ? new CallAttempt(Authorized(invite), _at!.Value.Flow, BehindNat: false)
        : null;

    public bool GoesOnAfter(SipResponse? refusal)
    {
        var (gateway, _) = _at!.Value;
        if (refusal is null)
        {
            _line!.Heard(gateway, well: false, "no response to an INVITE");
            return true;
        }

        var wait = TrunkRequests.RetryAfter(refusal);
        _line!.Heard(gateway, well: refusal.StatusCode is not (408 or 503), $"{refusal.StatusCode} {refusal.ReasonPhrase} to an INVITE");
        if (refusal.StatusCode is 500 or 503 && wait is { } rest)
        {
            _line.Suspend(gateway, rest);
        }

        // A refusal of the callee's would be the same everywhere; so would a 500 that does not say to come again.
        return refusal.StatusCode is 408 or 503 || (refusal.StatusCode == 500 && wait is not null);
    }

    public void End()
    {
        _line?.Forget(_callId);
        if (_counted)
        {
            _line!.Release();
        }
    }

    private CallAttempt AttemptAt(Gateway gateway, SipFlow flow, string offer)
    {
        var trunk = _line!.Settings;
        var host = trunk.Domain ?? SipUri.HostOf(flow.Transport.LocalEndPoint.Address);
        var isWithheld = _options.FromUser.Length == 0;
        var identity = new NameAddr(_options.FromDisplayName, SipUri.Of(_options.FromUser, host), SipParameters.Empty);
        var from = (isWithheld, trunk.FromUser) switch
        {
            (_, { } fixedUser) => new NameAddr(isWithheld ? null : _options.FromDisplayName, SipUri.Of(fixedUser, host), SipParameters.Empty),
            (true, _) => new NameAddr("Anonymous", SipUri.Of("anonymous", "anonymous.invalid"), SipParameters.Empty), // RFC 3323 section 4.1.1.3
            _ => identity,
        };
        var invite = _agent.Messages.NewInvite(TrunkRequests.UriOf(_number, gateway), flow, from, _callId, offer, _options.ExtraHeaders);
        if (trunk.AssertsIdentity && !isWithheld)
        {
            invite.Headers.Add(HeaderName.PAssertedIdentity, identity.ToString());
        }

        if (isWithheld)
        {
            invite.Headers.Add(HeaderName.Privacy, "id");
        }

        if (_line.Registration?.ServiceRoute is { } route)
        {
            invite.Headers.Add(HeaderName.Route, route);
        }

        return new CallAttempt(invite, flow, BehindNat: false);
    }

    // The same call once more: Call-ID and From stay, the sequence number is the next (RFC 3261 section 22.2).
    private SipRequest Authorized(SipRequest invite)
    {
        var headers = new SipHeaders(16);
        foreach (var header in invite.Headers)
        {
            if (header.Name.Equals(HeaderName.Via))
            {
                headers.Add(HeaderName.Via, AgentMessages.NewVia(_at!.Value.Flow));
            }
            else if (header.Name.Equals(HeaderName.CSeq))
            {
                headers.Add(HeaderName.CSeq, $"{invite.CSeq.Number + 1} {invite.Method}");
            }
            else if (!header.Name.Equals(HeaderName.Authorization) && !header.Name.Equals(HeaderName.ProxyAuthorization))
            {
                headers.AddParsed(header.Name, header.Value);
            }
        }

        _digest!.Authorize(headers, invite.Method, invite.Uri);
        return new SipRequest(invite.Method, invite.Uri, headers, invite.Body);
    }
}
