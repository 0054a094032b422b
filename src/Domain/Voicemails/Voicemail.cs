using System.Diagnostics;

namespace CallCenter.Domain.Voicemails;

/// <summary>State of one message, folded from its events.</summary>
/// <param name="AssignedTo">The queue or agent whose work it is; at first its mailbox's.</param>
/// <param name="IsHeard">Somebody has listened to it.</param>
/// <param name="MailedTo">For whom the mail server has taken it.</param>
public sealed record Voicemail(Guid Id, Guid MailboxId, string File, Guid AssignedTo, bool IsHeard, IReadOnlyList<string> MailedTo, bool IsDeleted, DateTimeOffset LastAt)
{
    public const string StreamType = "voicemail";

    public static readonly Voicemail Initial = new(Guid.Empty, Guid.Empty, "", Guid.Empty, false, [], false, DateTimeOffset.MinValue);

    public bool Exists => Id != Guid.Empty;

    /// <summary>Total over the events of a message.</summary>
    public static Voicemail Evolve(Voicemail voicemail, VoicemailEvent @event)
    {
        var next = voicemail with { LastAt = @event.OccurredAt };
        return @event switch
        {
            VoicemailLeft e => next with { Id = e.VoicemailId, MailboxId = e.MailboxId, File = e.File, AssignedTo = e.MailboxId },
            VoicemailHeard => next with { IsHeard = true },
            VoicemailAssigned e => next with { AssignedTo = e.To },
            VoicemailMailed e => next with { MailedTo = [.. voicemail.MailedTo, e.Recipient] },
            VoicemailMailFailed => next,
            VoicemailDeleted => next with { IsDeleted = true },
            _ => throw new UnreachableException($"Voicemail does not evolve {@event.GetType().Name}."),
        };
    }
}
