namespace CallCenter.Telephony.Sip;

/// <summary>An INVITE of ours within a call (RFC 3261 section 14.1). Belongs to the loop.</summary>
/// <param name="dialog">The call's dialog.</param>
/// <param name="done">Told once what came of it: its final response, which has been acknowledged, or null when none came.</param>
internal sealed class ReInvite(Dialog dialog, Action<SipResponse?> done) : IClientTransactionUser
{
    private (byte[] Bytes, SipFlow Flow)? _ack;
    private bool _done;

    public void OnResponse(ClientTransaction transaction, SipResponse response)
    {
        if (response.IsProvisional)
        {
            return;
        }

        if (response.IsSuccess)
        {
            // A repeated 2xx gets the same ACK, also when a later INVITE has begun (section 13.2.2.4).
            if (_ack is { } sent)
            {
                sent.Flow.Send(sent.Bytes);
                return;
            }

            dialog.RefreshTarget(response);
            _ack = dialog.Acknowledge(transaction.Request.CSeq.Number);
        }

        Finish(response);
    }

    public void OnFailed(ClientTransaction transaction, TransactionFailure failure) => Finish(null);

    private void Finish(SipResponse? response)
    {
        if (!_done)
        {
            _done = true;
            done(response);
        }
    }
}
