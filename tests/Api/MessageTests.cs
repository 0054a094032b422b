using System.Net;
using System.Net.Http.Headers;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Api.Recordings;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Voicemails;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Api.Tests;

/// <summary>Messages, recordings and callbacks as the API tells and serves them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class MessageTests(PostgresFixture postgres)
{
    private const string Number = "+49305551234";
    private static readonly DateTimeOffset Nine = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Sound = [.. Enumerable.Range(0, 200).Select(i => (byte)i)];

    [Fact]
    public async Task A_message_is_listed_heard_assigned_and_deleted_in_the_name_of_who_does_so()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (queue, agent) = await CenterAsync(api);
        await api.SignInAsync();
        var id = await LeaveAsync(api, queue);
        (await api.DataAsync("{ voicemails(where: { heard: false }) { totalCount nodes { id from url durationSeconds assignedTo assignedOwner } } }")).ToString().ShouldBe(
            $$$"""{"voicemails":{"totalCount":1,"nodes":[{"id":"{{{id}}}","from":"{{{Number}}}","url":"/voicemails/{{{id}}}.wav","durationSeconds":4.5,"assignedTo":"{{{queue}}}","assignedOwner":"QUEUE"}]}}""");

        (await api.DataAsync($$"""mutation { markVoicemailHeard(id: "{{id}}") { voicemail { heardBy } errors { code } } }""")).ToString()
            .ShouldBe("""{"markVoicemailHeard":{"voicemail":{"heardBy":"admin"},"errors":[]}}""");
        (await api.DataAsync($$"""mutation { assignVoicemail(id: "{{id}}", to: "{{agent}}") { voicemail { assignedTo assignedOwner } errors { code } } }""")).ToString()
            .ShouldBe($$$"""{"assignVoicemail":{"voicemail":{"assignedTo":"{{{agent}}}","assignedOwner":"AGENT"},"errors":[]}}""");
        (await api.DataAsync($$"""mutation { assignVoicemail(id: "{{id}}", to: "{{id}}") { errors { code } } }""")).ToString().ShouldContain("ASSIGNEE_NOT_FOUND");
        (await api.DataAsync($$"""{ voicemails(where: { assignedTo: "{{agent}}", heard: true }) { totalCount } }""")).ToString().ShouldContain("1");
        await api.DataAsync($$"""mutation { deleteVoicemail(id: "{{id}}") { errors { code } } }""");
        (await api.DataAsync("{ voicemails { totalCount } }")).ToString().ShouldContain("0");
        (await api.DataAsync($$"""mutation { markVoicemailHeard(id: "{{id}}") { errors { code } } }""")).ToString().ShouldContain("VOICEMAIL_DELETED");
        (await api.Center.Store.FetchStreamAsync(id)).Skip(1).ShouldAllBe(e => e.Metadata.UserName == "admin");
    }

    [Fact]
    public async Task A_mailbox_is_configured_as_a_whole_and_mails_to_nobody_without_a_mail_server()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (queue, _) = await CenterAsync(api);
        await api.SignInAsync();
        (await api.DataAsync($$"""mutation { configureMailbox(id: "{{queue}}", input: { greeting: "Speak.", longestSeconds: 60 }) { mailbox { owner greeting longestSeconds silenceSeconds } errors { code } } }""")).ToString()
            .ShouldBe("""{"configureMailbox":{"mailbox":{"owner":"QUEUE","greeting":"Speak.","longestSeconds":60,"silenceSeconds":6},"errors":[]}}""");
        (await api.DataAsync("{ mailboxes { id greeting } }")).ToString().ShouldContain("Speak.");
        (await api.DataAsync($$"""mutation { configureMailbox(id: "{{queue}}", input: { recipients: ["ann@center.example"] }) { errors { code } } }""")).ToString().ShouldContain("MAIL_NOT_CONFIGURED");
        (await api.DataAsync($$"""mutation { configureMailbox(id: "{{queue}}", input: { longestSeconds: 1 }) { errors { code } } }""")).ToString().ShouldContain("MAILBOX_SETTINGS");
        (await api.DataAsync($$"""mutation { configureMailbox(id: "{{Guid.NewGuid()}}", input: {}) { errors { code } } }""")).ToString().ShouldContain("MAILBOX_NOT_FOUND");
    }

    [Fact]
    public async Task Sound_is_served_whole_and_in_ranges_to_who_may_listen_and_to_nobody_once_its_caller_is_forgotten()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (queue, _) = await CenterAsync(api);
        var (message, recording) = (await LeaveAsync(api, queue), await RecordAsync(api));
        var urls = new[] { $"/voicemails/{message}.wav", $"/recordings/{recording}.wav" };
        foreach (var url in urls)
        {
            (await GetAsync(api, url)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        await api.SignInAsync(Role.Agent);
        (await GetAsync(api, urls[0])).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await api.SignInAsync();
        (await GetAsync(api, $"/recordings/{Guid.NewGuid()}.wav")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        foreach (var url in urls)
        {
            var whole = await GetAsync(api, url);
            (whole.StatusCode, whole.Content.Headers.ContentType!.MediaType, whole.Headers.ETag!.Tag).ShouldBe((HttpStatusCode.OK, "audio/wav", "\"aa\""));
            (await whole.Content.ReadAsByteArrayAsync()).ShouldBe(Sound);
            var part = await GetAsync(api, url, new RangeHeaderValue(100, null));
            part.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
            (await part.Content.ReadAsByteArrayAsync()).ShouldBe(Sound[100..]);
            (await GetAsync(api, url, new RangeHeaderValue(500, null))).StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        }

        (await ForgetVerb.RunAsync(PersonalKinds.Number, Number, api.Knobs, NullLoggerFactory.Instance, default)).ShouldStartWith("Forgotten");
        foreach (var url in urls)
        {
            (await GetAsync(api, url)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        }

        var erasure = new AudioErasure(api.Center.Source, (position, ct) => api.Center.Projections.WaitForAsync(position, ct), api.Knobs.RecordingFolder);
        foreach (var forgotten in (await api.Center.Store.ReadAllAsync(0, 1_000)).Events.Where(e => e.Data is PersonForgotten))
        {
            await erasure.HandleAsync(forgotten, default);
        }

        Directory.GetFiles(api.Knobs.RecordingFolder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_callback_is_requested_listed_and_cancelled()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (queue, _) = await CenterAsync(api);
        await api.SignInAsync();
        const string Request = "mutation($input: RequestCallbackInput!) { requestCallback(input: $input) { callback { id state number requestedBy attempts } errors { code message } } }";
        var requested = (await api.DataAsync(Request, new { input = new { number = Number, queue, dueAt = DateTimeOffset.UtcNow.AddHours(1) } })).GetProperty("requestCallback").GetProperty("callback");
        (requested.GetProperty("state").GetString(), requested.GetProperty("number").GetString(), requested.GetProperty("requestedBy").GetString()).ShouldBe(("WAITING", Number, "admin"));
        (await api.DataAsync(Request, new { input = new { number = "", queue } })).ToString().ShouldContain("CALLBACK_NUMBER");
        (await api.DataAsync(Request, new { input = new { number = Number, queue = Guid.NewGuid() } })).ToString().ShouldContain("QUEUE_NOT_FOUND");
        (await api.Center.Source.TablesWithAsync(Number)).ShouldBeEmpty();

        var id = requested.GetProperty("id").GetString();
        (await api.DataAsync("mutation($id: ID!) { cancelCallback(id: $id) { callback { state } errors { code } } }", new { id })).ToString().ShouldContain("CANCELLED");
        (await api.DataAsync("mutation($id: ID!) { cancelCallback(id: $id) { errors { code } } }", new { id })).ToString().ShouldContain("CALLBACK_NOT_FOUND");
        (await api.DataAsync("{ callbacks(where: { open: true }) { totalCount } }")).ToString().ShouldContain("0");
        (await api.DataAsync("{ callbacks(where: { state: CANCELLED }) { totalCount } }")).ToString().ShouldContain("1");
    }

    private static async Task<(string Queue, string Agent)> CenterAsync(ApiHarness api)
    {
        await api.SignInAsync();
        var center = await api.DataAsync("{ queues { id } agents { nodes { id } } }");
        api.Http.DefaultRequestHeaders.Authorization = null;
        return (center.GetProperty("queues")[0].GetProperty("id").GetString()!, center.GetProperty("agents").GetProperty("nodes")[0].GetProperty("id").GetString()!);
    }

    private static async Task<Guid> LeaveAsync(ApiHarness api, string queue)
    {
        var id = Guid.CreateVersion7();
        await api.AppendAsync(id, Voicemail.StreamType, new VoicemailLeft(id, Guid.Parse(queue), MailboxOwner.Queue, Number, Guid.NewGuid(), Write(api, id), "aa", 4.5, Sound.Length, Nine));
        return id;
    }

    private static async Task<Guid> RecordAsync(ApiHarness api)
    {
        var (call, id) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await api.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, Number, "1000", Nine), new CallRecordingStarted(call, id, Write(api, id), Nine),
            new CallRecorded(call, id, "aa", 1, Sound.Length, null, Nine));
        return id;
    }

    private static string Write(ApiHarness api, Guid id)
    {
        var file = $"2026/01/05/{id}.wav";
        var path = Path.Combine(api.Knobs.RecordingFolder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Sound);
        return file;
    }

    private static async Task<HttpResponseMessage> GetAsync(ApiHarness api, string url, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(url, UriKind.Relative)) { Headers = { Range = range } };
        return await api.Http.SendAsync(request);
    }
}
