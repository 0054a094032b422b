using CallCenter.Domain.Voicemails;
using CallCenter.Telephony;

namespace CallCenter.Routing.Voicemails;

/// <summary>A caller who is asked for a message, from the greeting to the file.</summary>
/// <param name="id">Of the message, should one be left.</param>
/// <param name="call">Who speaks.</param>
/// <param name="mailboxId">Id of the queue or agent for whom the message is.</param>
/// <param name="owner">Which of the two.</param>
/// <param name="file">Path below the folder of recordings.</param>
internal sealed class VoicemailSession(Guid id, LiveCall call, Guid mailboxId, MailboxOwner owner, string file)
{
    public Guid Id { get; } = id;
    public LiveCall Call { get; } = call;
    public Guid MailboxId { get; } = mailboxId;
    public MailboxOwner Owner { get; } = owner;
    public string File { get; } = file;
    public RecordingId Recording => new(Id);

    /// <summary>The mailbox's, from the greeting on.</summary>
    public MailboxSettings Settings { get; set; } = new([]);
    public bool IsRecording { get; set; }
}
