using CallCenter.Domain.Agents;
using CallCenter.Domain.Voicemails;
using CallCenter.Routing.Voicemails;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>Messages heard by phone.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MailboxTests(PostgresFixture postgres)
{
    [Fact]
    public async Task An_agent_hears_deletes_and_answers_messages_by_keys()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, run: false, dialsOut: true);
        MailboxMessage[] messages = [new(Guid.CreateVersion7(), "a.wav", "5551111"), new(Guid.CreateVersion7(), "b.wav", "5552222"), new(Guid.CreateVersion7(), "c.wav", "")];
        foreach (var message in messages)
        {
            await floor.AppendAsync(message.Id, Voicemail.StreamType, new VoicemailLeft(
                message.Id, floor.QueueId, MailboxOwner.Queue, message.From, Guid.NewGuid(), message.File, "aa", 3, 48_044, DateTimeOffset.UtcNow));
        }

        floor.Mailboxes.Messages = messages;
        floor.Switch.PlaysAtOnce = true;
        await floor.RunAsync(floor.Floor);
        await floor.RegisterAsync(0);
        var phone = floor.Switch.Call("*97", "2001", new ExtensionSource("2001"));
        await HeardAsync(floor, "a.wav");
        floor.Mailboxes.Asked.ShouldBe([floor.Agents[0], floor.QueueId]);
        await BecomesAsync(floor, messages[0], "VoicemailLeft", "VoicemailHeard");

        floor.Switch.Notify(new DtmfReceived(phone, '3', null, DtmfMethod.TelephoneEvent));
        floor.Switch.Notify(new DtmfReceived(phone, '3', null, DtmfMethod.Info));
        await HeardAsync(floor, "b.wav");
        await BecomesAsync(floor, messages[0], "VoicemailLeft", "VoicemailHeard", "VoicemailDeleted");
        await BecomesAsync(floor, messages[1], "VoicemailLeft", "VoicemailHeard");

        floor.Switch.Notify(new DtmfReceived(phone, '1', null, DtmfMethod.TelephoneEvent));
        await HeardAsync(floor, "c.wav");
        floor.Switch.Notify(new DtmfReceived(phone, '#', null, DtmfMethod.TelephoneEvent));
        await floor.VerbAsync($"HangUp {phone.Value}");
        var heard = (await floor.Store.FetchStreamAsync(messages[2].Id)).Select(e => e.Data).OfType<VoicemailHeard>().ShouldHaveSingleItem();
        heard.By.ShouldBe("Agent 0");
    }

    [Fact]
    public async Task Who_has_no_messages_is_told_and_let_go()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        floor.Switch.PlaysAtOnce = true;
        await floor.RegisterAsync(0);
        var phone = floor.Switch.Call("*97", "2001", new ExtensionSource("2001"));
        await floor.VerbAsync($"HangUp {phone.Value}");
    }

    [Fact]
    public async Task Who_listens_is_offered_no_call_meanwhile()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, run: false);
        floor.Mailboxes.Messages = [new(Guid.CreateVersion7(), "a.wav", "5551111")];
        await floor.RunAsync(floor.Floor);
        await floor.RegisterAsync(0);
        var phone = floor.CallFrom(0, "*97");
        await floor.VerbAsync($"Play {phone.Value}");
        (await floor.AgentAsync(0)).Status.ShouldBe(AgentStatus.Busy);
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued");
        floor.Switch.Notify(new DtmfReceived(phone, '#', null, DtmfMethod.TelephoneEvent));
        await floor.VerbAsync($"HangUp {phone.Value}");
        floor.Switch.Verbs.ShouldNotContain(verb => verb.StartsWith("Originate", StringComparison.Ordinal));
        floor.End(phone, LegEndReason.LocalHangUp);
        await floor.OriginatedAsync(0);
    }

    private static Task HeardAsync(RoutingHarness floor, string file) => RoutingHarness.UntilAsync(
        () => Task.FromResult(floor.Switch.Verbs.Any(verb => verb.StartsWith("PlayFile", StringComparison.Ordinal) && verb.EndsWith(file, StringComparison.Ordinal))),
        () => $"{file} is not played: {string.Join("; ", floor.Switch.Verbs)}");

    private static async Task BecomesAsync(RoutingHarness floor, MailboxMessage message, params string[] types)
    {
        string[] told = [];
        await RoutingHarness.UntilAsync(
            async () => (told = [.. (await floor.Store.FetchStreamAsync(message.Id)).Select(e => e.Data.GetType().Name)]).SequenceEqual(types, StringComparer.Ordinal),
            () => $"{message.File}: {string.Join(", ", told)}");
    }
}
