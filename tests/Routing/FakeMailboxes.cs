using CallCenter.Routing.Voicemails;

namespace CallCenter.Routing.Tests;

/// <summary>Mailboxes that hold what a test puts into them.</summary>
internal sealed class FakeMailboxes : IMailboxReader
{
    public IReadOnlyList<MailboxMessage> Messages { get; set; } = [];

    /// <summary>Whose were asked for last.</summary>
    public IReadOnlyList<Guid> Asked { get; private set; } = [];

    public Task<IReadOnlyList<MailboxMessage>> ReadAsync(IReadOnlyList<Guid> owners, CancellationToken ct)
    {
        Asked = owners;
        return Task.FromResult(Messages);
    }
}
