using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.Projections.Voicemails;
using CallCenter.Routing.Voicemails;

namespace CallCenter.Api.Voicemails;

/// <summary>Mailboxes from the read model, numbers in plain; what is of forgotten persons is left out.</summary>
internal sealed class MailboxReader(VoicemailQueries voicemails, PersonalReader personal) : IMailboxReader
{
    /// <summary>Nobody listens to more at once.</summary>
    private const int Most = 100;

    public async Task<IReadOnlyList<MailboxMessage>> ReadAsync(IReadOnlyList<Guid> owners, CancellationToken ct)
    {
        var found = new List<VoicemailView>();
        foreach (var owner in owners)
        {
            found.AddRange((await voicemails.PageAsync(new VoicemailFilter(AssignedTo: owner), Most, null, ct)).Nodes);
        }

        var numbers = found.Where(v => v.From.Length > 0).ToDictionary(v => v.Id, v => new PersonalText(v.Id, PersonalKinds.Number, v.From));
        var plain = await personal.RevealAsync(numbers.Values, ct);
        return [.. found.OrderBy(v => v.LeftAt).Select(v => new MailboxMessage(v.Id, v.File, numbers.TryGetValue(v.Id, out var number) ? plain[number] : "")).Where(m => m.From != PersonVault.ForgottenText)];
    }
}
