namespace CallCenter.Telephony.Sip;

/// <summary>Who decides about an incoming call. Called on the loop.</summary>
internal interface IIncomingInviteUser : ISessionUser
{
    /// <summary>The answer has been sent; the session lives on by itself.</summary>
    void OnAccepted(SipSession session);

    /// <summary>The caller gave up before an answer; its INVITE has been answered 487.</summary>
    /// <param name="text">The reason that came with it; null when it gave none.</param>
    void OnCancelled(string? text);
}

/// <summary>A call that came in and is not answered yet (RFC 3261 section 13.3, RFC 3262). The loop's.</summary>
internal sealed class IncomingInvite : IInviteServerUser, IDialogUser
{
    private readonly UserAgent _agent;
    private readonly ServerTransaction _transaction;
    private readonly Dialog _dialog;
    private readonly IIncomingInviteUser _user;
    private readonly ReliableProvisionals _provisionals;
    private readonly bool _wantsReliable;
    private readonly bool _takesReliable;
    private OfferState _offer;
    private bool _offered;
    private Action? _accept;
    private bool _finished;

    /// <summary>Takes up an INVITE, which has been answered 100.</summary>
    public IncomingInvite(UserAgent agent, ServerTransaction transaction, Dialog dialog, IIncomingInviteUser user)
    {
        _agent = agent;
        _transaction = transaction;
        _dialog = dialog;
        _user = user;
        _provisionals = new ReliableProvisionals(agent, transaction, OnUnacknowledged);
        _wantsReliable = transaction.Request.Headers.Lists(HeaderName.Require, OptionTags.Reliable);
        _takesReliable = _wantsReliable || transaction.Request.Headers.Lists(HeaderName.Supported, OptionTags.Reliable);
        _offer = transaction.Request.Body.IsEmpty ? OfferState.Settled : OfferState.Theirs;
        transaction.User = this;
        agent.Register(dialog.Id, this);
    }

    public string LocalTag => _dialog.Id.LocalTag;

    public ISessionUser User => _user;

    public DialogPhase Phase => _finished ? DialogPhase.Ended : DialogPhase.EarlyTheirs;

    private bool HasOffer => !_transaction.Request.Body.IsEmpty;

    /// <summary>180. Reliable only when the caller requires it: a lost one costs nobody anything.</summary>
    public void Ring() => SendProvisional(180, "Ringing", answer: null, _wantsReliable);

    /// <summary>183 with SDP, so that the caller hears us before the answer; without SDP where the INVITE made no offer and the caller cannot acknowledge ours.</summary>
    /// <param name="answer">Our answer to the INVITE's offer; null when it made none.</param>
    public void Progress(string? answer) => SendProvisional(183, "Session Progress", answer, _takesReliable);

    /// <summary>Answers, once every provisional response that carries SDP is acknowledged (RFC 3262 section 3). Without effect on a call that has been cancelled or refused meanwhile.</summary>
    /// <param name="answer">Our answer to the INVITE's offer; null when it made none, and our 200 makes it.</param>
    public void Answer(string? answer)
    {
        if (_finished || _accept is not null)
        {
            return;
        }

        _accept = () =>
        {
            _finished = true;
            _provisionals.Stop();
            var session = new SipSession(_agent, _dialog, _user, _provisionals);
            switch (_offer)
            {
                case OfferState.Theirs:
                    session.Accept(_transaction, answer, isOffer: false);
                    break;
                case OfferState.Settled when !HasOffer && !_offered:
                    session.Accept(_transaction, _user.CreateOffer(), isOffer: true);
                    break;
                default:
                    session.Accept(_transaction, sdp: null, isOffer: false);
                    break;
            }

            _user.OnAccepted(session);
        };
        AcceptWhenFree();
    }

    public void Reject(int status, string reason)
    {
        if (!_finished)
        {
            Finish(SipResponse.For(_transaction.Request, status, reason, LocalTag));
        }
    }

    public void OnCancel(SipRequest cancel) => Cancelled(ReasonHeader.Of(cancel));

