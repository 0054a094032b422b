namespace CallCenter.Telephony.Sip;

/// <summary>Who decides about an incoming call. Called on the loop.</summary>
internal interface IIncomingInviteUser : ISessionUser
{
    /// <summary>The caller gave up before an answer; its INVITE has been answered 487.</summary>
    void OnCancelled();
}

/// <summary>A call that came in and is not answered yet. The loop's.</summary>
internal sealed class IncomingInvite : IInviteServerUser, IDialogUser
{
    private readonly UserAgent _agent;
    private readonly ServerTransaction _transaction;
    private readonly Dialog _dialog;
    private readonly IIncomingInviteUser _user;
    private bool _finished;

    /// <summary>Takes up an INVITE and sends 100.</summary>
    public IncomingInvite(UserAgent agent, ServerTransaction transaction, Dialog dialog, IIncomingInviteUser user)
    {
        _agent = agent;
        _transaction = transaction;
        _dialog = dialog;
        _user = user;
        transaction.User = this;
        agent.Register(dialog.Id, this);
    }

    public string LocalTag => _dialog.Id.LocalTag;

    public void Ring()
    {
        if (!_finished)
        {
            _transaction.Respond(_agent.Messages.SessionResponse(_transaction, 180, "Ringing", LocalTag, sdp: null));
        }
    }

    /// <summary>Answers; the session lives on by itself. Null when the call has been cancelled or refused meanwhile.</summary>
    public SipSession? Answer(string sdp, bool isOffer)
    {
        if (_finished)
        {
            return null;
        }

        _finished = true;
        var session = new SipSession(_agent, _dialog, _user);
        session.Accept(_transaction, sdp, isOffer);
        return session;
    }

    public void Reject(int status, string reason)
    {
        if (!_finished)
        {
            Finish(SipResponse.For(_transaction.Request, status, reason, LocalTag));
        }
    }

    public void OnCancel() => Cancelled();

    public void OnAck(SipRequest ack) => _agent.FindDialog(_dialog.Id)?.OnAck(ack);

    public void OnFailed(TransactionFailure failure)
    {
        // An unacknowledged refusal changes nothing; a lost 1xx or 2xx is sent again when the INVITE is, or by the session.
    }

    public void OnRequest(ServerTransaction transaction)
    {
        if (!_dialog.TryAdvance(transaction.Request.CSeq))
        {
            transaction.Respond(500, "CSeq Out Of Order");
            return;
        }

        switch (transaction.Request.Method)
        {
            case SipMethods.Bye:
                // A caller may end an early dialog so (RFC 3261 section 15); the INVITE itself still wants its end.
                transaction.Respond(200, "OK");
                Cancelled();
                break;
            case SipMethods.Invite:
                transaction.Respond(_agent.Messages.RetryLater(transaction.Request));
                break;
            default:
                transaction.Respond(_agent.Messages.OtherResponse(transaction.Request));
                break;
        }
    }

    void IDialogUser.OnAck(SipRequest ack)
    {
        // Nothing of this dialog has been answered with a 2xx yet.
    }

    private void Cancelled()
    {
        if (!_finished)
        {
            Finish(SipResponse.For(_transaction.Request, 487, "Request Terminated", LocalTag));
            _user.OnCancelled();
        }
    }

    private void Finish(SipResponse final)
    {
        _finished = true;
        _agent.Unregister(_dialog.Id);
        _transaction.Respond(final);
    }
}
