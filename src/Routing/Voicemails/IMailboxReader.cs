namespace CallCenter.Routing.Voicemails;

/// <summary>A message as one listens to it.</summary>
/// <param name="File">Path below the folder of recordings.</param>
/// <param name="From">The caller's number in plain; empty when withheld.</param>
public sealed record MailboxMessage(Guid Id, string File, string From);

/// <summary>Reads what lies in mailboxes.</summary>
public interface IMailboxReader
{
    /// <summary>The messages that are the work of these queues and agents, the oldest first.</summary>
    Task<IReadOnlyList<MailboxMessage>> ReadAsync(IReadOnlyList<Guid> owners, CancellationToken ct);
}
