using CallCenter.Domain.Voicemails;

namespace CallCenter.Domain.Tests.Voicemails;

public sealed class MailboxTests
{
    private static readonly Guid Id = new("0194f000-0000-7000-8000-00000000000a");
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly MailboxSettings Settings = new(["ann@center.example"], "Leave a message.", 60, 2, 5);

    [Fact]
    public void A_mailbox_is_configured_as_a_whole()
    {
        var configured = Mailbox.Decide(new ConfigureMailbox(Id, MailboxOwner.Agent, Settings, Now), Mailbox.Initial).Events.ShouldHaveSingleItem();
        configured.ShouldBe(new MailboxConfigured(Id, MailboxOwner.Agent, Settings, Now));
        Mailbox.Evolve(Mailbox.Initial, configured).Settings.ShouldBe(Settings);
    }

    [Fact]
    public void Its_stream_is_not_its_owners_and_always_the_same()
    {
        Mailbox.StreamOf(Id).ShouldBe(new Guid("62ce23bf-f428-5a12-baf5-ea64068f3e55"));
        Mailbox.StreamOf(Id).ShouldNotBe(Id);
    }

    public static TheoryData<MailboxSettings, string> Bad() => new()
    {
        { Settings with { Recipients = ["ann"] }, "\"ann\" is not a mail address." },
        { Settings with { Recipients = ["ann@center.example\r\nBcc: eve@elsewhere.example"] }, "is not a mail address." },
        { Settings with { Recipients = [.. Enumerable.Range(0, 21).Select(i => $"a{i}@center.example")] }, "A mailbox has at most 20 recipients, not 21." },
        { Settings with { Greeting = " " }, "A greeting has 1 to 1000 characters." },
        { Settings with { LongestSeconds = 4 }, "A message ends after 5 to 3600 s, not 4." },
        { Settings with { ShortestSeconds = 61 }, "The shortest message has 0 to 60 s, not 61." },
        { Settings with { SilenceSeconds = -1 }, "A message ends after a silence of 0 to 60 s, not -1." },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_makes_no_sense_is_named(MailboxSettings settings, string fault)
    {
        var refusal = Mailbox.Decide(new ConfigureMailbox(Id, MailboxOwner.Queue, settings, Now), Mailbox.Initial).Refusal!;
        refusal.Code.ShouldBe("MAILBOX_SETTINGS");
        refusal.Message.ShouldContain(fault);
    }
}
