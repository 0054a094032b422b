using System.Net;
using System.Text;

using CallCenter.Api.Accounts;
using CallCenter.Api.Customers;
using CallCenter.Api.Recordings;
using CallCenter.Api.Retention;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Retention;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Telephony.Sip;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>What is kept for a time goes when that is over, by an event each, and nothing that is held or open.</summary>
[Collection(PostgresCollection.Name)]
public sealed class RetentionTests(PostgresFixture postgres)
{
    private const string Configure = "mutation ($input: RetentionInput!) { configureRetention(input: $input) { retention { recordingDays voicemailDays ladderDays personDays } errors { code } } }";
    private const string OpenTicket = "mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ticket { id } errors { code } } }";
    private static readonly DateTimeOffset Later = DateTimeOffset.UtcNow.AddDays(1_000);

    [Fact]
    public async Task Who_has_been_silent_for_long_and_has_nothing_open_is_forgotten_customer_or_not()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var silent = await CustomerTests.CreateAsync(api, "Ann Silent", null, "+49305550001");
        var loud = await CustomerTests.CreateAsync(api, "Joe Loud", null, "+49305550002");
        var open = await CustomerTests.CreateAsync(api, "Sue Open", null, "+49305550003");
        var held = await CustomerTests.CreateAsync(api, "Max Held", null, "+49305550004");
        var (hers, his) = (await CallAsync(api, "+49305550001", DateTimeOffset.UtcNow), await CallAsync(api, "+49305550002", Later.AddDays(-10)));
        await TicketTests.DoAsync(api, "openTicket", OpenTicket, new { input = new { subject = "No tone", customer = open } });
        var (old, young, waiting) = (await CallAsync(api, "+49305550005", DateTimeOffset.UtcNow), await CallAsync(api, "+49305550006", Later.AddDays(-10)), await CallAsync(api, "+49305550007", DateTimeOffset.UtcNow));
        await TicketTests.DoAsync(api, "openTicket", OpenTicket, new { input = new { subject = "No tone", call = waiting } });
        var hold = (await api.DataAsync($$"""mutation { setLegalHold(customer: "{{held}}", reason: "Case 17/26") { hold { id } } }""")).GetProperty("setLegalHold").GetProperty("hold").GetProperty("id").GetString();

        await FireAsync(api);
        (await ForgottenAsync(api)).ShouldBeEmpty("all is kept for ever until somebody says otherwise");
        (await api.DataAsync(Configure, new { input = new { personDays = 730 } })).ToString().ShouldContain("\"personDays\":730");
        await FireAsync(api);
        await FireAsync(api);

        (await ForgottenAsync(api)).ShouldBe([silent]);
        foreach (var (call, isForgotten) in new[] { (hers, true), (his, false), (old, true), (young, false), (waiting, false) })
        {
            (await api.DataAsync($$"""{ call(id: "{{call}}") { from } }""")).ToString().Contains("forgotten", StringComparison.Ordinal).ShouldBe(isForgotten);
        }

