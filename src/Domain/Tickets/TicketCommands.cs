namespace CallCenter.Domain.Tickets;

/// <param name="At">When, by the clock of whoever commands.</param>
/// <param name="By">User name, or what part of the system; null for what happens by itself.</param>
public abstract record TicketCommand(DateTimeOffset At, string? By);

public sealed record OpenTicket(
    Guid TicketId, int Number, string Subject, TicketPriority Priority, ContactChannel Channel, SlaTerms Terms, DateTimeOffset At, string? By, string? CallerNumber = null,
    Guid? CustomerId = null, string? Description = null, string? Topic = null, string? Segment = null, Guid? ContactId = null, Guid? OwnerId = null) : TicketCommand(At, By);

public sealed record AssignTicket(Guid AgentId, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record CommentTicket(string Text, bool ToCustomer, DateTimeOffset At, string? By) : TicketCommand(At, By);

/// <summary>Up only.</summary>
public sealed record EscalateTicket(TicketTier To, string Reason, DateTimeOffset At, string? By) : TicketCommand(At, By);

/// <summary>Down only.</summary>
public sealed record DeescalateTicket(TicketTier To, string Reason, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record PendTicket(string Reason, DateTimeOffset? RemindAt, SlaTerms Terms, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record ResumeTicket(SlaTerms Terms, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record ResolveTicket(string Resolution, SlaTerms Terms, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record ReopenTicket(string Reason, SlaTerms Terms, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record CloseTicket(DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record MergeTicket(Guid IntoId, DateTimeOffset At, string? By) : TicketCommand(At, By);

/// <summary>The other half of <see cref="MergeTicket"/>.</summary>
public sealed record AbsorbTicket(Guid OtherId, IReadOnlyList<TicketContact> Contacts, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record LinkContact(TicketContact Contact, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record ChangeTopic(string? Topic, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record ChangePriority(TicketPriority Priority, SlaTerms Terms, DateTimeOffset At, string? By) : TicketCommand(At, By);

public sealed record SetTicketCustomer(Guid CustomerId, string? Segment, SlaTerms Terms, DateTimeOffset At, string? By) : TicketCommand(At, By);

/// <summary>Policy or calendar may have been changed.</summary>
public sealed record CheckClock(SlaTerms Terms, DateTimeOffset At) : TicketCommand(At, null);

/// <summary>A time that was set has come: of a promise, of a reminder, or of closing.</summary>
public sealed record LapseTicket(TicketMatter Matter, SlaTerms Terms, DateTimeOffset At) : TicketCommand(At, null);

/// <summary>What a ticket's timers are for.</summary>
public enum TicketMatter { Response, Resolution, Reminder, Closing }
