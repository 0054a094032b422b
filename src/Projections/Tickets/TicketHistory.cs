using CallCenter.Domain.Tickets;
using CallCenter.EventStore;

namespace CallCenter.Projections.Tickets;

/// <summary>A ticket as it was: folded from the events that had happened by then.</summary>
public static class TicketHistory
{
    /// <param name="events">The first events of one ticket's stream, at least one.</param>
    public static TicketView Of(IReadOnlyList<StoredEvent> events)
    {
        var told = events.Select(stored => (TicketEvent)stored.Data).ToList();
        var ticket = told.Aggregate(Ticket.Initial, Ticket.Evolve);
        var opened = (TicketOpened)told[0];
        var last = told.OfType<TicketResolved>().LastOrDefault();

        // One that was reopened is not resolved; what was said of its resolution stays on record.
        var resolved = ticket.State is TicketState.Resolved or TicketState.Closed && told.FindLast(e => e is TicketResolved or TicketReopened) is TicketResolved ? last : null;
        return new TicketView(
            ticket.Id, ticket.Number, opened.Subject, opened.Description, ticket.Topic, ticket.Segment, ticket.State, ticket.Tier, ticket.Priority, opened.Channel, ticket.OwnerId, ticket.AssigneeId,
            ticket.CustomerId, ticket.OpenedAt, opened.By, ticket.Clock.ResponseDueAt, ticket.Clock.DueAt, ticket.RemindAt, resolved?.OccurredAt, ticket.ClosesAt,
            told.Find(e => e is TicketClosed or TicketMerged)?.OccurredAt, last?.Resolution, told.OfType<TicketReopened>().Count(), resolved?.SlaMet, ticket.Breached, ticket.MergedInto, events[^1].Version);
    }
}
