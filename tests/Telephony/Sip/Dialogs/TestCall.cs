using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>The owner of a call in a test: takes every offer but "refuse", and notes what it is told.</summary>
internal sealed class TestCall : IIncomingInviteUser, IOutgoingInviteUser
{
    public List<string> Told { get; } = [];

    public SipSession? Session { get; private set; }

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

    public void OnSessionEnded(string? failure) => Told.Add($"ended {failure}".TrimEnd());

    public void OnCancelled() => Told.Add("cancelled");

    public void OnRinging() => Told.Add("ringing");

    public void OnAnswered(OutgoingInvite invite, SipSession session, ReadOnlyMemory<byte> answer)
    {
        Session = session;
        Told.Add("answered");
    }

    public void OnFailed(OutgoingInvite invite, int? status, string text) => Told.Add($"failed {status} {text}");
}
