using System.Globalization;

using CallCenter.Api.Mail;
using CallCenter.Domain;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Queues;
using CallCenter.Routing.Voicemails;

namespace CallCenter.Api.Voicemails;

/// <summary>Mails each message, audio attached, to the recipients of its mailbox. What the mail server does not take is tried again for two days, then it is a dead letter.</summary>
internal sealed class VoicemailMail(
    MailServer server, PersonalReader personal, QueueQueries queues, AgentQueries agents, VoicemailHandler handler, string folder) : ISubscription
{
    public string Name => "voicemail_mail";

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(VoicemailLeft)];

    /// <summary>Who names a mail server for the first time does not want last year's messages.</summary>
    public SubscriptionStart Start => SubscriptionStart.FromNow;

    public RetryPolicy Retry { get; } = new(300, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2));

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        var left = (VoicemailLeft)stored.Data;
        var mailbox = await handler.MailboxAsync(left.MailboxId, ct);
        var voicemail = await handler.FindAsync(left.VoicemailId, ct);
        var recipients = mailbox.Recipients.Except(voicemail.MailedTo, StringComparer.Ordinal).ToList();
        if (recipients.Count == 0 || voicemail.IsDeleted)
        {
            return;
        }

        var from = (await personal.RevealAsync([new PersonalText(stored.StreamId, PersonalKinds.Number, left.From)], ct)).Values.Single();
        if (from == PersonVault.ForgottenText)
        {
            return;
        }

        if (!File.Exists(Path.Combine(folder, left.File)))
        {
            throw new PermanentFailureException($"{left.File} is not in {folder}: was the folder moved?");
        }

        var mail = Compose(left, stored.Id, from, await NameAsync(left, ct));
        var refusals = new List<MailRefusedException>();
        foreach (var recipient in recipients)
        {
            try
            {
                await server.SendAsync(mail, recipient, ct);
                await handler.HandleAsync(left.VoicemailId, at => new NoteVoicemailMailed(recipient, at), "mail", ct);
            }
            catch (MailRefusedException e)
            {
                refusals.Add(e);
            }
        }

        if (refusals.Find(refusal => !refusal.IsForGood) is { } forNow)
        {
            throw forNow;
        }

        if (refusals.Count > 0)
        {
            var reason = string.Join("; ", refusals.Select(refusal => refusal.Message));
            await handler.HandleAsync(left.VoicemailId, at => new NoteVoicemailMailFailed(reason, at), "mail", ct);
            throw new PermanentFailureException(reason, refusals[0]);
        }
    }

    private OutgoingMail Compose(VoicemailLeft left, Guid eventId, string from, string mailbox)
    {
        var caller = from.Length == 0 ? "a withheld number" : from;
        var body = string.Create(CultureInfo.InvariantCulture, $"""
            {caller} has left a message for {mailbox}.

            Left:    {left.OccurredAt:yyyy-MM-dd HH:mm:ss} UTC
            Length:  {left.Seconds:0} s
            Message: {left.VoicemailId}
            Call:    {left.CallId}
            SHA-256: {left.Sha256 ?? "unknown"}
            {(left.Failure is { } failure ? $"\nThe recording is not whole: {failure}\n" : "")}
            """);
        return new OutgoingMail(
            eventId, string.Create(CultureInfo.InvariantCulture, $"Message for {mailbox} from {caller} ({left.Seconds:0} s)"), body,
            new MailAttachment(Path.Combine(folder, left.File), string.Create(CultureInfo.InvariantCulture, $"message-{left.OccurredAt:yyyyMMdd-HHmmss}.wav"), "audio/wav"));
    }

    private async Task<string> NameAsync(VoicemailLeft left, CancellationToken ct) => left.Owner switch
    {
        MailboxOwner.Queue => (await queues.GetAsync([left.MailboxId], ct)).SingleOrDefault()?.Name,
        _ => (await agents.GetAsync([left.MailboxId], ct)).GetValueOrDefault(left.MailboxId)?.Name,
    } ?? left.MailboxId.ToString();
}
