using CallCenter.Domain;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

namespace CallCenter.Routing.Voicemails;

/// <summary>Commands on messages and mailboxes, from wherever they come: phone, API, mail. Nothing of it is the floor's, so nothing of it waits for the router's loop.</summary>
public sealed class VoicemailHandler(PostgresEventStore store, TimeProvider clock)
{
    private static readonly Aggregate<Voicemail> Messages = new(Voicemail.StreamType, Voicemail.Initial, (voicemail, e) => Voicemail.Evolve(voicemail, (VoicemailEvent)e));
    private static readonly Aggregate<Mailbox> Mailboxes = new(Mailbox.StreamType, Mailbox.Initial, (mailbox, e) => Mailbox.Evolve(mailbox, (MailboxEvent)e));

    private readonly CommandHandler _handler = new(store);

    /// <summary>A message as it is now; the initial state when there is none.</summary>
    public async Task<Voicemail> FindAsync(Guid id, CancellationToken ct) => (await store.AggregateStreamAsync(Messages, id, ct: ct)).State;

    /// <summary>How messages are taken for a queue or an agent.</summary>
    public async Task<MailboxSettings> MailboxAsync(Guid mailboxId, CancellationToken ct) => (await store.AggregateStreamAsync(Mailboxes, Mailbox.StreamOf(mailboxId), ct: ct)).State.Settings;

    /// <summary>Carries a command on a message out.</summary>
    /// <param name="id">The message.</param>
    /// <param name="command">Made for an instant.</param>
    /// <param name="by">User name, or what part of the system.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>Position of the last event, 0 for none; or why it was refused.</returns>
    public Task<(long Position, Refusal? Refusal)> HandleAsync(Guid id, Func<DateTimeOffset, VoicemailCommand> command, string by, CancellationToken ct) =>
        HandleAsync(Messages, id, voicemail => VoicemailDecider.Decide(command(clock.GetUtcNow()), voicemail), by, ct);

    /// <summary>Gives a mailbox all of these settings.</summary>
    /// <inheritdoc cref="HandleAsync(Guid, Func{DateTimeOffset, VoicemailCommand}, string, CancellationToken)"/>
    public Task<(long Position, Refusal? Refusal)> ConfigureAsync(Guid mailboxId, MailboxOwner owner, MailboxSettings settings, string by, CancellationToken ct) =>
        HandleAsync(Mailboxes, Mailbox.StreamOf(mailboxId), mailbox => Mailbox.Decide(new ConfigureMailbox(mailboxId, owner, settings, clock.GetUtcNow()), mailbox), by, ct);

    private async Task<(long Position, Refusal? Refusal)> HandleAsync<TState, TEvent>(
        Aggregate<TState> aggregate, Guid stream, Func<TState, Decision<TEvent>> decide, string by, CancellationToken ct)
        where TEvent : DomainEvent
    {
        Refusal? refusal = null;
        var result = await _handler.HandleAsync(
            aggregate,
            stream,
            state =>
            {
                var decision = decide(state);
                refusal = decision.Refusal;
                return [.. decision.Events.Select(e => EventData.Of(e))];
            },
            new EventMetadata(null, null, by),
            ct: ct);
        return (result.LastPosition, refusal);
    }
}
