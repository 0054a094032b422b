using System.Diagnostics;

namespace CallCenter.Telephony.Sip;

/// <summary>Who answers an INVITE and must know what becomes of the answer. Called on the loop.</summary>
internal interface IInviteServerUser
{
    /// <summary>The tag that this side answers the INVITE with; the CANCEL's answer has the same (RFC 3261 section 9.2).</summary>
    string LocalTag { get; }

    /// <summary>The caller cancelled (RFC 3261 section 9.2); no effect on an INVITE that is answered already.</summary>
    void OnCancel(SipRequest cancel);

    /// <summary>An ACK in the INVITE's own transaction for its 2xx: RFC 2543 clients send it so.</summary>
    void OnAck(SipRequest ack);

    /// <summary>Timer H, or the transport failed: the final response was not acknowledged.</summary>
    void OnFailed(TransactionFailure failure);
}

/// <summary>A request of a peer that we answer (RFC 3261 section 17.2).</summary>
internal sealed class ServerTransaction(TransactionLayer layer, SipRequest request, SipFlow source, SipFlow replies, TransactionKey key) : Transaction(layer, request, replies)
{
    private byte[]? _response;
    private SipRequest? _ack;

    /// <summary>Where the request came from.</summary>
    public SipFlow Source { get; } = source;

    public TransactionKey Key { get; } = key;

    /// <summary>What the guard knows of the source; null without a guard.</summary>
    public SourceRecord? Record { get; init; }

    public bool IsInvite => Request.Method == SipMethods.Invite;

    /// <summary>Set by who takes up an INVITE.</summary>
    public IInviteServerUser? User { get; set; }

    /// <summary>Sends a response: any number of provisional ones, then final ones as the machine allows.</summary>
    public void Respond(SipResponse response)
    {
        if (IsInvite && response.StatusCode >= 300 && !IsWorthRepeating)
        {
            RespondOnce(response);
            return;
        }

        if (Phase == TransactionPhase.Accepted && Layer.Watch is { } watch)
        {
            watch.Counters.RepeatedByUs++;
        }

        if (Phase is TransactionPhase.Trying or TransactionPhase.Proceeding or TransactionPhase.Accepted)
        {
            _response = response.ToBytes();
        }

        Apply(TransactionInput.Respond(response.StatusCode));
    }

    /// <summary>Sends a response without content or further headers.</summary>
    public void Respond(int status, string reason) => Respond(SipResponse.For(Request, status, reason, Layer.NewTag()));

    /// <summary>
    /// Answers and forgets the request (RFC 3261 section 8.2.7): a stranger's request costs no memory, and a refused INVITE with a forged source is not answered seven times over.
    /// Should the request come again, it is judged again.
    /// </summary>
    public void RespondOnce(SipResponse response)
    {
        var bytes = response.ToBytes();
        if (MaySend(bytes))
        {
            Flow.Send(bytes);
        }

        Abandon();
    }

    public void Receive(SipRequest request)
    {
        if (request.Method == SipMethods.Ack)
        {
            _ack = request;
            Apply(TransactionInput.Ack);
        }
        else if (_response is not null)
        {
            Record?.Credit.Put(request.Wire.Length, SipGuard.FreeBytes);
            Apply(TransactionInput.Request);
        }
    }

    protected override TransactionStep Next(TransactionState state, TransactionInput input) => IsInvite
        ? InviteServerMachine.Step(state, input, Layer.Timers, Flow.Transport.IsReliable)
        : NonInviteServerMachine.Step(state, input, Layer.Timers, Flow.Transport.IsReliable);

    protected override void Perform(EffectKind effect)
    {
        switch (effect)
        {
            case EffectKind.SendResponse when MaySend(_response!):
                Transmit(_response!);
                break;
            case EffectKind.SendResponse:
                break;
            case EffectKind.PassAck:
                User?.OnAck(_ack!);
                break;
            case EffectKind.ReportTimeout:
                Layer.LogUnacknowledged(Request.CallId);
                User?.OnFailed(TransactionFailure.Timeout);
                break;
            case EffectKind.ReportTransportError:
                User?.OnFailed(TransactionFailure.Unreachable);
                break;
            default:
                throw new UnreachableException($"a server transaction does not {effect}");
        }
    }

    protected override void Leave() => Layer.Remove(this);

    // A stranger's refused INVITE is answered once: with a forged source, repetitions would go to whom it names.
    private bool IsWorthRepeating => Record is null || Flow.Transport.IsReliable || Layer.Guard!.IsKnown(Record, Source);

    private bool MaySend(byte[] response) => Record is null || Layer.Guard!.MayAnswer(Record, Source, response.Length);
}
