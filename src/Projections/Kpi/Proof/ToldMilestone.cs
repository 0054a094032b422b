using CallCenter.Domain.Tickets;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>An event of a ticket that counts, with the ticket as it stood then.</summary>
/// <param name="IsLast">No later event of the ticket is of this type.</param>
internal sealed record ToldMilestone(TicketEvent Event, Ticket Ticket, ContactChannel Channel, bool IsLast)
{
    /// <param name="events">Of one ticket, all, in order.</param>
    public static IEnumerable<ToldMilestone> Read(IReadOnlyList<TicketEvent> events)
    {
        var ticket = Ticket.Initial;
        var channel = events is [TicketOpened opened, ..] ? opened.Channel : ContactChannel.ByHand;
        foreach (var e in events)
        {
            ticket = Ticket.Evolve(ticket, e);
            if (e is TicketOpened or TicketResolved or TicketReopened or TicketBreached)
            {
                yield return new ToldMilestone(e, ticket, channel, events.Last(other => other.GetType() == e.GetType()) == e);
            }
        }
    }

    public string ChannelName => Channel == ContactChannel.ByHand ? "by-hand" : Channel.ToString().ToLowerInvariant();
}
