using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Tickets.TicketEvent>;

namespace CallCenter.Domain.Tickets;

/// <summary>What may happen to a ticket.</summary>
public static class TicketDecider
{
    private const int LongestSubject = 200;
    private const int LongestText = 10_000;

    public static Decision<TicketEvent> Decide(TicketCommand command, Ticket ticket)
    {
        var at = command.At.NotBefore(ticket.LastAt);
        var decision = Decide(command, ticket, at);

        // A promise whose time was over before this is broken first, also where its timer was late: what follows may take the clock away.
        return decision.Events.Count > 0 && !IsPromise(command) && Overdue(ticket, at) is { Count: > 0 } broken ? Accept([.. broken, .. decision.Events]) : decision;
    }

    private static Decision<TicketEvent> Decide(TicketCommand command, Ticket ticket, DateTimeOffset at) => (command, ticket.State) switch
    {
        (OpenTicket, _) when ticket.Exists => Refuse("TICKET_EXISTS", "The ticket has been opened already."),
        (OpenTicket c, _) => Fault(c.Subject, LongestSubject, "subject") ?? TooLong(c.Description, "description") ?? Open(c, at),
        _ when !ticket.Exists => Refuse("TICKET_NOT_FOUND", "There is no such ticket."),

        // What comes by itself and too late comes to nothing.
        (LapseTicket c, _) => Lapse(c, ticket, at),
        (CheckClock c, _) => Check(c, ticket, at),
        (CloseTicket or MergeTicket, TicketState.Closed) when IsDone(command, ticket) => Accept(),
        (_, TicketState.Closed) => Refuse("TICKET_CLOSED", "The ticket is closed."),

        (CommentTicket c, _) => Fault(c.Text, LongestText, "comment") ?? Accept(new TicketCommented(ticket.Id, c.Text, c.ToCustomer, at, c.By)),
        (LinkContact c, _) => Accept(Linked(ticket, [c.Contact], at, c.By)),
        (ChangeTopic c, _) => Topic(c) == ticket.Topic ? Accept() : Accept(new TicketTopicChanged(ticket.Id, Topic(c), at, c.By)),
        (SetTicketCustomer c, _) when c.CustomerId == ticket.CustomerId => Accept(),
        (SetTicketCustomer c, _) => Accept(new TicketCustomerSet(ticket.Id, c.CustomerId, c.Segment, Clock(c.Terms, ticket, at, ticket.Priority, c.Segment), at, c.By)),
        (MergeTicket c, _) when c.IntoId == ticket.Id => Refuse("TICKET_MERGE", "A ticket cannot be merged into itself."),
        (MergeTicket c, _) => Accept(new TicketMerged(ticket.Id, c.IntoId, at, c.By)),

        (AssignTicket c, TicketState.Open or TicketState.Pending) => Assign(c, ticket, at),
        (EscalateTicket c, TicketState.Open or TicketState.Pending) => Escalate(c, ticket, at),
        (DeescalateTicket c, TicketState.Open or TicketState.Pending) => Deescalate(c, ticket, at),
        (PendTicket { RemindAt: { } remind }, TicketState.Open) when remind <= at => Refuse("REMINDER_PAST", $"The reminder is at {remind:u}, which is not ahead."),
        (PendTicket c, TicketState.Open) => Fault(c.Reason, LongestText, "reason")
            ?? Accept(new TicketPended(ticket.Id, c.Reason, c.RemindAt?.NotBefore(at), Stopped(c.Terms, ticket, at), at, c.By)),
        (ResumeTicket c, TicketState.Pending) => Accept(new TicketResumed(ticket.Id, Reminded: false, Running(c.Terms, ticket, at), at, c.By)),
        (ResolveTicket c, TicketState.Open or TicketState.Pending) => Fault(c.Resolution, LongestText, "resolution") ?? Resolve(c, ticket, at),
        (ReopenTicket, TicketState.Resolved) when ticket.ClosesAt <= at => Refuse("REOPEN_WINDOW", $"The ticket could be reopened until {ticket.ClosesAt:u}."),
        (ReopenTicket c, TicketState.Resolved) => Fault(c.Reason, LongestText, "reason") ?? Accept(new TicketReopened(ticket.Id, c.Reason, Running(c.Terms, ticket, at), at, c.By)),
        (CloseTicket c, TicketState.Resolved) => Accept(new TicketClosed(ticket.Id, at, c.By)),
        (AbsorbTicket c, TicketState.Open or TicketState.Pending) => Accept([new TicketAbsorbed(ticket.Id, c.OtherId, at, c.By), .. Linked(ticket, c.Contacts, at, c.By)]),
        (ChangePriority c, TicketState.Open or TicketState.Pending) => c.Priority == ticket.Priority
            ? Accept()
            : Accept(new TicketPriorityChanged(ticket.Id, c.Priority, Clock(c.Terms, ticket, at, c.Priority, ticket.Segment), at, c.By)),

        (AssignTicket or EscalateTicket or DeescalateTicket or PendTicket or ResumeTicket or ResolveTicket or ReopenTicket or CloseTicket or AbsorbTicket or ChangePriority, _) =>
            Refuse("TICKET_STATE", $"{command.GetType().Name} is not possible while the ticket is {ticket.State.ToString().ToLowerInvariant()}."),
        _ => throw new UnreachableException($"Ticket does not decide {command.GetType().Name}."),
    };

