using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>The owner of a call in a test: takes every offer but "refuse", and notes what it is told.</summary>
internal sealed class TestCall : IIncomingInviteUser, IOutgoingInviteUser
{
    public List<string> Told { get; } = [];

    public SipSession? Session { get; private set; }

    /// <summary>What an outgoing call was answered with.</summary>
    public string? Answer { get; private set; }

    public bool TryAnswerOffer(ReadOnlyMemory<byte> offer, out string answer)
    {
        var text = System.Text.Encoding.UTF8.GetString(offer.Span);
        Told.Add($"offer {text}");
        answer = $"answer to {text}";
        return text != "refuse";
    }

    public string CreateOffer() => "our offer";

    public bool TryApplyAnswer(ReadOnlyMemory<byte> answer)
    {
        var text = System.Text.Encoding.UTF8.GetString(answer.Span);
        Told.Add($"answer {text}");
        return text != "refuse";
    }

    public Referral? Referral { get; private set; }

    public void OnSessionEnded(bool failed, string? text) => Told.Add($"ended {text}".TrimEnd());

    public void OnCancelled(string? text) => Told.Add($"cancelled {text}".TrimEnd());

    public void OnAccepted(SipSession session) => Session = session;

    public void OnDigit(InfoDigit digit) => Told.Add($"digit {digit.Digit} {digit.Duration?.TotalMilliseconds}".TrimEnd());

    public void OnReferred(Referral referral)
    {
        Referral = referral;
        Told.Add($"referred to {referral.Target}");
    }

    public void OnEarlyAnswer(ReadOnlyMemory<byte> answer) => Told.Add($"early {System.Text.Encoding.UTF8.GetString(answer.Span)}");

    public void OnRinging() => Told.Add("ringing");

    public void OnAnswered(OutgoingInvite invite, SipSession session, ReadOnlyMemory<byte> answer)
    {
        Session = session;
        Answer = System.Text.Encoding.UTF8.GetString(answer.Span);
        Told.Add("answered");
    }

    public void OnFailed(OutgoingInvite invite, int? status, string text) => Told.Add($"failed {status} {text}");
}
