namespace CallCenter.Domain.Tickets;

/// <summary>An event of one ticket's stream.</summary>
public abstract record TicketEvent(Guid TicketId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <param name="Number">By which people speak of it; unique.</param>
/// <param name="Clock">As from now on.</param>
/// <param name="Person">The customer's id as a text, by which the ticket's texts are kept under the customer's key; null for an unknown one.</param>
/// <param name="CallerNumber">From where an unknown customer called: the texts are kept under that number's key.</param>
/// <param name="Segment">The customer's, at that time.</param>
/// <param name="ContactId">The call, chat or mail that it was opened from; null when by hand.</param>
/// <param name="OwnerId">The agent who is responsible for it until it is solved; null until one is.</param>
/// <param name="By">User name, or what part of the system.</param>
public sealed record TicketOpened(
    Guid TicketId, int Number, string Subject, TicketPriority Priority, ContactChannel Channel, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null, string? Person = null,
    string? CallerNumber = null, Guid? CustomerId = null, string? Description = null, string? Topic = null, string? Segment = null, Guid? ContactId = null, Guid? OwnerId = null)
    : TicketEvent(TicketId, OccurredAt);

/// <param name="AgentId">Who works on it from now on.</param>
/// <param name="OwnerId">Who is responsible: the same in the first line; beyond it, whoever was before.</param>
public sealed record TicketAssigned(Guid TicketId, Guid AgentId, Guid OwnerId, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <param name="ToCustomer">Whether the customer was told so; otherwise it is among colleagues.</param>
public sealed record TicketCommented(Guid TicketId, string Text, bool ToCustomer, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>A higher line works on it; the owner stays who it was.</summary>
public sealed record TicketEscalated(Guid TicketId, TicketTier From, TicketTier To, string Reason, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>It is back with a lower line, and with its owner.</summary>
public sealed record TicketDeescalated(Guid TicketId, TicketTier From, TicketTier To, string Reason, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>It waits for somebody else, and its clock stands still.</summary>
/// <param name="RemindAt">When it is taken up again by itself; null: by hand only.</param>
public sealed record TicketPended(Guid TicketId, string Reason, DateTimeOffset? RemindAt, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <param name="Reminded">Its time had come; nobody did so by hand.</param>
public sealed record TicketResumed(Guid TicketId, bool Reminded, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <param name="SlaMet">Whether that was in time; null when no time was promised.</param>
/// <param name="OpenMs">Open milliseconds since it was opened, by the clock's calendar, pending included.</param>
/// <param name="FirstLine">It never left the first line.</param>
/// <param name="ClosesAt">When it is closed by itself.</param>
public sealed record TicketResolved(
    Guid TicketId, string Resolution, bool? SlaMet, long OpenMs, bool FirstLine, DateTimeOffset ClosesAt, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null)
    : TicketEvent(TicketId, OccurredAt);

public sealed record TicketReopened(Guid TicketId, string Reason, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <param name="By">Null when its time was over.</param>
public sealed record TicketClosed(Guid TicketId, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>It was about the same as another ticket: it is closed, and whoever looks for it finds that one.</summary>
public sealed record TicketMerged(Guid TicketId, Guid IntoId, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>Another ticket was about the same; its contacts are this one's from now on, as the events after this say.</summary>
public sealed record TicketAbsorbed(Guid TicketId, Guid OtherId, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>The customer was in contact about it again.</summary>
/// <param name="ContactId">The call, chat or mail.</param>
public sealed record TicketContactLinked(Guid TicketId, Guid ContactId, ContactChannel Channel, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <param name="Topic">Null for none.</param>
public sealed record TicketTopicChanged(Guid TicketId, string? Topic, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

public sealed record TicketPriorityChanged(Guid TicketId, TicketPriority Priority, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>It is known whose it is.</summary>
public sealed record TicketCustomerSet(Guid TicketId, Guid CustomerId, string? Segment, SlaClock Clock, DateTimeOffset OccurredAt, string? By = null) : TicketEvent(TicketId, OccurredAt);

/// <summary>Policy or calendar were changed, and the clock goes by what they are now.</summary>
public sealed record TicketClockChanged(Guid TicketId, SlaClock Clock, DateTimeOffset OccurredAt) : TicketEvent(TicketId, OccurredAt);

/// <summary>A promise was broken. It is told once, when its time was over, and holds whatever comes later.</summary>
/// <param name="DueAt">When it should have been kept.</param>
public sealed record TicketBreached(Guid TicketId, SlaPromise Promise, DateTimeOffset DueAt, DateTimeOffset OccurredAt) : TicketEvent(TicketId, OccurredAt);

/// <summary>A contact that a ticket is about.</summary>
public sealed record TicketContact(Guid Id, ContactChannel Channel);

public enum TicketState { Open, Pending, Resolved, Closed }

public enum TicketTier { FirstLine, SecondLine, Expert }

public enum TicketPriority { Low, Normal, High, Urgent }

/// <summary>What is promised of a ticket.</summary>
public enum SlaPromise { Response, Resolution }

/// <summary>How a customer is in contact; by hand: somebody wrote it down.</summary>
public enum ContactChannel { Voice, Chat, Mail, ByHand }