    private static Decision<TicketEvent> Open(OpenTicket c, DateTimeOffset at) => Accept(new TicketOpened(
        c.TicketId, c.Number, c.Subject.Trim(), c.Priority, c.Channel, c.Terms.Run(c.Priority, c.Segment, 0, Ticket.IsConversation(c.ContactId, c.Channel), at), at, c.By,
        c.CustomerId?.ToString("N"), c.CallerNumber, c.CustomerId, c.Description, string.IsNullOrWhiteSpace(c.Topic) ? null : c.Topic, c.Segment, c.ContactId, c.OwnerId));

    private static List<TicketEvent> Linked(Ticket ticket, IEnumerable<TicketContact> contacts, DateTimeOffset at, string? by) =>
        [.. contacts.Where(contact => ticket.Contacts.All(known => known.Id != contact.Id)).Select(contact => new TicketContactLinked(ticket.Id, contact.Id, contact.Channel, at, by))];

    // In the first line, who is given a ticket answers for it; beyond, the owner goes on answering to the customer for what specialists do.
    private static Decision<TicketEvent> Assign(AssignTicket c, Ticket ticket, DateTimeOffset at)
    {
        var owner = ticket.Tier == TicketTier.FirstLine ? c.AgentId : ticket.OwnerId ?? c.AgentId;
        return owner == ticket.OwnerId && c.AgentId == ticket.AssigneeId ? Accept() : Accept(new TicketAssigned(ticket.Id, c.AgentId, owner, at, c.By));
    }

    private static Decision<TicketEvent> Escalate(EscalateTicket c, Ticket ticket, DateTimeOffset at) => c.To <= ticket.Tier
        ? Refuse("TICKET_TIER", $"The ticket is with {Name(ticket.Tier)}: it is escalated to a higher line only, not to {Name(c.To)}.")
        : Fault(c.Reason, LongestText, "reason") ?? Accept(new TicketEscalated(ticket.Id, ticket.Tier, c.To, c.Reason, at, c.By));

    private static Decision<TicketEvent> Deescalate(DeescalateTicket c, Ticket ticket, DateTimeOffset at) => c.To >= ticket.Tier
        ? Refuse("TICKET_TIER", $"The ticket is with {Name(ticket.Tier)}: it is given back to a lower line only, not to {Name(c.To)}.")
        : Fault(c.Reason, LongestText, "reason") ?? Accept(new TicketDeescalated(ticket.Id, ticket.Tier, c.To, c.Reason, at, c.By));

    private static Decision<TicketEvent> Resolve(ResolveTicket c, Ticket ticket, DateTimeOffset at)
    {
        var clock = Stopped(c.Terms, ticket, at);
        var met = clock.ResolutionSeconds is { } promised ? clock.UsedMs <= promised * 1_000L && !ticket.Breached.Contains(SlaPromise.Resolution) : (bool?)null;
        var open = (long)c.Terms.Between(ticket.Clock.CalendarId, ticket.OpenedAt, at).TotalMilliseconds;
        return Accept(new TicketResolved(ticket.Id, c.Resolution, met, open, ticket.FirstLineOnly, at.AddDays(c.Terms.Settings.ReopenDays), clock, at, c.By));
    }

