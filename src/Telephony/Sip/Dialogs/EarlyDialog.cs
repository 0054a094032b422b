namespace CallCenter.Telephony.Sip;

/// <summary>An early dialog that our INVITE has opened: one for each callee that rings (RFC 3261 section 12.1.2), each with its own reliable responses (RFC 3262 section 4). The loop's.</summary>
internal sealed class EarlyDialog : IDialogUser
{
    private readonly UserAgent _agent;
    private readonly ISessionUser _user;
    private readonly CSeq _invite;
    private uint? _lastRSeq;

    public EarlyDialog(UserAgent agent, Dialog dialog, ISessionUser user, CSeq invite)
    {
        _agent = agent;
        Dialog = dialog;
        _user = user;
        _invite = invite;
        agent.Register(dialog.Id, this);
    }

    public Dialog Dialog { get; }

    public ISessionUser User => _user;

    public DialogPhase Phase => DialogPhase.EarlyOurs;

    /// <summary>The answer that a provisional response has brought; empty while none has.</summary>
    public ReadOnlyMemory<byte> Answer { get; private set; }

    /// <summary>The answer came reliably, so it holds, and what a 2xx says again means nothing (RFC 3262 section 5).</summary>
    public bool IsReliable { get; private set; }

    /// <summary>Takes a provisional response, and acknowledges it by PRACK where it wants that; false when it is a repetition or out of order and says nothing new.</summary>
    public bool OnProvisional(SipResponse response)
    {
        Dialog.Peer.Note(response);
        var rSeq = RAck.RSeqOf(response);
        if (rSeq is { } number)
        {
            if (_lastRSeq is { } last && number != last + 1)
            {
                return false;
            }

            _lastRSeq = number;
            Dialog.RefreshTarget(response);
            SendPrack(new RAck(number, _invite));
        }

        if (!response.Body.IsEmpty && !IsReliable && AgentMessages.IsSdp(response))
        {
            Answer = response.Body;
            IsReliable = rSeq is not null;
        }

        return true;
    }

    /// <summary>Asks the phone that rings to answer, which it does as if somebody had lifted its handset. One that refuses that rings on.</summary>
    public void TellToAnswer()
    {
        var flow = Dialog.NextHop();
        var notify = Dialog.NewRequest(SipMethods.Notify, flow);
        notify.Headers.Add(HeaderName.Contact, $"<{flow.Transport.ContactUri(Dialog.IsSips)}>");
        notify.Headers.Add(HeaderName.Event, "talk");
        notify.Headers.Add(HeaderName.SubscriptionState, "active");
        DialogRequest.Send(_agent, notify, flow, static _ => { });
    }

    /// <summary>Requests of a callee that has not answered: an INVITE is glare (RFC 3261 section 14.2), and it may not end an early dialog by BYE (section 15).</summary>
    public void OnRequest(ServerTransaction transaction)
    {
        var request = transaction.Request;
        if (!Dialog.TryAdvance(request.CSeq))
        {
            transaction.Respond(500, "CSeq Out Of Order");
            return;
        }

        switch (request.Method)
        {
            case SipMethods.Invite:
                transaction.Respond(491, "Request Pending");
                break;
            case SipMethods.Bye or SipMethods.Prack:
                transaction.Respond(481, "Call/Transaction Does Not Exist");
                break;
            case SipMethods.Update:
                PeerUpdate.Answer(_agent, Dialog, _user, transaction, IsReliable ? OfferState.Settled : OfferState.Ours, timer: null);
                break;
            case SipMethods.Info:
                InfoRequest.Answer(_agent, transaction, _user);
                break;
            default:
                transaction.Respond(_agent.Messages.OtherResponse(request));
                break;
        }
    }

    public void OnAck(SipRequest ack)
    {
        // No INVITE of the peer has been accepted in an early dialog.
    }

    private void SendPrack(RAck acknowledged)
    {
        var flow = Dialog.NextHop();
        var prack = Dialog.NewRequest(SipMethods.Prack, flow);
        prack.Headers.Add(HeaderName.RAck, acknowledged.ToString());

        // A PRACK that is refused or lost ends nothing: the callee decides what becomes of its INVITE (RFC 3262 section 3).
        DialogRequest.Send(_agent, prack, flow, static _ => { });
    }
}
