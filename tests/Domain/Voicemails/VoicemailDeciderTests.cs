using CallCenter.Domain.Voicemails;

namespace CallCenter.Domain.Tests.Voicemails;

public sealed class VoicemailDeciderTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly Guid Queue = new("0194f000-0000-7000-8000-00000000000b");
    private static readonly Guid Agent = new("0194f000-0000-7000-8000-00000000000c");
    private static readonly Guid Call = new("0194f000-0000-7000-8000-00000000000d");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly VoicemailLeft Left = new(Id, Queue, MailboxOwner.Queue, "5551234", Call, "2026/01/05/a.wav", "aa", 4.5, 72_044, Now.AddSeconds(-9), null, "c-7");

    private static readonly Dictionary<string, VoicemailCommand> Commands = new(StringComparer.Ordinal)
    {
        ["leave"] = new LeaveVoicemail(Id, Queue, MailboxOwner.Queue, "5551234", Call, "2026/01/05/a.wav", "aa", 4.5, 72_044, Now, null, "c-7"),
        ["hear"] = new HearVoicemail("ann", Now),
        ["assign"] = new AssignVoicemail(Agent, MailboxOwner.Agent, "ann", Now),
        ["assign again"] = new AssignVoicemail(Queue, MailboxOwner.Queue, "ann", Now),
        ["mailed"] = new NoteVoicemailMailed("ann@center.example", Now),
        ["mail failed"] = new NoteVoicemailMailFailed("550 no such user", Now),
        ["delete"] = new DeleteVoicemail("ann", Now),
    };

    private static readonly (string State, VoicemailEvent[] History)[] States =
    [
        ("None", []),
        ("Left", [Left]),
        ("Heard and mailed", [Left, new VoicemailHeard(Id, "ann", Now.AddSeconds(-5)), new VoicemailMailed(Id, "ann@center.example", Now.AddSeconds(-4))]),
        ("Deleted", [Left, new VoicemailDeleted(Id, "ann", Now.AddSeconds(-5))]),
    ];

    private static readonly (string Command, string[] Cells)[] Matrix =
    [
        ("leave", ["VoicemailLeft", "VOICEMAIL_EXISTS", "VOICEMAIL_EXISTS", "VOICEMAIL_EXISTS"]),
        ("hear", ["VOICEMAIL_NOT_FOUND", "VoicemailHeard", "", "VOICEMAIL_DELETED"]),
        ("assign", ["VOICEMAIL_NOT_FOUND", "VoicemailAssigned", "VoicemailAssigned", "VOICEMAIL_DELETED"]),
        ("assign again", ["VOICEMAIL_NOT_FOUND", "", "", "VOICEMAIL_DELETED"]),
        ("mailed", ["VOICEMAIL_NOT_FOUND", "VoicemailMailed", "", "VoicemailMailed"]),
        ("mail failed", ["VOICEMAIL_NOT_FOUND", "VoicemailMailFailed", "VoicemailMailFailed", "VoicemailMailFailed"]),
        ("delete", ["VOICEMAIL_NOT_FOUND", "VoicemailDeleted", "VoicemailDeleted", ""]),
    ];

    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var (command, expectations) in Matrix)
        {
            for (var i = 0; i < States.Length; i++)
            {
                cells.Add(States[i].State, command, expectations[i]);
            }
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Given_a_state_when_commanded_then(string state, string command, string expected)
    {
        var voicemail = States.Single(s => s.State == state).History.Aggregate(Voicemail.Initial, Voicemail.Evolve);
        var decision = VoicemailDecider.Decide(Commands[command], voicemail);
        (decision.Refusal?.Code ?? string.Join('+', decision.Events.Select(e => e.GetType().Name))).ShouldBe(expected);
    }

    [Fact]
    public void The_matrix_has_every_command()
    {
        Matrix.Select(row => row.Command).ShouldBe(Commands.Keys);
        Matrix.ShouldAllBe(row => row.Cells.Length == States.Length);
        Commands.Values.Select(c => c.GetType()).Distinct().Count()
            .ShouldBe(typeof(VoicemailCommand).Assembly.GetTypes().Count(t => t.IsSubclassOf(typeof(VoicemailCommand))));
    }

    [Fact]
    public void A_message_is_told_whole() => VoicemailDecider.Decide(Commands["leave"], Voicemail.Initial).Events.ShouldBe([Left with { OccurredAt = Now }]);

    [Fact]
    public void Who_has_been_mailed_is_not_told_again()
    {
        var mailed = States[2].History.Aggregate(Voicemail.Initial, Voicemail.Evolve);
        VoicemailDecider.Decide(new NoteVoicemailMailed("ann@center.example", Now), mailed).Events.ShouldBeEmpty();
        VoicemailDecider.Decide(new NoteVoicemailMailed("joe@center.example", Now), mailed).Events.ShouldBe([new VoicemailMailed(Id, "joe@center.example", Now)]);
    }

    [Fact]
    public void It_is_its_mailboxs_work_until_it_is_assigned()
    {
        var left = Voicemail.Evolve(Voicemail.Initial, Left);
        left.AssignedTo.ShouldBe(Queue);
        Voicemail.Evolve(left, VoicemailDecider.Decide(Commands["assign"], left).Events[0]).AssignedTo.ShouldBe(Agent);
    }
}