    private static Decision<TicketEvent> Lapse(LapseTicket c, Ticket ticket, DateTimeOffset at) => c.Matter switch
    {
        TicketMatter.Response or TicketMatter.Resolution => Accept(Overdue(ticket, at)),
        TicketMatter.Reminder when ticket.RemindAt <= c.At => Accept(new TicketResumed(ticket.Id, Reminded: true, Running(c.Terms, ticket, at), at)),
        TicketMatter.Closing when ticket.ClosesAt <= c.At => Accept(new TicketClosed(ticket.Id, at)),
        _ => Accept(),
    };

    private static bool IsPromise(TicketCommand command) => command is LapseTicket { Matter: TicketMatter.Response or TicketMatter.Resolution };

    /// <summary>The promises that are broken by now and were not told to be.</summary>
    private static List<TicketEvent> Overdue(Ticket ticket, DateTimeOffset at)
    {
        (SlaPromise Promise, DateTimeOffset? DueAt)[] promises = [(SlaPromise.Response, ticket.Clock.ResponseDueAt), (SlaPromise.Resolution, ticket.Clock.DueAt)];
        return
        [
            .. promises.Where(promise => promise.DueAt < at && !ticket.Breached.Contains(promise.Promise)).OrderBy(promise => promise.DueAt)
                .Select(promise => new TicketBreached(ticket.Id, promise.Promise, promise.DueAt!.Value, promise.DueAt.Value.NotBefore(ticket.LastAt))),
        ];
    }

    private static Decision<TicketEvent> Check(CheckClock c, Ticket ticket, DateTimeOffset at)
    {
        if (!ticket.Clock.IsRunning)
        {
            return Accept();
        }

        var clock = Running(c.Terms, ticket, at);
        var same = clock with { UsedMs = ticket.Clock.UsedMs } == ticket.Clock;
        return same ? Accept() : Accept(new TicketClockChanged(ticket.Id, clock, at));
    }

    private static SlaClock Running(SlaTerms terms, Ticket ticket, DateTimeOffset at) => Running(terms, ticket, at, ticket.Priority, ticket.Segment);

    private static SlaClock Running(SlaTerms terms, Ticket ticket, DateTimeOffset at, TicketPriority priority, string? segment) =>
        terms.Run(priority, segment, terms.Used(ticket.Clock, ticket.ClockAt, at), ticket.IsAnswered, at, ticket.Clock);

    private static SlaClock Stopped(SlaTerms terms, Ticket ticket, DateTimeOffset at) =>
        (ticket.Clock with { UsedMs = terms.Used(ticket.Clock, ticket.ClockAt, at) }).Stopped();

    // One that stands still goes on standing, with other promises.
    private static SlaClock Clock(SlaTerms terms, Ticket ticket, DateTimeOffset at, TicketPriority priority, string? segment)
    {
        var clock = Running(terms, ticket, at, priority, segment);
        return ticket.Clock.IsRunning ? clock : clock.Stopped();
    }

    private static bool IsDone(TicketCommand command, Ticket ticket) => command is CloseTicket || (command is MergeTicket c && ticket.MergedInto == c.IntoId);

    private static string? Topic(ChangeTopic command) => string.IsNullOrWhiteSpace(command.Topic) ? null : command.Topic;

    private static Decision<TicketEvent>? Fault(string text, int longest, string what) =>
        string.IsNullOrWhiteSpace(text) || text.Length > longest ? Refuse("TICKET_TEXT", $"The {what} has 1 to {longest} characters.") : null;

    private static Decision<TicketEvent>? TooLong(string? text, string what) =>
        text?.Length > LongestText ? Refuse("TICKET_TEXT", $"The {what} has {LongestText} characters at most.") : null;

    private static string Name(TicketTier tier) => tier switch
    {
        TicketTier.FirstLine => "the first line",
        TicketTier.SecondLine => "the second line",
        TicketTier.Expert => "an expert",
        _ => throw new UnreachableException($"Tier {tier} has no name."),
    };
}