        (await api.Center.Store.FetchStreamAsync(PersonEvent.StreamOf(silent))).ShouldAllBe(e => e.Metadata.UserName == DataRetention.By);
        await api.DataAsync($$"""mutation { releaseLegalHold(id: "{{hold}}", reason: "Case closed.") { errors { code } } }""");
        await FireAsync(api);
        (await ForgottenAsync(api)).ShouldBe([silent, held], ignoreOrder: true);
    }

    [Fact]
    public async Task Sip_messages_are_erased_by_an_event_and_not_those_of_who_is_held()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var held = await CustomerTests.CreateAsync(api, "Max Held", null, "+49305550004");
        var (kept, gone, young) = (await CallAsync(api, "+49305550004", DateTimeOffset.UtcNow), await CallAsync(api, "+49305550005", DateTimeOffset.UtcNow), await CallAsync(api, "+49305550006", Later.AddDays(-1)));
        foreach (var (call, at) in new[] { (kept, DateTimeOffset.UtcNow), (gone, DateTimeOffset.UtcNow), (young, Later.AddDays(-1)) })
        {
            await api.Center.Ladders.KeepAsync([new SipLadder(call, [new LadderEntry(at, false, "UDP", new IPEndPoint(IPAddress.Loopback, 5060), Encoding.ASCII.GetBytes("INVITE sip:1000@h SIP/2.0\r\n\r\n"))], LeftOut: 0)], default);
        }

        await api.DataAsync($$"""mutation { setLegalHold(customer: "{{held}}", reason: "Case 17/26") { errors { code } } }""");
        await api.DataAsync(Configure, new { input = new { ladderDays = 7 } });
        await FireAsync(api);

        foreach (var (call, isThere) in new[] { (kept, true), (gone, false), (young, true) })
        {
            (await api.Center.Ladders.FindAsync(call, default) is not null).ShouldBe(isThere);
        }

        (await api.Center.Store.FetchStreamAsync(RetentionPolicy.Id)).Select(e => e.Data).OfType<LaddersErased>().ShouldHaveSingleItem().Calls.ShouldBe(1);
    }

    [Fact]
    public async Task Recordings_and_messages_of_no_queue_that_says_otherwise_go_when_the_center_says_so()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (recording, message, at) = (Guid.CreateVersion7(), Guid.CreateVersion7(), DateTimeOffset.UtcNow.AddDays(-8));
        var call = await CallAsync(api, "+49305550001", at, new CallRecordingStarted(Guid.Empty, recording, "a.wav", at), new CallRecorded(Guid.Empty, recording, "aa", 1, 4, null, at));
        await api.AppendAsync(message, Voicemail.StreamType, new VoicemailLeft(message, Guid.NewGuid(), MailboxOwner.Agent, "+49305550001", call, "b.wav", "aa", 1, 4, at));
        var retention = new AudioRetention(api.Center, TimeProvider.System);
        foreach (var (recordings, voicemails, deleted) in new[] { (0, 0, Array.Empty<Type>()), (9, 7, [typeof(VoicemailDeleted)]), (7, 7, [typeof(VoicemailDeleted), typeof(CallRecordingDeleted)]) })
        {
            await api.DataAsync(Configure, new { input = new { recordingDays = recordings, voicemailDays = voicemails } });
            await retention.FireAsync(new DueTimer(Guid.NewGuid(), Guid.NewGuid(), retention.Kind, DateTimeOffset.UtcNow, "{}", 1), default);
            await api.Center.CatchUpAsync(default);
            (await api.Center.Store.ReadAllAsync(0, 1_000)).Events.Select(e => e.Data.GetType()).Where(type => type == typeof(VoicemailDeleted) || type == typeof(CallRecordingDeleted)).ShouldBe(deleted);
        }
    }

    [Fact]
    public async Task Only_administrators_say_for_how_long()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        (await api.DataAsync(Configure, new { input = new { personDays = -1 } })).ToString().ShouldContain("RETENTION_DAYS");
        await api.SignInAsync(Role.Supervisor);
        (await api.ErrorAsync(Configure, new { input = new { personDays = 1 } })).Code.ShouldBe("FORBIDDEN");
        (await api.DataAsync("{ retention { recordingDays voicemailDays ladderDays personDays } }")).ToString().ShouldBe("""{"retention":{"recordingDays":0,"voicemailDays":0,"ladderDays":0,"personDays":0}}""");
    }

    private static async Task FireAsync(ApiHarness api)
    {
        var clock = new Clock();
        var forgetting = new Forgetting(api.Center, new HoldRegister(api.Center, clock), new PersonErasure(api.Center.Source, api.Knobs.RecordingFolder), clock);
        var retention = new DataRetention(api.Center, forgetting, clock);
        await retention.FireAsync(new DueTimer(Guid.NewGuid(), Guid.NewGuid(), retention.Kind, Later, $$"""{"After":"{{Guid.Empty}}"}""", 1), default);
        await api.Center.CatchUpAsync(default);
    }

    private static async Task<List<Guid>> ForgottenAsync(ApiHarness api) =>
        [.. (await api.Center.Store.ReadAllAsync(0, 1_000)).Events.Select(e => e.Data).OfType<ForgettingStarted>().Select(e => e.CustomerId).OfType<Guid>()];

    private static async Task<Guid> CallAsync(ApiHarness api, string number, DateTimeOffset at, params IReadOnlyList<CallEvent> recorded)
    {
        var call = Guid.CreateVersion7();
        await api.AppendAsync(
            call, Call.StreamType,
            [new CallReceived(call, CallDirection.Inbound, number, "1000", at), .. recorded.Select(e => e with { CallId = call }), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.LeftInIvr, at)]);
        return call;
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Later;
    }
}
