using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>Asks a gateway by OPTIONS, again and again, whether it is there. Belongs to the loop.</summary>
/// <param name="agent">Sends.</param>
/// <param name="trunk">Whose gateway: how often, and how long to wait for an answer.</param>
/// <param name="health">Which gateway.</param>
/// <param name="heard">Told of each result: whether it went well, and what was heard.</param>
internal sealed class GatewayProbe(UserAgent agent, Trunk trunk, GatewayHealth health, Action<bool, string> heard) : IClientTransactionUser
{
    private readonly string _callId = Guid.NewGuid().ToString("N");
    private ClientTransaction? _asking;
    private TimerHandle? _timer;
    private uint _cSeq;
    private bool _stopped;

    /// <summary>Why a gateway without a flow is not up.</summary>
    public const string NoWay = "its name leads nowhere, or its transport is not spoken here";

    public void Start()
    {
        if (trunk.ProbeInterval is not null)
        {
            health.Locate(agent, Ask);
        }
    }

    public void Stop()
    {
        _stopped = true;
        agent.Loop.Timers.Cancel(_timer);
        _asking?.Abandon();
    }

    public void OnResponse(ClientTransaction transaction, SipResponse response)
    {
        if (!response.IsProvisional && ReferenceEquals(transaction, _asking))
        {
            Settle(response.StatusCode is not (408 or 503), $"{response.StatusCode} {response.ReasonPhrase}");
        }
    }

    public void OnFailed(ClientTransaction transaction, TransactionFailure failure)
    {
        if (ReferenceEquals(transaction, _asking))
        {
            Settle(well: false, failure == TransactionFailure.Timeout ? "no response" : "the network cannot deliver");
        }
    }

    private void Ask()
    {
        if (_stopped)
        {
            return;
        }

        if (health.Flow is not { } flow)
        {
            Settle(well: false, NoWay);
            return;
        }

        var uri = TrunkRequests.UriOf(user: null, health.Gateway);
        var from = new NameAddr(SipUri.Of(user: null, trunk.Domain ?? SipUri.HostOf(flow.Transport.LocalEndPoint.Address)));
        var options = TrunkRequests.New(agent, SipMethods.Options, uri, flow, from, new NameAddr(uri), _callId, ++_cSeq);
        options.Headers.Add(HeaderName.Contact, $"<{flow.Transport.ContactUri(sips: false)}>");
        options.Headers.Add(HeaderName.Accept, "application/sdp");
        _timer = agent.Loop.Timers.Start(trunk.Patience, () =>
        {
            _asking?.Abandon();
            Settle(well: false, "no response");
        });
        _asking = agent.Transactions.Send(options, flow, this);
    }

    private void Settle(bool well, string detail)
    {
        _asking = null;
        agent.Loop.Timers.Cancel(_timer);
        if (!_stopped)
        {
            _timer = agent.Loop.Timers.Start(trunk.ProbeInterval!.Value, Start);
            heard(well, detail);
        }
    }
}
