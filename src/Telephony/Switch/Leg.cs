using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What all legs share: media, the answered session, holding, and the one end. Belongs to the signalling loop.</summary>
internal abstract partial class Leg(LegId id, LegHost host) : ISessionUser
{
    private readonly Dictionary<TransferId, Referral> _referrals = [];
    private bool _held;
    private bool _holds;

    public LegId Id { get; } = id;

    public bool IsEnded { get; private set; }

    /// <summary>Media can be played and bridged.</summary>
    public bool IsAnswered => Session is not null && !IsEnded;

    /// <summary>The other side hears what is played to it or bridged with it: answered, or with early media.</summary>
    public bool HasMedia => !IsEnded && (Session is not null || HasEarlyMedia);

    public MediaLeg? Media
    {
        get;
        protected set
        {
            field = value;
            ListenForKeys();
        }
    }

    /// <summary>SDP has been exchanged before the answer.</summary>
    protected bool HasEarlyMedia { get; set; }

    protected LegHost Host { get; } = host;

    protected SipSession? Session { get; private set; }

    public void HangUp(HangUpCause cause)
    {
        if (IsEnded)
        {
            return;
        }

        if (Session is { } session)
        {
            session.HangUp(cause.ToReasonHeader());
        }
        else
        {
            HangUpUnanswered(cause);
        }

        End(LegEndReason.LocalHangUp);
    }

    public bool TryAnswerOffer(ReadOnlyMemory<byte> offer, out string answer)
    {
        answer = "";
        if (IsEnded || !Media!.TryCreateAnswer(offer.Span, out answer, out var error))
        {
            return false;
        }

        NoteHold();
        return true;
    }

    public string CreateOffer() => Media!.CreateOffer(_holds);

    public bool TryApplyAnswer(ReadOnlyMemory<byte> answer)
    {
        if (IsEnded || !Media!.TryApplyAnswer(answer.Span, out _))
        {
            return false;
        }

        NoteHold();
        return true;
    }

    /// <summary>Holds the other side or retrieves it, by a re-INVITE. Without effect before the answer.</summary>
    public void Hold(bool on)
    {
        if (IsAnswered && _holds != on)
        {
            _holds = on;
            Session!.Reoffer();
        }
    }

    public void OnDigit(InfoDigit digit)
    {
        Host.Notify(new DtmfReceived(Id, digit.Digit, digit.Duration, DtmfMethod.Info));
        Media?.PassOn(new DtmfDigit(digit.Digit, digit.Duration ?? ShortestPress));
    }

    public void OnReferred(Referral referral)
    {
        var replaced = referral.Replaces is { } wanted ? Host.LegOf(wanted.Dialog) : null;
        if (referral.Replaces is not null && (replaced is null || replaced.IsEnded))
        {
            // What an INVITE with this Replaces would be answered (RFC 3891 section 3).
            referral.Accept();
            referral.Tell(481, "Call/Transaction Does Not Exist");
            return;
        }

        var transfer = Host.NewTransferId();
        _referrals.Add(transfer, referral);
        Host.Notify(new TransferRequested(Id, transfer, referral.Target.UserText, referral.Target.ToString(), replaced?.Id));
    }

    public void AcceptTransfer(TransferId transfer) => _referrals.GetValueOrDefault(transfer)?.Accept();

    public void RefuseTransfer(TransferId transfer, int status, string reason)
    {
        if (_referrals.Remove(transfer, out var referral))
        {
            referral.Refuse(status, reason);
        }
    }

    public void ReportTransfer(TransferId transfer, int status, string reason)
    {
        if (_referrals.GetValueOrDefault(transfer) is { } referral)
        {
            referral.Tell(status, reason);
            _ = status >= 200 && _referrals.Remove(transfer);
        }
    }

    public void OnSessionEnded(bool failed, string? text) => End(failed ? LegEndReason.Failed : LegEndReason.RemoteHangUp, text: text);

    /// <summary>Where the other side says that the call is to go instead; null when it says nothing.</summary>
    protected virtual Redirection? Redirect => null;

    protected abstract void HangUpUnanswered(HangUpCause cause);

    /// <summary>Clean-up of a leg that is over, before its last notification.</summary>
    protected virtual void OnEnd()
    {
    }

    protected void Answered(SipSession session)
    {
        Session = session;
        Host.Notify(new LegAnswered(Id));
        NoteHold();
    }

    protected void End(LegEndReason reason, int? status = null, string? text = null)
    {
        if (IsEnded)
        {
            return;
        }

        IsEnded = true;
        OnEnd();
        StopWatching();
        Media?.Dispose();
        Host.Remove(Id);
        NotifyQuality();
        Host.Notify(new LegEnded(Id, reason, status, text) { Redirect = Redirect });
    }

    // Told only once answered: before, the hold of an offer is no change for anyone.
    private void NoteHold()
    {
        if (Session is null || Media!.RemoteHolds == _held)
        {
            return;
        }

        _held = !_held;
        Host.Notify(_held ? new LegHeld(Id) : new LegRetrieved(Id));
    }
}
