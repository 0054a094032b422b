
using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Api.Recordings;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>What is under legal hold is neither forgotten nor erased, by nobody and no timer, until it is released.</summary>
[Collection(PostgresCollection.Name)]
public sealed class LegalHoldTests(PostgresFixture postgres)
{
    private const string Number = "+49305551234";
    private const string Other = "+49305559876";
    private const string Fields = "id customer { id } batch reason setBy releasedAt releasedBy releaseReason";
    private const string Set = "mutation ($customer: ID, $batch: String, $reason: String!) { setLegalHold(customer: $customer, batch: $batch, reason: $reason) { hold { " + Fields + " } errors { code message } } }";
    private const string Release = "mutation ($id: ID!, $reason: String!) { releaseLegalHold(id: $id, reason: $reason) { hold { " + Fields + " } errors { code message } } }";

    [Fact]
    public async Task A_held_customer_is_not_forgotten_by_anybody_before_the_last_hold_is_released()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var (duplicate, customer) = (await CustomerTests.CreateAsync(api, "A. Doe", null, Other), await CustomerTests.CreateAsync(api, "Ann Doe", null, Number));
        var first = await SetAsync(api, duplicate);
        await TicketTests.DoAsync(api, "mergeCustomers", "mutation ($id: ID!, $into: ID!) { mergeCustomers(id: $id, into: $into) { customer { id } errors { code } } }", new { id = duplicate, into = customer });
        var second = await SetAsync(api, customer);

        foreach (var hold in new[] { first, second })
        {
            (await ForgetAsync(api, customer)).ShouldBe("LEGAL_HOLD");
            (await Should.ThrowAsync<InvalidOperationException>(() => ForgetVerb.RunAsync(PersonalKinds.Number, Number, api.Knobs, NullLoggerFactory.Instance, default))).Message.ShouldContain("legal hold");
            (await api.DataAsync($$"""{ customer(id: "{{customer}}") { legalHolds { id } } }""")).ToString().ShouldContain(hold.ToString());
            var released = (await api.DataAsync(Release, new { id = hold, reason = "Case closed." })).GetProperty("releaseLegalHold").GetProperty("hold");
            (released.GetProperty("releasedBy").GetString(), released.GetProperty("releaseReason").GetString()).ShouldBe(("admin", "Case closed."));
        }

