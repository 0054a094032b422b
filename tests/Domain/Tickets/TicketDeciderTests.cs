using CallCenter.Domain.Tickets;

using static CallCenter.Domain.Tests.Tickets.TicketHistories;

namespace CallCenter.Domain.Tests.Tickets;

public sealed class TicketDeciderTests
{
    /// <summary>Every state x command cell: the event types that follow, "" for nothing to do, or the refusal's code in capitals.</summary>
    private static readonly string[] Columns = ["None", "Open", "Second line", "Pending", "Resolved", "Closed", "Merged"];

    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("open", ["TicketOpened", "TICKET_EXISTS", "TICKET_EXISTS", "TICKET_EXISTS", "TICKET_EXISTS", "TICKET_EXISTS", "TICKET_EXISTS"]),
        ("assign", ["TICKET_NOT_FOUND", "TicketAssigned", "TicketAssigned", "TicketAssigned", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("assign to owner", ["TICKET_NOT_FOUND", "", "", "", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("comment", ["TICKET_NOT_FOUND", "TicketCommented", "TicketCommented", "TicketCommented", "TicketCommented", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("say nothing", ["TICKET_NOT_FOUND", "TICKET_TEXT", "TICKET_TEXT", "TICKET_TEXT", "TICKET_TEXT", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("escalate", ["TICKET_NOT_FOUND", "TicketEscalated", "TICKET_TIER", "TicketEscalated", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("to an expert", ["TICKET_NOT_FOUND", "TicketEscalated", "TicketEscalated", "TicketEscalated", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("give back", ["TICKET_NOT_FOUND", "TICKET_TIER", "TicketDeescalated", "TICKET_TIER", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("pend", ["TICKET_NOT_FOUND", "TicketPended", "TicketPended", "TICKET_STATE", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("pend until yesterday", ["TICKET_NOT_FOUND", "REMINDER_PAST", "REMINDER_PAST", "TICKET_STATE", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("resume", ["TICKET_NOT_FOUND", "TICKET_STATE", "TICKET_STATE", "TicketResumed", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("resolve", ["TICKET_NOT_FOUND", "TicketResolved", "TicketResolved", "TicketResolved", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("reopen", ["TICKET_NOT_FOUND", "TICKET_STATE", "TICKET_STATE", "TICKET_STATE", "TicketReopened", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("close", ["TICKET_NOT_FOUND", "TICKET_STATE", "TICKET_STATE", "TICKET_STATE", "TicketClosed", "", ""]),
        ("merge", ["TICKET_NOT_FOUND", "TicketMerged", "TicketMerged", "TicketMerged", "TicketMerged", "TICKET_CLOSED", ""]),
        ("merge into itself", ["TICKET_NOT_FOUND", "TICKET_MERGE", "TICKET_MERGE", "TICKET_MERGE", "TICKET_MERGE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("absorb", ["TICKET_NOT_FOUND", "TicketAbsorbed+TicketContactLinked", "TicketAbsorbed+TicketContactLinked", "TicketAbsorbed+TicketContactLinked", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("link", ["TICKET_NOT_FOUND", "TicketContactLinked", "TicketContactLinked", "TicketContactLinked", "TicketContactLinked", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("link again", ["TICKET_NOT_FOUND", "", "", "", "", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("topic", ["TICKET_NOT_FOUND", "TicketTopicChanged", "TicketTopicChanged", "TicketTopicChanged", "TicketTopicChanged", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("same topic", ["TICKET_NOT_FOUND", "", "", "", "", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("priority", ["TICKET_NOT_FOUND", "TicketPriorityChanged", "TicketPriorityChanged", "TicketPriorityChanged", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("same priority", ["TICKET_NOT_FOUND", "", "", "", "TICKET_STATE", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("customer", ["TICKET_NOT_FOUND", "TicketCustomerSet", "TicketCustomerSet", "TicketCustomerSet", "TicketCustomerSet", "TICKET_CLOSED", "TICKET_CLOSED"]),
        ("check", ["TICKET_NOT_FOUND", "", "", "", "", "", ""]),
        ("check other terms", ["TICKET_NOT_FOUND", "TicketClockChanged", "TicketClockChanged", "", "", "", ""]),
        ("response too early", ["TICKET_NOT_FOUND", "", "", "", "", "", ""]),
        ("response", ["TICKET_NOT_FOUND", "TicketBreached", "TicketBreached", "", "", "", ""]),
        ("resolution", ["TICKET_NOT_FOUND", "TicketBreached+TicketBreached", "TicketBreached+TicketBreached", "", "", "", ""]),
        ("reminder", ["TICKET_NOT_FOUND", "", "", "TicketResumed", "", "", ""]),
        ("closing", ["TICKET_NOT_FOUND", "", "", "", "TicketClosed", "", ""]),
    ];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (command, expectations) in Matrix)
        {
            for (var i = 0; i < Columns.Length; i++)
            {
                cells.Add(Columns[i], command, expectations[i]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Given_a_state_when_commanded_then(string state, string command, string expected) => Tell(TicketDecider.Decide(Commands[command], Of(state))).ShouldBe(expected);

    [Fact]
    public void The_matrix_has_every_state_and_every_command()
    {
        Columns.ShouldBe(["None", .. Histories.Keys]);
        Histories.Values.Select(history => Fold(history).State).Distinct().ShouldBe(Enum.GetValues<TicketState>(), ignoreOrder: true);
        Matrix.Select(row => row.Command).ShouldBe(Commands.Keys);
        Matrix.ShouldAllBe(row => row.Cells.Length == Columns.Length);
        Commands.Values.Select(c => c.GetType()).Distinct().Count().ShouldBe(typeof(TicketCommand).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(TicketCommand))));
        Commands.Values.OfType<LapseTicket>().Select(lapse => lapse.Matter).Distinct().Count().ShouldBe(Enum.GetValues<TicketMatter>().Length);
    }

    [Fact]
    public void It_is_told_whole_by_what_it_was_opened_from()
    {
        var opened = TicketDecider.Decide(Commands["open"], Ticket.Initial).Events.ShouldHaveSingleItem().ShouldBeOfType<TicketOpened>();
        (opened.Person, opened.Clock.ResponseDueAt, opened.Clock.DueAt).ShouldBe((CustomerId.ToString("N"), At(4 * 60), At(24 * 60)));
        var spoken = TicketDecider.Decide((OpenTicket)Commands["open"] with { ContactId = CallId, Channel = ContactChannel.Voice }, Ticket.Initial);
        ((TicketOpened)spoken.Events[0]).Clock.ResponseDueAt.ShouldBeNull("somebody speaks with the customer");
        Fold(spoken.Events).IsAnswered.ShouldBeTrue();
        TicketDecider.Decide((OpenTicket)Commands["open"] with { Subject = " " }, Ticket.Initial).Refusal!.Code.ShouldBe("TICKET_TEXT");
        TicketDecider.Decide((OpenTicket)Commands["open"] with { Description = new string('a', 10_001) }, Ticket.Initial).Refusal!.Code.ShouldBe("TICKET_TEXT");
    }

    [Fact]
    public void In_the_first_line_who_has_it_owns_it_and_specialists_do_not()
    {
        Fold(TicketDecider.Decide(Commands["assign"], Of("Open")).Events, Of("Open")).ShouldSatisfyAllConditions(t => t.OwnerId.ShouldBe(Expert), t => t.AssigneeId.ShouldBe(Expert));
        var escalated = Fold(TicketDecider.Decide(Commands["assign"], Of("Second line")).Events, Of("Second line"));
        (escalated.OwnerId, escalated.AssigneeId).ShouldBe((Agent, Expert));
        var back = Fold(TicketDecider.Decide(Commands["give back"], escalated).Events, escalated);
        (back.Tier, back.OwnerId, back.AssigneeId, back.FirstLineOnly).ShouldBe((TicketTier.FirstLine, Agent, Agent, false));
    }

    [Fact]
    public void What_is_merged_leaves_its_contacts_to_the_other()
    {
        Of("Merged").ShouldSatisfyAllConditions(t => t.Contacts.ShouldBeEmpty(), t => t.MergedInto.ShouldBe(Other), t => t.Clock.IsRunning.ShouldBeFalse());
        Fold(TicketDecider.Decide(Commands["absorb"], Of("Open")).Events, Of("Open")).Contacts.Select(c => c.Id).ShouldBe([CallId, Other]);
    }

    [Fact]
    public void A_ticket_is_reopened_within_its_window_only_and_its_clock_goes_on()
    {
        var resolved = Of("Resolved");
        var reopened = TicketDecider.Decide((ReopenTicket)Commands["reopen"] with { At = resolved.ClosesAt!.Value.AddMilliseconds(-1) }, resolved).Events.Cast<TicketReopened>().Single();
        (reopened.Clock.UsedMs, reopened.Clock.DueAt).ShouldBe((5 * 60_000, resolved.ClosesAt.Value.AddMilliseconds(-1).AddMinutes((24 * 60) - 5)));
        TicketDecider.Decide((ReopenTicket)Commands["reopen"] with { At = resolved.ClosesAt.Value }, resolved).Refusal!.Code.ShouldBe("REOPEN_WINDOW");
    }

    [Fact]
    public void Nothing_happens_twice_that_comes_by_itself()
    {
        var broken = Fold(TicketDecider.Decide(Commands["resolution"], Of("Open")).Events, Of("Open"));
        broken.Breached.ShouldBe([SlaPromise.Response, SlaPromise.Resolution]);
        TicketDecider.Decide(Commands["response"], broken).Events.ShouldBeEmpty();
        TicketDecider.Decide(Commands["resolution"], broken).Events.ShouldBeEmpty();
    }
}
