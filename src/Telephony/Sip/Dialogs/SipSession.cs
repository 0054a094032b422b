namespace CallCenter.Telephony.Sip;

/// <summary>Who holds the media of a session. Called on the loop.</summary>
internal interface ISessionUser
{
    /// <summary>Answers an offer and brings it into force; false refuses it and leaves everything as it was.</summary>
    bool TryAnswerOffer(ReadOnlyMemory<byte> offer, out string answer);

    string CreateOffer();

    /// <summary>Brings the answer to our offer into force.</summary>
    bool TryApplyAnswer(ReadOnlyMemory<byte> answer);

    /// <summary>The other side has hung up, or the session could not go on (<paramref name="failure"/> tells why).</summary>
    void OnSessionEnded(string? failure);
}

/// <summary>An answered call: its confirmed dialog, re-INVITEs of the peer, BYE from either side (RFC 3261 sections 13 to 15). Belongs to the loop.</summary>
internal sealed class SipSession : IDialogUser, IClientTransactionUser
{
    private readonly UserAgent _agent;
    private readonly Dialog _dialog;
    private readonly ISessionUser _user;
    private SuccessRepeater? _unacknowledged;
    private bool _offerOutstanding;
    private bool _ended;
    private string? _byeReason;

    public SipSession(UserAgent agent, Dialog dialog, ISessionUser user)
    {
        _agent = agent;
        _dialog = dialog;
        _user = user;
        agent.Register(dialog.Id, this);
    }

    /// <summary>Answers an INVITE with a 2xx and sees to it that it is acknowledged.</summary>
    /// <param name="invite">The INVITE, first or again.</param>
    /// <param name="sdp">Our answer, or our offer when the INVITE had none.</param>
    /// <param name="isOffer">The ACK must bring the answer.</param>
    public void Accept(ServerTransaction invite, string sdp, bool isOffer)
    {
        var response = _agent.Messages.SessionResponse(invite, 200, "OK", _dialog.Id.LocalTag, sdp);
        _offerOutstanding = isOffer;
        _unacknowledged?.Stop();
        _unacknowledged = new SuccessRepeater(
            _agent.Loop.Timers, _agent.Timers, invite.Request.CSeq.Number, () => invite.Respond(response), () => EndByUs("the answer was never acknowledged"));
        invite.Respond(response);
    }

    /// <summary>Acknowledges a 2xx to our INVITE; the same bytes are to be sent for each repetition.</summary>
    public (byte[] Bytes, SipFlow Flow) Acknowledge(uint cSeq)
    {
        var flow = _dialog.NextHop();
        var ack = _dialog.NewRequest(SipMethods.Ack, flow, cSeq).ToBytes();
        flow.Transport.Send(ack, flow);
        return (ack, flow);
    }

    /// <summary>Hangs up. A BYE may not overtake the ACK of our own 2xx (section 15), so it may wait for that.</summary>
    /// <param name="reason">Value of a Reason header (RFC 3326).</param>
    public void HangUp(string? reason)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _byeReason = reason;
        if (_unacknowledged is null)
        {
            SendBye();
        }
    }

    public void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (!_dialog.TryAdvance(request.CSeq))
        {
            transaction.Respond(500, "CSeq Out Of Order");
            return;
        }

        switch (request.Method)
        {
            case SipMethods.Bye:
                transaction.Respond(200, "OK");
                var byUs = _ended;
                _ended = true;
                Close();
                if (!byUs)
                {
                    _user.OnSessionEnded(failure: null);
                }

                break;
            case SipMethods.Invite when _ended:
                transaction.Respond(481, "Call/Transaction Does Not Exist");
                break;
            case SipMethods.Invite:
                OnReInvite(transaction);
                break;
            default:
                transaction.Respond(_agent.Messages.OtherResponse(transaction.Request));
                break;
        }
    }

    public void OnAck(SipRequest ack)
    {
        if (_unacknowledged is null || ack.CSeq.Number != _unacknowledged.CSeq)
        {
            return;
        }

        _unacknowledged.Stop();
        _unacknowledged = null;
        if (_ended)
        {
            SendBye();
            return;
        }

        if (!_offerOutstanding)
        {
            return;
        }

        _offerOutstanding = false;
        if (ack.Body.IsEmpty || !_user.TryApplyAnswer(ack.Body))
        {
            EndByUs("the ACK brought no usable answer to our offer");
        }
    }

    public void OnResponse(ClientTransaction transaction, SipResponse response)
    {
        if (!response.IsProvisional)
        {
            Close();
        }
    }

    public void OnFailed(ClientTransaction transaction, TransactionFailure failure) => Close();

    private void OnReInvite(ServerTransaction invite)
    {
        var request = invite.Request;
        if (_offerOutstanding)
        {
            // Our own offer waits for its answer: glare (RFC 3264 section 4, RFC 6337 section 4.3).
            invite.Respond(491, "Request Pending");
        }
        else if (_agent.Messages.ContentFault(request) is { } fault)
        {
            invite.Respond(fault);
        }
        else if (request.Body.IsEmpty)
        {
            _dialog.RefreshTarget(request);
            Accept(invite, _user.CreateOffer(), isOffer: true);
        }
        else if (_user.TryAnswerOffer(request.Body, out var answer))
        {
            _dialog.RefreshTarget(request);
            Accept(invite, answer, isOffer: false);
        }
        else
        {
            invite.Respond(488, "Not Acceptable Here");
        }
    }

    private void EndByUs(string failure)
    {
        _unacknowledged = null;
        SendBye();
        if (!_ended)
        {
            _ended = true;
            _user.OnSessionEnded(failure);
        }
    }

    private void SendBye()
    {
        var flow = _dialog.NextHop();
        var bye = _dialog.NewRequest(SipMethods.Bye, flow);
        if (_byeReason is not null)
        {
            bye.Headers.Add(HeaderName.Reason, _byeReason);
        }

        _agent.Transactions.Send(bye, flow, this);
    }

    private void Close()
    {
        _unacknowledged?.Stop();
        _unacknowledged = null;
        _agent.Unregister(_dialog.Id);
    }
}
