using CallCenter.Domain.Calendars;
using CallCenter.Domain.Tickets;

namespace CallCenter.Domain.Tests.Tickets;

/// <summary>Tickets in every state, and every command.</summary>
internal static class TicketHistories
{
    public static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    public static readonly Guid Other = new("0194f000-0000-7000-8000-00000000000b");
    public static readonly Guid Agent = new("0194f000-0000-7000-8000-00000000000c");
    public static readonly Guid Expert = new("0194f000-0000-7000-8000-00000000000d");
    public static readonly Guid CallId = new("0194f000-0000-7000-8000-00000000000e");
    public static readonly Guid CustomerId = new("0194f000-0000-7000-8000-00000000000f");

    /// <summary>Nothing configured: round the clock, an answer in four hours, a solution in a day.</summary>
    public static readonly SlaTerms Terms = new(SlaSettings.Default, new Dictionary<Guid, BusinessCalendar>());

    public static readonly Dictionary<string, TicketCommand> Commands = new(StringComparer.Ordinal)
    {
        ["open"] = new OpenTicket(Id, 1234, "No dial tone", TicketPriority.Normal, ContactChannel.ByHand, Terms, At(0), "ann", CustomerId: CustomerId, OwnerId: Agent),
        ["assign"] = new AssignTicket(Expert, At(10), "ann"),
        ["assign to owner"] = new AssignTicket(Agent, At(10), "ann"),
        ["comment"] = new CommentTicket("Called the provider.", false, At(10), "ann"),
        ["say nothing"] = new CommentTicket("  ", true, At(10), "ann"),
        ["escalate"] = new EscalateTicket(TicketTier.SecondLine, "Needs a look at the switch.", At(10), "ann"),
        ["to an expert"] = new EscalateTicket(TicketTier.Expert, "Needs the vendor.", At(10), "ann"),
        ["give back"] = new DeescalateTicket(TicketTier.FirstLine, "The customer must be asked.", At(10), "ann"),
        ["pend"] = new PendTicket("Waits for parts.", At(500), Terms, At(10), "ann"),
        ["pend until yesterday"] = new PendTicket("Waits for parts.", At(-1_440), Terms, At(10), "ann"),
        ["resume"] = new ResumeTicket(Terms, At(10), "ann"),
        ["resolve"] = new ResolveTicket("The cable was changed.", Terms, At(10), "ann"),
        ["reopen"] = new ReopenTicket("No tone again.", Terms, At(10), "ann"),
        ["close"] = new CloseTicket(At(10), "ann"),
        ["merge"] = new MergeTicket(Other, At(10), "ann"),
        ["merge into itself"] = new MergeTicket(Id, At(10), "ann"),
        ["absorb"] = new AbsorbTicket(Other, [new TicketContact(CallId, ContactChannel.Voice), new TicketContact(Other, ContactChannel.Mail)], At(10), "ann"),
        ["link"] = new LinkContact(new TicketContact(Other, ContactChannel.Voice), At(10), "ann"),
        ["link again"] = new LinkContact(new TicketContact(CallId, ContactChannel.Mail), At(10), "ann"),
        ["topic"] = new ChangeTopic("billing", At(10), "ann"),
        ["same topic"] = new ChangeTopic("lines", At(10), "ann"),
        ["priority"] = new ChangePriority(TicketPriority.Urgent, Terms, At(10), "ann"),
        ["same priority"] = new ChangePriority(TicketPriority.Normal, Terms, At(10), "ann"),
        ["customer"] = new SetTicketCustomer(Other, "gold", Terms, At(10), "ann"),
        ["check"] = new CheckClock(Terms, At(10)),
        ["check other terms"] = new CheckClock(new SlaTerms(new SlaSettings(null, []), Terms.Calendars), At(10)),
        ["response too early"] = new LapseTicket(TicketMatter.Response, Terms, At(4 * 60)),
        ["response"] = new LapseTicket(TicketMatter.Response, Terms, At(4 * 60).AddMilliseconds(1)),
        ["resolution"] = new LapseTicket(TicketMatter.Resolution, Terms, At(24 * 60).AddMilliseconds(1)),
        ["reminder"] = new LapseTicket(TicketMatter.Reminder, Terms, At(500)),
        ["closing"] = new LapseTicket(TicketMatter.Closing, Terms, At(5 + (7 * 1_440))),
    };

    private static readonly TicketEvent[] Open =
    [
        new TicketOpened(
            Id, 1234, "No dial tone", TicketPriority.Normal, ContactChannel.Mail, Terms.Run(TicketPriority.Normal, null, 0, false, At(0)), At(0), "ann", CustomerId.ToString("N"),
            CustomerId: CustomerId, Topic: "lines", ContactId: CallId, OwnerId: Agent),
    ];

    private static readonly SlaClock Stopped = new(null, 4 * 3_600, 24 * 3_600, 5 * 60_000, false, null, null);

    public static readonly Dictionary<string, TicketEvent[]> Histories = new(StringComparer.Ordinal)
    {
        ["Open"] = Open,
        ["Second line"] = [.. Open, new TicketEscalated(Id, TicketTier.FirstLine, TicketTier.SecondLine, "Beyond me.", At(1), "ann")],
        ["Pending"] = [.. Open, new TicketPended(Id, "Waits.", At(500), Stopped, At(5), "ann")],
        ["Resolved"] = [.. Open, new TicketResolved(Id, "Done.", true, 5 * 60_000, true, At(5).AddDays(7), Stopped, At(5), "ann")],
        ["Closed"] = [.. Open, new TicketResolved(Id, "Done.", true, 5 * 60_000, true, At(5).AddDays(7), Stopped, At(5), "ann"), new TicketClosed(Id, At(6), "ann")],
        ["Merged"] = [.. Open, new TicketMerged(Id, Other, At(5), "ann")],
    };

    public static DateTimeOffset At(int minutes) => new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero).AddMinutes(minutes);

    public static Ticket Of(string state) => Fold(Histories.GetValueOrDefault(state, []));

    public static Ticket Fold(IEnumerable<TicketEvent> events, Ticket? ticket = null) => events.Aggregate(ticket ?? Ticket.Initial, Ticket.Evolve);

    public static string Tell(Decision<TicketEvent> decision) => decision.Refusal?.Code ?? string.Join('+', decision.Events.Select(e => e.GetType().Name));
}
