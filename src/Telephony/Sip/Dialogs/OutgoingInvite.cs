namespace CallCenter.Telephony.Sip;

/// <summary>Who made a call and waits for what comes of it. Called on the loop; after <see cref="OnAnswered"/> or <see cref="OnFailed"/> nothing more comes.</summary>
internal interface IOutgoingInviteUser : ISessionUser
{
    /// <summary>180 or 183, each time it comes.</summary>
    void OnRinging();

    /// <summary>The first 2xx; it has been acknowledged.</summary>
    void OnAnswered(OutgoingInvite invite, SipSession session, ReadOnlyMemory<byte> answer);

    /// <summary>A final refusal (<paramref name="status"/> and its phrase), or a failure to reach anyone.</summary>
    void OnFailed(OutgoingInvite invite, int? status, string text);
}

/// <summary>One INVITE of ours to one contact, until its first final answer (RFC 3261 section 13.2). The loop's.</summary>
internal sealed class OutgoingInvite : IClientTransactionUser, IDialogUser
{
    private readonly UserAgent _agent;
    private readonly SipRequest _invite;
    private readonly SipFlow _flow;
    private readonly bool _behindNat;
    private readonly IOutgoingInviteUser _user;
    private readonly Dictionary<string, DialogId> _earlyDialogs = [];
    private readonly Dictionary<string, (byte[] Bytes, SipFlow Flow)> _acks = [];
    private readonly ClientTransaction _transaction;
    private TimerHandle? _cancelGuard;
    private string? _cancelReason;
    private bool _provisional;
    private bool _cancelWanted;
    private bool _finished;

    public OutgoingInvite(UserAgent agent, SipRequest invite, SipFlow flow, bool behindNat, IOutgoingInviteUser user)
    {
        _agent = agent;
        _invite = invite;
        _flow = flow;
        _behindNat = behindNat;
        _user = user;
        agent.Track(this);
        _transaction = agent.Transactions.Send(invite, flow, this);
    }

    /// <summary>The INVITE as it was sent last.</summary>
    public SipRequest Request => _invite;

    /// <summary>A provisional response has come.</summary>
    public bool IsProceeding => _provisional;

    /// <summary>The final response that refused it; null while there is none.</summary>
    public SipResponse? Refusal { get; private set; }

    /// <summary>Gives up: CANCEL, which must wait for a provisional response (section 9.1). An answer that crosses it is acknowledged and hung up. The user hears no more.</summary>
    public void Cancel(string? reason)
    {
        if (_finished || _cancelWanted)
        {
            return;
        }

        _cancelWanted = true;
        _cancelReason = reason;
        if (_provisional)
        {
            SendCancel();
        }
    }

    public void OnResponse(ClientTransaction transaction, SipResponse response)
    {
        if (transaction.Request.Method != SipMethods.Invite)
        {
            return; // The CANCEL's own answer says nothing: the INVITE's final response does.
        }

        if (response.IsProvisional)
        {
            OnProvisional(response);
        }
        else if (response.IsSuccess)
        {
            OnSuccess(response);
        }
        else if (Finish())
        {
            Refusal = response;
            _user.OnFailed(this, response.StatusCode, response.ReasonPhrase);
        }
    }

    public void OnFailed(ClientTransaction transaction, TransactionFailure failure)
    {
        if (ReferenceEquals(transaction, _transaction) && Finish())
        {
            _user.OnFailed(this, status: null, failure == TransactionFailure.Timeout ? "no response (Timer B)" : "the network cannot deliver");
        }
    }

    /// <summary>Requests of a dialog that our unanswered INVITE has opened: an INVITE is glare (section 14.2), and a callee may not end an early dialog by BYE (section 15).</summary>
    public void OnRequest(ServerTransaction transaction)
    {
        switch (transaction.Request.Method)
        {
            case SipMethods.Invite:
                transaction.Respond(491, "Request Pending");
                break;
            case SipMethods.Bye:
                transaction.Respond(481, "Call/Transaction Does Not Exist");
                break;
            default:
                transaction.Respond(_agent.Messages.OtherResponse(transaction.Request));
                break;
        }
    }

    public void OnAck(SipRequest ack)
    {
        // No INVITE of the peer has been accepted in an early dialog.
    }

    private void OnProvisional(SipResponse response)
    {
        var first = !_provisional;
        _provisional = true;
        if (_finished)
        {
            return;
        }

        if (_cancelWanted)
        {
            if (first)
            {
                SendCancel();
            }

            return;
        }

        if (response.To.Tag is { } tag && !_earlyDialogs.ContainsKey(tag))
        {
            var id = new DialogId(_invite.CallId, _invite.From.Tag!, tag);
            _earlyDialogs.Add(tag, id);
            _agent.Register(id, this);
        }

        if (response.StatusCode is 180 or 183)
        {
            _user.OnRinging();
        }
    }

    private void OnSuccess(SipResponse response)
    {
        var tag = response.To.Tag ?? "";
        if (_acks.TryGetValue(tag, out var sent))
        {
            sent.Flow.Transport.Send(sent.Bytes, sent.Flow);
            return;
        }

        if (!Dialog.TryOpen(_invite, response, _flow, _behindNat, out var dialog, out var error))
        {
            // Whom to acknowledge cannot be read; the peer will give up after 64*T1.
            if (Finish())
            {
                _user.OnFailed(this, response.StatusCode, $"an unusable answer: {error}");
            }

            return;
        }

        var wanted = !_finished && !_cancelWanted;
        Finish();
        var session = new SipSession(_agent, dialog!, wanted ? _user : Unwanted.Instance);
        _acks.Add(tag, session.Acknowledge(_invite.CSeq.Number));
        if (wanted)
        {
            _user.OnAnswered(this, session, response.Body);
        }
        else
        {
            // Another fork's answer, or one that crossed our CANCEL (section 13.2.2.4).
            session.HangUp(_cancelReason);
        }
    }

    private void SendCancel()
    {
        var cancel = _transaction.Request.Cancel();
        if (_cancelReason is not null)
        {
            cancel.Headers.Add(HeaderName.Reason, _cancelReason);
        }

        _agent.Transactions.Send(cancel, _transaction.Flow, this);

        // Section 9.1: without a final response for 64*T1 the INVITE counts as cancelled.
        _cancelGuard = _agent.Loop.Timers.Start(_agent.Timers.TransactionTimeout, () =>
        {
            _transaction.Abandon();
            Finish();
        });
    }

    // True the first time, unless the user has given up and hears no more.
    private bool Finish()
    {
        if (_finished)
        {
            return false;
        }

        _finished = true;
        _agent.Loop.Timers.Cancel(_cancelGuard);
        _agent.Untrack(this);
        foreach (var id in _earlyDialogs.Values)
        {
            _agent.Unregister(id);
        }

        return !_cancelWanted;
    }

    /// <summary>Owner of a session that is ended as soon as it begins.</summary>
    private sealed class Unwanted : ISessionUser
    {
        public static readonly Unwanted Instance = new();

        public bool TryAnswerOffer(ReadOnlyMemory<byte> offer, out string answer)
        {
            answer = "";
            return false;
        }

        public string CreateOffer() => throw new System.Diagnostics.UnreachableException("an ended session takes no INVITE");

        public bool TryApplyAnswer(ReadOnlyMemory<byte> answer) => false;

        public void OnSessionEnded(string? failure)
        {
            // We ended it.
        }
    }
}
