using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Voicemails.MailboxEvent>;

namespace CallCenter.Domain.Voicemails;

/// <summary>How messages are taken for a queue or an agent, and who is told of them.</summary>
/// <param name="Recipients">Mail addresses of the staff to whom each message is sent, at most 20; none: nobody is mailed.</param>
/// <param name="Greeting">What callers are told before the beep; null for the usual words.</param>
/// <param name="LongestSeconds">A message ends after so long, 5..3,600.</param>
/// <param name="ShortestSeconds">What is shorter is no message, 0..60.</param>
/// <param name="SilenceSeconds">A message ends after so long a silence, 0..60; 0: never.</param>
public sealed record MailboxSettings(IReadOnlyList<string> Recipients, string? Greeting = null, int LongestSeconds = 180, int ShortestSeconds = 1, int SilenceSeconds = 6);

public abstract record MailboxEvent(Guid MailboxId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>A mailbox's settings as they are from now on.</summary>
/// <param name="MailboxId">Id of the queue or agent whose it is.</param>
public sealed record MailboxConfigured(Guid MailboxId, MailboxOwner Owner, MailboxSettings Settings, DateTimeOffset OccurredAt) : MailboxEvent(MailboxId, OccurredAt);

public sealed record ConfigureMailbox(Guid MailboxId, MailboxOwner Owner, MailboxSettings Settings, DateTimeOffset At);

/// <summary>A mailbox's configuration. Every queue and every agent has one; who has none configured has the usual settings and nobody to mail to.</summary>
public sealed record Mailbox(Guid Id, MailboxOwner Owner, MailboxSettings Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "mailbox";

    public static readonly Mailbox Initial = new(Guid.Empty, MailboxOwner.Queue, new MailboxSettings([]), DateTimeOffset.MinValue);

    // Of the ids of mailboxes' streams: the owner's own id is its own stream's.
    private static readonly Guid Space = new("5b0f5a0c-7c58-5a52-8f0c-0d6d9f6f3c21");

    /// <summary>The stream of a mailbox.</summary>
    /// <param name="mailboxId">Id of the queue or agent.</param>
    public static Guid StreamOf(Guid mailboxId) => NameBasedGuid.Of(Space, mailboxId.ToString());

    public static Mailbox Evolve(Mailbox mailbox, MailboxEvent @event) => @event switch
    {
        MailboxConfigured e => new Mailbox(e.MailboxId, e.Owner, e.Settings, e.OccurredAt),
        _ => throw new UnreachableException($"Mailbox does not evolve {@event.GetType().Name}."),
    };

    public static Decision<MailboxEvent> Decide(ConfigureMailbox command, Mailbox mailbox) =>
        Fault(command.Settings) is { } fault
            ? Refuse("MAILBOX_SETTINGS", fault)
            : Accept(new MailboxConfigured(command.MailboxId, command.Owner, command.Settings, command.At.NotBefore(mailbox.LastAt)));

    private static string? Fault(MailboxSettings settings) => settings switch
    {
        { Recipients.Count: > 20 } => $"A mailbox has at most 20 recipients, not {settings.Recipients.Count}.",
        { Recipients: var recipients } when recipients.FirstOrDefault(address => !IsAddress(address)) is { } bad => $"\"{bad}\" is not a mail address.",
        { Greeting: { } greeting } when string.IsNullOrWhiteSpace(greeting) || greeting.Length > 1_000 => "A greeting has 1 to 1000 characters.",
        { LongestSeconds: < 5 or > 3_600 } => $"A message ends after 5 to 3600 s, not {settings.LongestSeconds}.",
        { ShortestSeconds: < 0 or > 60 } => $"The shortest message has 0 to 60 s, not {settings.ShortestSeconds}.",
        { SilenceSeconds: < 0 or > 60 } => $"A message ends after a silence of 0 to 60 s, not {settings.SilenceSeconds}.",
        _ => null,
    };

    // Enough to tell an address from something else, and to keep line breaks out of a mail's header: what exists, the mail server knows.
    private static bool IsAddress(string text) =>
        text.Length is > 2 and <= 254 && text.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && text.All(c => c is > ' ' and not ('\x7F' or '<' or '>' or ',' or ';' or '"'));
}