    public void OnAck(SipRequest ack) => _agent.FindDialog(_dialog.Id)?.OnAck(ack);

    public void OnFailed(TransactionFailure failure)
    {
        // An unacknowledged refusal changes nothing; a lost 1xx or 2xx is sent again when the INVITE is, or by the session.
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
                // A caller may end an early dialog so (RFC 3261 section 15); the INVITE itself still wants its end.
                transaction.Respond(200, "OK");
                Cancelled(ReasonHeader.Of(request));
                break;
            case SipMethods.Invite:
                transaction.Respond(_agent.Messages.RetryLater(request));
                break;
            case SipMethods.Prack:
                OnPrack(transaction);
                break;
            case SipMethods.Update:
                PeerUpdate.Answer(_agent, _dialog, _user, transaction, _offer, timer: null);
                break;
            case SipMethods.Info:
                InfoRequest.Answer(_agent, transaction, _user);
                break;
            default:
                transaction.Respond(_agent.Messages.OtherResponse(request));
                break;
        }
    }

    void IDialogUser.OnAck(SipRequest ack)
    {
        // Nothing of this dialog has been answered with a 2xx yet.
    }

    private void SendProvisional(int status, string reason, string? answer, bool reliable)
    {
        if (_finished || _accept is not null)
        {
            return;
        }

        string? sdp = null;
        if (_offer == OfferState.Theirs)
        {
            // An unreliable one may be lost, so the 2xx says the same again (RFC 3261 section 13.2.1).
            sdp = answer;
            _offer = answer is not null && reliable ? OfferState.Settled : OfferState.Theirs;
        }
        else if (reliable && !HasOffer && !_offered)
        {
            // The first reliable response must make the offer that the INVITE did not (RFC 3261 section 13.2.1).
            sdp = _user.CreateOffer();
            _offered = true;
            _offer = OfferState.Ours;
        }

        var response = _agent.Messages.SessionResponse(_transaction, status, reason, LocalTag, sdp);
        if (reliable)
        {
            _provisionals.Send(response);
        }
        else
        {
            _transaction.Respond(response);
        }
    }

    private void OnPrack(ServerTransaction prack)
    {
        var request = prack.Request;
        if (!_provisionals.TryAcknowledge(request))
        {
            prack.Respond(481, "Call/Transaction Does Not Exist");
            return;
        }

        if (_offer == OfferState.Ours)
        {
            _offer = OfferState.Settled;
            prack.Respond(200, "OK");
            if (request.Body.IsEmpty || !_user.TryApplyAnswer(request.Body))
            {
                Fail(488, "Not Acceptable Here", "the PRACK brought no usable answer to our offer");
                return;
            }
        }
        else if (request.Body.IsEmpty)
        {
            prack.Respond(200, "OK");
        }
        else if (_offer == OfferState.Settled && _user.TryAnswerOffer(request.Body, out var answer))
        {
            prack.Respond(_agent.Messages.SessionResponse(prack, 200, "OK", LocalTag, answer));
        }
        else
        {
            prack.Respond(488, "Not Acceptable Here");
        }

        AcceptWhenFree();
    }

    private void AcceptWhenFree()
    {
        if (!_finished && _accept is { } accept && !_provisionals.HoldsSdp)
        {
            accept();
        }
    }

    private void OnUnacknowledged() => Fail(504, "Server Time-out", "a provisional response was never acknowledged by PRACK");

    private void Fail(int status, string reason, string failure)
    {
        if (!_finished)
        {
            Reject(status, reason);
            _user.OnSessionEnded(failed: true, failure);
        }
    }

    private void Cancelled(string? text)
    {
        if (!_finished)
        {
            Finish(SipResponse.For(_transaction.Request, 487, "Request Terminated", LocalTag));
            _user.OnCancelled(text);
        }
    }

    private void Finish(SipResponse final)
    {
        _finished = true;
        _provisionals.Stop();
        _agent.Unregister(_dialog.Id);
        _transaction.Respond(final);
    }
}
