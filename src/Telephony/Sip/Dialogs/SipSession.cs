namespace CallCenter.Telephony.Sip;

/// <summary>Who holds the media of a session and acts on what is said in it. Called on the loop.</summary>
internal interface ISessionUser
{
    /// <summary>Answers an offer and brings it into force; false refuses it and leaves everything as it was.</summary>
    bool TryAnswerOffer(ReadOnlyMemory<byte> offer, out string answer);

    string CreateOffer();

    /// <summary>Brings the answer to our offer into force.</summary>
    bool TryApplyAnswer(ReadOnlyMemory<byte> answer);

    /// <summary>A key press that came by INFO.</summary>
    void OnDigit(InfoDigit digit);

    /// <summary>The other side asks us to call somebody in its place (RFC 3515); it waits for <see cref="Referral.Accept"/> or <see cref="Referral.Refuse"/>.</summary>
    void OnReferred(Referral referral);

    /// <summary>The session is over: by the other side's BYE, or because it could not go on.</summary>
    /// <param name="failed">It could not go on; <paramref name="text"/> tells why.</param>
    /// <param name="text">What failed, or the reason that came with a BYE; null when it gave none.</param>
    void OnSessionEnded(bool failed, string? text);
}

/// <summary>An answered call: its confirmed dialog, what either side asks within it, and its end by BYE (RFC 3261 sections 13 to 15). Belongs to the loop.</summary>
internal sealed class SipSession : IDialogUser
{
    private readonly UserAgent _agent;
    private readonly Dialog _dialog;
    private readonly ISessionUser _user;
    private readonly OfferExchange _offers;
    private readonly SessionTimer _timer;
    private readonly ReliableProvisionals? _provisionals;
    private readonly List<Referral> _referrals = [];
    private bool _ended;
    private string? _byeReason;

    /// <param name="agent">The agent.</param>
    /// <param name="dialog">A confirmed dialog, or an early one that our 2xx is about to confirm.</param>
    /// <param name="user">Who is told.</param>
    /// <param name="provisionals">Of the INVITE that we answer: their PRACKs may come late (RFC 3262 section 3).</param>
    public SipSession(UserAgent agent, Dialog dialog, ISessionUser user, ReliableProvisionals? provisionals = null)
    {
        _agent = agent;
        _dialog = dialog;
        _user = user;
        _provisionals = provisionals;
        _timer = new SessionTimer(agent.Loop.Timers, agent.Timers, () => _offers!.Refresh(), () => Fail("the session was not refreshed in time (RFC 4028)"));
        _offers = new OfferExchange(agent, dialog, user, _timer, Fail);
        agent.Register(dialog.Id, this);
    }

    public ISessionUser User => _user;

    public DialogPhase Phase => _ended ? DialogPhase.Ended : DialogPhase.Confirmed;

    /// <summary>Answers the INVITE that began the call.</summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="sdp">Our answer, our offer when the INVITE had none, or null when both have been exchanged already.</param>
    /// <param name="isOffer">The ACK must bring the answer.</param>
    public void Accept(ServerTransaction invite, string? sdp, bool isOffer) => _offers.Accept(invite, sdp, isOffer);

    /// <summary>Takes what the 2xx to the INVITE that began the call says of session timers.</summary>
    public void Agree(SipResponse success) => _timer.Agree(success);

    /// <summary>Offers anew what the media now is, by INVITE; waits for its turn where another exchange is under way, and gives way where both sides begin (491).</summary>
    public void Reoffer() => _offers.Offer();

    /// <summary>Sends a key press by INFO; false when the other side does not take INFO.</summary>
    public bool SendInfo(InfoDigit digit)
    {
        if (_ended || !_dialog.Peer.Info)
        {
            return false;
        }

        var flow = _dialog.NextHop();
        var info = _dialog.NewRequest(SipMethods.Info, flow, body: System.Text.Encoding.ASCII.GetBytes(digit.ToRelay()));
        info.Headers.Add(HeaderName.ContentType, InfoDigit.Relay);
        DialogRequest.Send(_agent, info, flow, response => EndIfLost(response, SipMethods.Info));
        return true;
    }

    /// <summary>Hangs up. A BYE may not overtake the ACK of our own 2xx (section 15), so it may wait for that.</summary>
    /// <param name="reason">Value of a Reason header (RFC 3326).</param>
    public void HangUp(string? reason)
    {
        if (_ended)
        {
            return;
        }

        _byeReason = reason;
        End();
        if (!_offers.AwaitsAck)
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
                OnBye(request);
                break;
            case SipMethods.Prack when _provisionals is not null && _provisionals.TryAcknowledge(request):
                transaction.Respond(200, "OK");
                break;
            case SipMethods.Prack:
            case SipMethods.Invite or SipMethods.Update or SipMethods.Info or SipMethods.Refer when _ended:
                transaction.Respond(481, "Call/Transaction Does Not Exist");
                break;
            case SipMethods.Invite:
                _offers.OnInvite(transaction);
                break;
            case SipMethods.Update:
                _offers.OnUpdate(transaction);
                break;
            case SipMethods.Info:
                InfoRequest.Answer(_agent, transaction, _user);
                break;
            case SipMethods.Refer:
                OnRefer(transaction);
                break;
            default:
                transaction.Respond(_agent.Messages.OtherResponse(request));
                break;
        }
    }

    public void OnAck(SipRequest ack)
    {
        // Only a call that was hung up before: one that this ACK ends has its BYE already.
        var hungUp = _ended;
        if (_offers.OnAck(ack) && hungUp)
        {
            SendBye();
        }
    }

    private void OnBye(SipRequest bye)
    {
        var byUs = _ended;
        End();
        Close();
        if (!byUs)
        {
            _user.OnSessionEnded(failed: false, ReasonHeader.Of(bye));
        }
    }

    private void OnRefer(ServerTransaction refer)
    {
        if (!Referral.TryRead(refer.Request, out var target, out var replaces, out var error))
        {
            refer.Respond(400, $"Bad Request ({error})");
            return;
        }

        _referrals.RemoveAll(other => !other.IsOpen);
        if (_referrals.Count > 0)
        {
            // One wish at a time: until the first is decided, more would only pile up.
            refer.Respond(_agent.Messages.RetryLater(refer.Request));
            return;
        }

        var referral = new Referral(_agent, _dialog, refer, target!, replaces);
        _referrals.Add(referral);
        _user.OnReferred(referral);
    }

    private void Fail(string failure)
    {
        var byUs = _ended;
        End();
        SendBye();
        if (!byUs)
        {
            _user.OnSessionEnded(failed: true, failure);
        }
    }

    // Section 12.2.1.2: who answers so, or not at all, has lost the dialog.
    private void EndIfLost(SipResponse? response, string method)
    {
        if (response is null or { StatusCode: 408 or 481 } && !_ended)
        {
            Fail(response is null ? $"no response to {method} within the call" : $"{response.StatusCode} {response.ReasonPhrase} to {method} within the call");
        }
    }

    private void End()
    {
        _ended = true;
        _timer.Stop();
        _offers.Close();
        _referrals.ForEach(referral => referral.Refuse(481, "Call/Transaction Does Not Exist"));
        _referrals.Clear();
    }

    private void SendBye()
    {
        var flow = _dialog.NextHop();
        var bye = _dialog.NewRequest(SipMethods.Bye, flow);
        if (_byeReason is not null)
        {
            bye.Headers.Add(HeaderName.Reason, _byeReason);
        }

        DialogRequest.Send(_agent, bye, flow, _ => Close());
    }

    private void Close()
    {
        _offers.Drop();
        _agent.Unregister(_dialog.Id);
    }
}
