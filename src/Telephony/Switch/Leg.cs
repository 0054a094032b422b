using System.Text;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What all legs share: media, the answered session, holding, and the one end. Belongs to the signalling loop.</summary>
internal abstract class Leg(LegId id, LegHost host) : ISessionUser
{
    private bool _held;

    public LegId Id { get; } = id;

    public bool IsEnded { get; private set; }

    /// <summary>Media can be played and bridged.</summary>
    public bool IsAnswered => Session is not null && !IsEnded;

    public MediaLeg? Media { get; protected set; }

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

    public string CreateOffer() => Media!.CreateOffer();

    public bool TryApplyAnswer(ReadOnlyMemory<byte> answer)
    {
        if (IsEnded || !Media!.TryApplyAnswer(answer.Span, out _))
        {
            return false;
        }

        NoteHold();
        return true;
    }

    public void OnSessionEnded(string? failure) => End(failure is null ? LegEndReason.RemoteHangUp : LegEndReason.Failed, text: failure);

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
        Media?.Dispose();
        Host.Remove(Id);
        Host.Notify(new LegEnded(Id, reason, status, text));
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
