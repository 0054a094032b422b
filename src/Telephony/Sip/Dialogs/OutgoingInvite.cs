namespace CallCenter.Telephony.Sip;

/// <summary>Who made a call and waits for what comes of it. Called on the loop; after <see cref="OnAnswered"/> or <see cref="OnFailed"/> nothing more comes.</summary>
internal interface IOutgoingInviteUser : ISessionUser
{
    /// <summary>180 or 183, each time it comes.</summary>
    void OnRinging();

    /// <summary>A provisional response brought an answer: from now on the callee may be heard.</summary>
    void OnEarlyAnswer(ReadOnlyMemory<byte> answer);

    /// <summary>The first 2xx; it has been acknowledged.</summary>
    /// <param name="invite">What was answered.</param>
    /// <param name="session">The call.</param>
    /// <param name="answer">The answer to our offer: that of a reliable provisional response holds (RFC 3262 section 5), else that of the 2xx.</param>
    void OnAnswered(OutgoingInvite invite, SipSession session, ReadOnlyMemory<byte> answer);

    /// <summary>A final refusal (<paramref name="status"/> and its phrase), or a failure to reach anyone.</summary>
    void OnFailed(OutgoingInvite invite, int? status, string text);
}

/// <summary>One INVITE of ours to one contact, until its first final answer (RFC 3261 section 13.2). The loop's.</summary>
internal sealed class OutgoingInvite : IClientTransactionUser
{
    private readonly UserAgent _agent;
    private readonly SipFlow _flow;
    private readonly bool _behindNat;
    private readonly IOutgoingInviteUser _user;
    private readonly Dictionary<string, EarlyDialog> _earlyDialogs = [];
    private readonly Dictionary<string, (byte[] Bytes, SipFlow Flow)> _acks = [];
    private SipRequest _invite;
    private ClientTransaction _transaction;
    private TimerHandle? _cancelGuard;
    private string? _cancelReason;
    private bool _provisional;
    private bool _cancelWanted;
    private bool _finished;
    private bool _raised;

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

    /// <summary>Where it was sent.</summary>
    public SipFlow Flow => _flow;

    public bool BehindNat => _behindNat;

    /// <summary>A provisional response has come.</summary>
    public bool IsProceeding => _provisional;

    /// <summary>A phone rings that can be told to answer.</summary>
    public bool CanBeTold => !_finished && !_cancelWanted && _earlyDialogs.Values.Any(early => early.Dialog.Peer.Talk);

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

    /// <summary>Tells it, once <see cref="CanBeTold"/>.</summary>
    public void TellToAnswer() => _earlyDialogs.Values.First(early => early.Dialog.Peer.Talk).TellToAnswer();

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
        else if (response.StatusCode == 422 && !_raised && !_cancelWanted && SessionExpires.MinimumOf(response.Headers) is { } minimum)
        {
            _raised = true;
            Resend(_agent.Messages.WithMinimum(_invite, _flow, minimum));
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

    // The same call with a request that the callee may like better; its Call-ID and From stay, its CSeq is the next.
    private void Resend(SipRequest invite)
    {
        UnregisterEarlyDialogs();
        _earlyDialogs.Clear();
        _invite = invite;
        _provisional = false;
        _transaction = _agent.Transactions.Send(invite, _flow, this);
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

        var early = response.To.Tag is { } tag ? EarlyDialogOf(tag, response) : null;
        var isNews = early is null || early.OnProvisional(response);
        if (response.StatusCode is 180 or 183 && isNews)
        {
            _user.OnRinging();
        }

        if (isNews && !response.Body.IsEmpty && early?.Answer is { IsEmpty: false } answer && AgentMessages.IsSdp(response))
        {
            _user.OnEarlyAnswer(answer);
        }
    }

    private EarlyDialog? EarlyDialogOf(string tag, SipResponse response)
    {
        if (!_earlyDialogs.TryGetValue(tag, out var early) && Dialog.TryOpen(_invite, response, _flow, _behindNat, out var dialog, out _))
        {
            _earlyDialogs.Add(tag, early = new EarlyDialog(_agent, dialog!, _user, _invite.CSeq));
        }

        return early;
    }

    private void OnSuccess(SipResponse response)
    {
        var tag = response.To.Tag ?? "";
        if (_acks.TryGetValue(tag, out var sent))
        {
            sent.Flow.Send(sent.Bytes);
            return;
        }

        var early = _earlyDialogs.GetValueOrDefault(tag);
        string? error;
        var dialog = early?.Dialog;
        if (dialog is not null ? !dialog.TryConfirm(response, out error) : !Dialog.TryOpen(_invite, response, _flow, _behindNat, out dialog, out error))
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
        _acks.Add(tag, dialog!.Acknowledge(_invite.CSeq.Number));
        if (wanted)
        {
            session.Agree(response);
            _user.OnAnswered(this, session, early is { Answer.IsEmpty: false } && (early.IsReliable || response.Body.IsEmpty) ? early.Answer : response.Body);
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
        UnregisterEarlyDialogs();
        return !_cancelWanted;
    }

    // They are kept: a 2xx of another fork may still come, and its dialog counts on from its PRACKs.
    private void UnregisterEarlyDialogs()
    {
        foreach (var early in _earlyDialogs.Values)
        {
            _agent.Unregister(early.Dialog.Id);
        }
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

        public void OnDigit(InfoDigit digit)
        {
            // Nobody is there to press keys for.
        }

        public void OnReferred(Referral referral) => referral.Refuse(481, "Call/Transaction Does Not Exist");

        public void OnSessionEnded(bool failed, string? text)
        {
            // We ended it.
        }
    }
}
