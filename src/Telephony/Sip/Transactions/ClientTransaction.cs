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
    private readonly byte[] _bytes = request.ToBytes();
    private SipResponse? _response;
    private byte[]? _ack;

    public bool IsInvite => Request.Method == SipMethods.Invite;

    public void Receive(SipResponse response)
    {
        _response = response;
        Apply(TransactionInput.Response(response.StatusCode));
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
