using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Voicemails.VoicemailEvent>;

namespace CallCenter.Domain.Voicemails;

/// <summary>What may happen to a message.</summary>
public static class VoicemailDecider
{
    public static Decision<VoicemailEvent> Decide(VoicemailCommand command, Voicemail voicemail)
    {
        var at = command.At.NotBefore(voicemail.LastAt);
        return command switch
        {
            LeaveVoicemail when voicemail.Exists => Refuse("VOICEMAIL_EXISTS", "The message has been left already."),
            LeaveVoicemail c => Accept(new VoicemailLeft(
                c.VoicemailId, c.MailboxId, c.Owner, c.From, c.CallId, c.File, c.Sha256, c.Seconds, c.Bytes, at, c.Failure, c.CustomerNumber)),
            _ when !voicemail.Exists => Refuse("VOICEMAIL_NOT_FOUND", "There is no such message."),

            // What the mail server did is told of a message that was deleted meanwhile as well.
            NoteVoicemailMailed c when voicemail.MailedTo.Contains(c.Recipient, StringComparer.Ordinal) => Accept(),
            NoteVoicemailMailed c => Accept(new VoicemailMailed(voicemail.Id, c.Recipient, at)),
            NoteVoicemailMailFailed c => Accept(new VoicemailMailFailed(voicemail.Id, c.Reason, at)),
            DeleteVoicemail when voicemail.IsDeleted => Accept(),
            DeleteVoicemail c => Accept(new VoicemailDeleted(voicemail.Id, c.By, at)),
            _ when voicemail.IsDeleted => Refuse("VOICEMAIL_DELETED", "The message has been deleted."),
            HearVoicemail when voicemail.IsHeard => Accept(),
            HearVoicemail c => Accept(new VoicemailHeard(voicemail.Id, c.By, at)),
            AssignVoicemail c when c.To == voicemail.AssignedTo => Accept(),
            AssignVoicemail c => Accept(new VoicemailAssigned(voicemail.Id, c.To, c.Owner, c.By, at)),
            _ => throw new UnreachableException($"Voicemail does not decide {command.GetType().Name}."),
        };
    }
}