        (await ForgetAsync(api, customer)).ShouldBeNull();
        (await RefusedAsync(api, "setLegalHold", Set, new { customer, reason = "Too late" })).ShouldBe("CUSTOMER_FORGOTTEN");
    }

    [Fact]
    public async Task Sound_of_a_held_customer_stays_whoever_deletes_it_and_goes_when_the_hold_does()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var queue = (await api.DataAsync("{ queues { id number } }")).GetProperty("queues").EnumerateArray().Single(q => q.GetProperty("number").GetString() == "1001").GetProperty("id").GetGuid();
        var customer = await CustomerTests.CreateAsync(api, "Ann Doe", null, Number);
        var (old, byHand) = (await CallAsync(api, Number, queue), await CallAsync(api, Number, queue));
        var strange = await CallAsync(api, Other, queue);
        var hold = await SetAsync(api, customer);
        (await api.DataAsync($$"""mutation { changeQueue(id: "{{queue}}", input: { name: "Sales", number: "1001", keepAudioDays: 7 }) { errors { message } } }""")).ToString().ShouldContain("[]");

        // Said by a phone, which asks nobody: the message is deleted, its sound waits.
        await api.AppendAsync(byHand.Message, Voicemail.StreamType, new VoicemailDeleted(byHand.Message, "2001", DateTimeOffset.UtcNow));
        await RetainAsync(api);
        Sounds(api).ShouldBe([old.Recording, old.Message, byHand.Recording, byHand.Message], ignoreOrder: true);

        await api.DataAsync(Release, new { id = hold, reason = "Case closed." });
        await using (var due = api.Center.Source.CreateCommand("select due_at < now() from callcenter.timers where kind = 'audio_retention'"))
        {
            (await due.ExecuteScalarAsync()).ShouldBe(true, "what was held back is looked for at once");
        }

        await RetainAsync(api);
        Sounds(api).ShouldBeEmpty();
        (await api.Center.Store.FetchStreamAsync(strange.Call)).Count(e => e.Data is CallRecordingDeleted).ShouldBe(1);
        (await api.Center.Store.FetchStreamAsync(old.Call)).Count(e => e.Data is CallRecordingDeleted).ShouldBe(1);
    }

    [Fact]
    public async Task Who_may_not_set_or_see_them_is_told_and_what_is_wrong_is_said()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var customer = await CustomerTests.CreateAsync(api, "Ann Doe", null, Number);
        (await RefusedAsync(api, "setLegalHold", Set, new { customer = Guid.NewGuid(), reason = "Case" })).ShouldBe("CUSTOMER_NOT_FOUND");
        (await RefusedAsync(api, "setLegalHold", Set, new { batch = "bank", reason = "Case" })).ShouldBe("IMPORT_NOT_FOUND");
        (await RefusedAsync(api, "setLegalHold", Set, new { reason = "Case" })).ShouldBe("HOLD_SUBJECT");
        (await RefusedAsync(api, "setLegalHold", Set, new { customer, reason = " " })).ShouldBe("HOLD_REASON");
        (await RefusedAsync(api, "releaseLegalHold", Release, new { id = customer, reason = "Case" })).ShouldBe("HOLD_NOT_FOUND");
        var id = await SetAsync(api, customer);
        await api.DataAsync(Release, new { id, reason = "Case closed." });
        (await RefusedAsync(api, "releaseLegalHold", Release, new { id, reason = "Again" })).ShouldBe("HOLD_RELEASED");

        await api.SignInAsync(Role.Auditor);
        (await api.ErrorAsync(Set, new { customer, reason = "Case" })).Code.ShouldBe("FORBIDDEN");
        (await api.DataAsync("{ legalHolds { id } }")).ToString().ShouldBe("""{"legalHolds":[]}""");
        (await api.DataAsync("{ legalHolds(released: true) { id reason } }")).ToString().ShouldContain("Case 17/26");
        await api.SignInAsync(Role.Supervisor);
        (await api.ErrorAsync("{ legalHolds { id } }")).Code.ShouldBe("FORBIDDEN");
    }

    private static async Task<Guid> SetAsync(ApiHarness api, Guid customer)
    {
        var payload = (await api.DataAsync(Set, new { customer, reason = "Case 17/26" })).GetProperty("setLegalHold");
        payload.GetProperty("errors").GetArrayLength().ShouldBe(0);
        return payload.GetProperty("hold").GetProperty("id").GetGuid();
    }

    private static async Task<string?> RefusedAsync(ApiHarness api, string field, string mutation, object variables) =>
        (await api.DataAsync(mutation, variables)).GetProperty(field).GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("code").GetString();

    private static async Task<string?> ForgetAsync(ApiHarness api, Guid id) =>
        (await api.DataAsync("mutation ($id: ID!) { forgetCustomer(id: $id, reason: \"Asked for it.\") { errors { code } } }", new { id })).GetProperty("forgetCustomer").GetProperty("errors")
            .EnumerateArray().Select(error => error.GetProperty("code").GetString()).SingleOrDefault();

    /// <summary>A recorded call of some months ago, and a message that was left in it.</summary>
    private static async Task<(Guid Call, Guid Recording, Guid Message)> CallAsync(ApiHarness api, string number, Guid queue)
    {
        var (call, recording, message, at) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), DateTimeOffset.UtcNow.AddDays(-90));
        await api.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, number, "1000", at), new CallQueued(call, queue, at), new CallAnswered(call, Guid.NewGuid(), at),
            new CallRecordingStarted(call, recording, Write(api, recording), at), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Handled, at), new CallRecorded(call, recording, "aa", 1, 4, null, at));
        await api.AppendAsync(message, Voicemail.StreamType, new VoicemailLeft(message, queue, MailboxOwner.Queue, number, call, Write(api, message), "aa", 4.5, 4, at));
        return (call, recording, message);
    }

    /// <summary>The retention's round, and all that follows from events since.</summary>
    private static async Task RetainAsync(ApiHarness api)
    {
        var retention = new AudioRetention(api.Center, TimeProvider.System);
        await retention.FireAsync(new DueTimer(Guid.NewGuid(), Guid.NewGuid(), retention.Kind, DateTimeOffset.UtcNow, "{}", 1), default);
        await api.Center.CatchUpAsync(default);
        var erasure = new AudioErasure(api.Center, api.Knobs.RecordingFolder);
        foreach (var e in (await api.Center.Store.ReadAllAsync(0, 1_000)).Events.Where(e => erasure.Handles.Contains(e.Data.GetType())))
        {
            await erasure.HandleAsync(e, default);
        }
    }

    private static List<Guid> Sounds(ApiHarness api) =>
        [.. Directory.GetFiles(api.Knobs.RecordingFolder, "*", SearchOption.AllDirectories).Select(file => Guid.Parse(Path.GetFileNameWithoutExtension(file)))];

    private static string Write(ApiHarness api, Guid id)
    {
        var file = $"2026/01/05/{id}.wav";
        var path = Path.Combine(api.Knobs.RecordingFolder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "RIFF");
        return file;
    }
}
