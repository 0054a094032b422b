using System.Net;
using System.Net.Http.Headers;

using CallCenter.Api.Accounts;
using CallCenter.Api.CommandLine;
using CallCenter.Api.Recordings;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Persons;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;
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

        var erasure = new AudioErasure(api.Center, api.Knobs.RecordingFolder);
        foreach (var forgotten in (await api.Center.Store.ReadAllAsync(0, 1_000)).Events.Where(e => e.Data is PersonForgotten))
        {
            await erasure.HandleAsync(forgotten, default);
        }

        Directory.GetFiles(api.Knobs.RecordingFolder, "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_agent_hears_the_calls_in_which_it_talked_and_its_own_and_its_queues_messages_and_no_others()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Agent);
        var agent = (await api.DataAsync("{ agents { nodes { id extension } } }")).GetProperty("agents").GetProperty("nodes").EnumerateArray().Single(a => a.GetProperty("extension").GetString() == "2001").GetProperty("id").GetGuid();
        await new UserStore(api.Center.Source).SetAgentAsync(nameof(Role.Agent), agent, default);
        var queues = (await api.DataAsync("{ queues { id number } }")).GetProperty("queues").EnumerateArray().ToDictionary(q => q.GetProperty("number").GetString()!, q => q.GetProperty("id").GetString()!);
        var (own, foreign) = (await RecordAsync(api, agent), await RecordAsync(api, Guid.NewGuid()));
        var (queues1, others, assigned) = (await LeaveAsync(api, queues["1000"]), await LeaveAsync(api, queues["1001"]), await LeaveAsync(api, queues["1001"]));
        await api.AppendAsync(assigned, Voicemail.StreamType, new VoicemailAssigned(assigned, agent, MailboxOwner.Agent, "ann", Nine));
        foreach (var (url, status) in new[]
        {
            ($"/recordings/{own}.wav", HttpStatusCode.OK), ($"/recordings/{foreign}.wav", HttpStatusCode.Forbidden),
            ($"/voicemails/{queues1}.wav", HttpStatusCode.OK), ($"/voicemails/{others}.wav", HttpStatusCode.Forbidden), ($"/voicemails/{assigned}.wav", HttpStatusCode.OK),
        })
        {
            (await GetAsync(api, url)).StatusCode.ShouldBe(status, url);
        }
    }

    [Fact]
    public async Task What_is_older_than_its_queue_keeps_is_deleted_by_events_and_then_from_the_disk()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        var (queue, _) = await CenterAsync(api);
        await api.SignInAsync();
        var (now, id) = (DateTimeOffset.UtcNow, Guid.Parse(queue));
        var (old, young) = (await RecordAsync(api, null, id, now.AddDays(-8)), await RecordAsync(api, null, id, now.AddDays(-6)));
        var (oldMessage, youngMessage) = (await LeaveAsync(api, queue, now.AddDays(-8)), await LeaveAsync(api, queue, now.AddDays(-6)));
        var elsewhere = await RecordAsync(api, null, Guid.NewGuid(), now.AddDays(-8));
        var retention = new AudioRetention(api.Center, TimeProvider.System);
        await FireAsync();
        Directory.GetFiles(api.Knobs.RecordingFolder, "*", SearchOption.AllDirectories).Length.ShouldBe(5, "the queue keeps all for ever");

        (await api.DataAsync("{ queues { settings { keepAudioDays } } }")).ToString().ShouldContain("\"keepAudioDays\":0");
        (await api.DataAsync($$"""mutation { changeQueue(id: "{{queue}}", input: { name: "Sales", number: "1001", keepAudioDays: 36501 }) { errors { message } } }""")).ToString().ShouldContain("36500");
        (await api.DataAsync($$"""mutation { changeQueue(id: "{{queue}}", input: { name: "Sales", number: "1001", keepAudioDays: 7 }) { errors { message } } }""")).ToString().ShouldContain("[]");
        await FireAsync();
        await FireAsync();
        foreach (var (url, status) in new[]
        {
            ($"/recordings/{old}.wav", HttpStatusCode.Gone), ($"/recordings/{young}.wav", HttpStatusCode.OK), ($"/recordings/{elsewhere}.wav", HttpStatusCode.OK),
            ($"/voicemails/{oldMessage}.wav", HttpStatusCode.Gone), ($"/voicemails/{youngMessage}.wav", HttpStatusCode.OK),
        })
        {
            (await GetAsync(api, url)).StatusCode.ShouldBe(status, url);
        }

        var log = (await api.Center.Store.ReadAllAsync(0, 1_000)).Events;
        var deleted = log.Where(e => e.Data is CallRecordingDeleted or VoicemailDeleted).ToList();
        deleted.Select(e => e.Data.GetType().Name).ShouldBe(["CallRecordingDeleted", "VoicemailDeleted"]);
        deleted.ShouldAllBe(e => e.Metadata.UserName == AudioRetention.By);
        var erasure = new AudioErasure(api.Center, api.Knobs.RecordingFolder);
        foreach (var e in deleted)
        {
            await erasure.HandleAsync(e, default);
        }

        Directory.GetFiles(api.Knobs.RecordingFolder, "*", SearchOption.AllDirectories).Select(file => Guid.Parse(Path.GetFileNameWithoutExtension(file))).ShouldBe([young, youngMessage, elsewhere], ignoreOrder: true);

        async Task FireAsync()
        {
            await retention.FireAsync(new DueTimer(Guid.NewGuid(), Guid.NewGuid(), retention.Kind, now, "{}", 1), default);
            await api.Center.CatchUpAsync(default);
        }
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

    private static async Task<Guid> LeaveAsync(ApiHarness api, string queue, DateTimeOffset? at = null)
    {
        var id = Guid.CreateVersion7();
        await api.AppendAsync(id, Voicemail.StreamType, new VoicemailLeft(id, Guid.Parse(queue), MailboxOwner.Queue, Number, Guid.NewGuid(), Write(api, id), "aa", 4.5, Sound.Length, at ?? Nine));
        return id;
    }

    /// <summary>A call of a queue that an agent has answered, recorded and ended.</summary>
    private static async Task<Guid> RecordAsync(ApiHarness api, Guid? agent = null, Guid? queue = null, DateTimeOffset? when = null)
    {
        var (call, id, at, talker) = (Guid.CreateVersion7(), Guid.CreateVersion7(), when ?? Nine, agent ?? Guid.NewGuid());
        await api.AppendAsync(
            call, Call.StreamType, new CallReceived(call, CallDirection.Inbound, Number, "1000", at), new CallQueued(call, queue ?? Guid.NewGuid(), at), new CallOffered(call, talker, at),
            new CallAnswered(call, talker, at), new CallRecordingStarted(call, id, Write(api, id), at), new CallEnded(call, CallParty.Caller, "hang-up", CallOutcome.Handled, at),
            new CallRecorded(call, id, "aa", 1, Sound.Length, null, at));
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
