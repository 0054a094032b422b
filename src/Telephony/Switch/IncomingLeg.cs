using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>The leg of a call that came in.</summary>
internal sealed class IncomingLeg : Leg, IIncomingInviteUser
{
    private readonly IncomingInvite _invite;

    // Our answer to the INVITE's offer; null when it had none and our 200 makes the offer.
    private readonly string? _answer;

    public IncomingLeg(LegId id, LegHost host, UserAgent agent, ServerTransaction transaction, Dialog dialog, MediaLeg media, string? answer)
        : base(id, host)
    {
        Media = media;
        _answer = answer;
        _invite = new IncomingInvite(agent, transaction, dialog, this);
    }

    /// <summary>Told when the leg is over.</summary>
    public Action? Ended { get; init; }

    public void Ring() => _invite.Ring();

    public void Progress()
    {
        if (!IsEnded && Session is null)
        {
            HasEarlyMedia = _answer is not null;
            _invite.Progress(_answer);
        }
    }

    public void Answer()
    {
        if (!IsEnded && Session is null)
        {
            _invite.Answer(_answer);
        }
    }

    public void OnAccepted(SipSession session) => Answered(session);

    public void Reject(int status, string reason)
    {
        if (Session is null && !IsEnded)
        {
            _invite.Reject(status, reason);
            End(LegEndReason.LocalHangUp);
        }
    }

    public void OnCancelled(string? text) => End(LegEndReason.Cancelled, text: text);

    protected override void OnEnd() => Ended?.Invoke();

    protected override void HangUpUnanswered(HangUpCause cause)
    {
        var (status, reason) = cause.ToResponse();
        _invite.Reject(status, reason);
    }
}
