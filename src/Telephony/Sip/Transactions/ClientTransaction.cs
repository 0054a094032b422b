using System.Diagnostics;

namespace CallCenter.Telephony.Sip;

/// <summary>Who sent a request and waits for its responses. Called on the loop.</summary>
internal interface IClientTransactionUser
{
    void OnResponse(ClientTransaction transaction, SipResponse response);

    void OnFailed(ClientTransaction transaction, TransactionFailure failure);
}

/// <summary>A request of ours on its way (RFC 3261 section 17.1).</summary>
internal sealed class ClientTransaction(TransactionLayer layer, SipRequest request, SipFlow flow, IClientTransactionUser user) : Transaction(layer, request, flow)
{
    private byte[] _bytes = request.ToBytes();
    private (SipRequest Request, SipFlow Flow)? _byDatagram;
    private bool _sentAnew;
    private SipResponse? _response;
    private byte[]? _ack;

    /// <summary>Bytes of the request.</summary>
    public int Size => _bytes.Length;

    public bool IsInvite => Request.Method == SipMethods.Invite;

    /// <summary>
    /// Goes by a connection at first, as the request is too large for a datagram, and by datagram all the same when the peer takes no connection (RFC 3261 section 18.1.1).
    /// </summary>
    public static ClientTransaction ByConnection(TransactionLayer layer, SipRequest request, SipFlow flow, SipFlow connection, IClientTransactionUser user) =>
        new(layer, request.Over(connection), connection, user) { _byDatagram = (request, flow) };

    public void Receive(SipResponse response)
    {
        _response = response;
        Apply(TransactionInput.Response(response.StatusCode));
    }

    /// <summary>
    /// The connection is gone. A request that it may have swallowed is sent once more over a new one: its branch tells the peer that it is the same. A peer that listens may still answer
    /// an INVITE that rings over another one; who can be reached over this one only has fallen silent for good.
    /// </summary>
    public void LoseConnection()
    {
        if (!_sentAnew && Flow.ListensAt is not null && Phase is (TransactionPhase.Calling or TransactionPhase.Trying))
        {
            _sentAnew = true;
            Restart(Request, Flow);
        }
        else if (IsInvite && Phase == TransactionPhase.Proceeding)
        {
            if (Flow.ListensAt is null)
            {
                Abandon();
                user.OnFailed(this, TransactionFailure.Unreachable);
            }
        }
        else
        {
            Apply(TransactionInput.TransportError);
        }
    }

    protected override bool TryOtherWay()
    {
        if (_byDatagram is not { } way || Phase is not (TransactionPhase.Calling or TransactionPhase.Trying))
        {
            return false;
        }

        _byDatagram = null;
        _bytes = way.Request.ToBytes();
        Layer.Reroute(this, way.Flow);
        Restart(way.Request, way.Flow);
        return true;
    }

    protected override TransactionStep Next(TransactionState state, TransactionInput input) => IsInvite
        ? InviteClientMachine.Step(state, input, Layer.Timers, Flow.Transport.IsReliable)
        : NonInviteClientMachine.Step(state, input, Layer.Timers, Flow.Transport.IsReliable);

    protected override void Perform(EffectKind effect)
    {
        switch (effect)
        {
            case EffectKind.SendRequest:
                Transmit(_bytes);
                break;
            case EffectKind.SendAck:
                Transmit(_ack ??= Request.AckFor(_response!).ToBytes());
                break;
            case EffectKind.PassResponse:
                user.OnResponse(this, _response!);
                break;
            case EffectKind.ReportTimeout:
                user.OnFailed(this, TransactionFailure.Timeout);
                break;
            case EffectKind.ReportTransportError:
                user.OnFailed(this, TransactionFailure.Unreachable);
                break;
            default:
                throw new UnreachableException($"a client transaction does not {effect}");
        }
    }

    protected override void Leave() => Layer.Remove(this);
}
