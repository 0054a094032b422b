using System.Diagnostics;

namespace CallCenter.Domain.Tickets;

/// <summary>State of one ticket, folded from its events.</summary>
/// <param name="OwnerId">The agent who is responsible until it is solved.</param>
/// <param name="AssigneeId">Who works on it.</param>
/// <param name="ClockAt">When <paramref name="Clock"/> showed what it says.</param>
/// <param name="LastAt">When the latest event happened.</param>
public sealed record Ticket(
    Guid Id, int Number, TicketState State, TicketTier Tier, TicketPriority Priority, Guid? OwnerId, Guid? AssigneeId, SlaClock Clock, DateTimeOffset ClockAt, DateTimeOffset OpenedAt,
    DateTimeOffset LastAt)
{
    public const string StreamType = "ticket";

    public static readonly Ticket Initial = new(
        Guid.Empty, 0, TicketState.Open, TicketTier.FirstLine, TicketPriority.Normal, null, null, SlaClock.None, DateTimeOffset.MinValue, DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    public bool Exists => Id != Guid.Empty;

    public Guid? CustomerId { get; init; }

    public string? Topic { get; init; }

    /// <summary>The customer's.</summary>
    public string? Segment { get; init; }

    /// <summary>The calls, chats and mails that it is about, in the order in which they became so.</summary>
    public IReadOnlyList<TicketContact> Contacts { get; init; } = [];

    /// <summary>The customer has had an answer.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>It never left the first line.</summary>
    public bool FirstLineOnly { get; init; } = true;

    /// <summary>The promises that were broken.</summary>
    public IReadOnlyList<SlaPromise> Breached { get; init; } = [];

    /// <summary>When it is taken up again; null but while it is pending, and then too when by hand only.</summary>
    public DateTimeOffset? RemindAt { get; init; }

    /// <summary>When it is closed by itself; null but while it is resolved.</summary>
    public DateTimeOffset? ClosesAt { get; init; }

    /// <summary>The ticket that it was merged into; null for none.</summary>
    public Guid? MergedInto { get; init; }

    /// <summary>Total over the events of a ticket.</summary>
    public static Ticket Evolve(Ticket ticket, TicketEvent @event)
    {
        var next = ticket with { LastAt = @event.OccurredAt };
        return @event switch
        {
            TicketOpened e => new Ticket(e.TicketId, e.Number, TicketState.Open, TicketTier.FirstLine, e.Priority, e.OwnerId, e.OwnerId, e.Clock, e.OccurredAt, e.OccurredAt, e.OccurredAt)
            {
                CustomerId = e.CustomerId, Topic = e.Topic, Segment = e.Segment, Contacts = e.ContactId is { } contact ? [new TicketContact(contact, e.Channel)] : [],
                IsAnswered = IsConversation(e.ContactId, e.Channel),
            },
            TicketAssigned e => next with { OwnerId = e.OwnerId, AssigneeId = e.AgentId },
            TicketCommented { ToCustomer: true } => Answered(next),
            TicketCommented => next,
            TicketEscalated e => next with { Tier = e.To, FirstLineOnly = false },
            TicketDeescalated e => next with { Tier = e.To, AssigneeId = ticket.OwnerId },
            TicketPended e => Clocked(next, e.Clock) with { State = TicketState.Pending, RemindAt = e.RemindAt },
            TicketResumed e => Clocked(next, e.Clock) with { State = TicketState.Open, RemindAt = null },
            TicketResolved e => Clocked(next, e.Clock) with { State = TicketState.Resolved, RemindAt = null, ClosesAt = e.ClosesAt, IsAnswered = true },
            TicketReopened e => Clocked(next, e.Clock) with { State = TicketState.Open, ClosesAt = null },
            TicketClosed => next with { State = TicketState.Closed, ClosesAt = null },
            TicketMerged e => Clocked(next, SlaClock.None) with { State = TicketState.Closed, ClosesAt = null, RemindAt = null, MergedInto = e.IntoId, Contacts = [] },
            TicketAbsorbed => next,
            TicketContactLinked e => (IsConversation(e.ContactId, e.Channel) ? Answered(next) : next) with { Contacts = [.. ticket.Contacts, new TicketContact(e.ContactId, e.Channel)] },
            TicketTopicChanged e => next with { Topic = e.Topic },
            TicketPriorityChanged e => Clocked(next, e.Clock) with { Priority = e.Priority },
            TicketCustomerSet e => Clocked(next, e.Clock) with { CustomerId = e.CustomerId, Segment = e.Segment },
            TicketClockChanged e => Clocked(next, e.Clock),
            TicketBreached e => next with { Breached = [.. ticket.Breached, e.Promise] },
            _ => throw new UnreachableException($"Ticket does not evolve {@event.GetType().Name}."),
        };
    }

    /// <summary>Somebody spoke with the customer there.</summary>
    internal static bool IsConversation(Guid? contact, ContactChannel channel) => contact is not null && channel is ContactChannel.Voice or ContactChannel.Chat;

    private static Ticket Clocked(Ticket ticket, SlaClock clock) => ticket with { Clock = clock, ClockAt = ticket.LastAt };

    // Nothing else of the clock changes: it goes on from where it was last told.
    private static Ticket Answered(Ticket ticket) => ticket with { IsAnswered = true, Clock = ticket.Clock with { ResponseDueAt = null } };
}
