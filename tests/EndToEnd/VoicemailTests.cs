using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Messages from the caller's mouth to the mailbox of the one who is told, over a real mail server; and what becomes of them when that, or all of us, fails.</summary>
public sealed class VoicemailTests : IAsyncLifetime
{
    private const int CallersTone = 1_150;
    private readonly Chasquid _mail = new();
    private readonly ServerProcess _server;

    public VoicemailTests() => _server = new ServerProcess(("CALLCENTER_SMTP", $"127.0.0.1:{_mail.Port}"), ("CALLCENTER_MAIL_FROM", "center@center.test"));

    [Fact]
    public async Task What_a_caller_says_is_in_the_file_in_the_trail_in_the_mail_and_is_served_to_who_may_listen()
    {
        const string Caller = "49307001";
        await _mail.StartAsync();
        using var center = await ConnectAsync("ann@mail.test");
        await LeaveAsync(center, Caller);

        var message = await MessageAsync(center);
        (message.GetProperty("from").GetString(), message.GetProperty("owner").GetString()).ShouldBe((Caller, "QUEUE"));
        message.GetProperty("durationSeconds").GetDouble().ShouldBeGreaterThan(1);
        var call = await center.CallBecomesAsync(Caller, "ENDED");
        call.Outcome.ShouldBe("OVERFLOWED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_overflowed", "call_voicemail_started", "call_ended"]);

        using var http = await center.HttpAsync();
        var url = new Uri(_server.GraphQLAddress, message.GetProperty("url").GetString());
        var file = await http.GetByteArrayAsync(url);
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(message.GetProperty("sha256").GetString());
        ShouldHoldTone(file);

        var mail = await _mail.MailAsync();
        mail.ShouldContain("To: ann@mail.test");
        mail.ShouldContain(Caller);
        Chasquid.AttachmentOf(mail).ShouldBe(file);
        await Eventually.BecomesAsync(() => MessageAsync(center), m => m.GetProperty("mailedAt").ValueKind != JsonValueKind.Null, "the message is mailed");

        using var part = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Range = new RangeHeaderValue(44, 143) } };
        using var answer = await http.SendAsync(part);
        answer.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(file[44..144]);
        using var stranger = new HttpClient();
        (await stranger.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        // The agent listens by phone.
        await using var ear = new AudioProbe();
        await using var listening = Sipp.Dial(_server.Sip, "2001", center.PasswordOf("2001"), "*97", ear.Port);
        await ear.HearsToneAsync(CallersTone);
        await DeleteAsync(center, message, http, url);
    }

    [Fact]
    public async Task A_mail_server_that_is_down_or_too_busy_is_asked_again_until_it_takes_the_message()
    {
        using var center = await ConnectAsync("ann@mail.test");
        await LeaveAsync(center, "49307101");
        await MessageAsync(center);
        _mail.SetBusy(true);
        await _mail.StartAsync();
        await Eventually.BecomesAsync(() => _server.Output, output => output.Contains("try again later", StringComparison.Ordinal), "the server is told to try again later");
        _mail.Mails.ShouldBeEmpty();
        _mail.SetBusy(false);
        ShouldHoldTone(Chasquid.AttachmentOf(await _mail.MailAsync()));
    }

    [Fact]
    public async Task A_message_that_the_mail_server_will_never_have_is_a_dead_letter_that_is_seen_and_can_be_sent_again()
    {
        await _mail.StartAsync();
        using var center = await ConnectAsync("joe@mail.test");
        await LeaveAsync(center, "49307201");
        var message = await Eventually.BecomesAsync(() => MessageAsync(center), m => m.GetProperty("mailFailure").ValueKind != JsonValueKind.Null, "the mail fails");
        message.GetProperty("mailFailure").GetString()!.ShouldContain("user does not exist");
        var letters = await Eventually.BecomesAsync(() => _server.RunAsync(["deadletters"]), r => r.Output.Contains("1 in all", StringComparison.Ordinal), "it is a dead letter");
        letters.Output.ShouldContain("voicemail_mail");

        await _mail.StopAsync();
        _mail.Know("joe");
        await _mail.StartAsync();
        (await _server.RunAsync(["deadletters", "replay", "voicemail_mail"])).ExitCode.ShouldBe(0);
        ShouldHoldTone(Chasquid.AttachmentOf(await _mail.MailAsync()));
        await Eventually.BecomesAsync(() => MessageAsync(center), m => m.GetProperty("mailFailure").ValueKind == JsonValueKind.Null, "the message is mailed");
    }

    [Fact]
    public async Task Who_says_nothing_leaves_no_message()
    {
        const string Caller = "49307301";
        using var center = await ConnectAsync();
        await using var phone = new AudioProbe();
        await using var calling = Sipp.CallAndPress(_server.Sip, CenterClient.Support, Caller, phone.Port, '9', '9');
        await calling.ShouldSucceedAsync();
        var call = await center.CallBecomesAsync(Caller, "ENDED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_overflowed", "call_voicemail_started", "call_voicemail_dropped", "call_ended"]);
        Directory.GetFiles(Path.Combine(_server.DataFolder, "recordings"), "*.wav", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_crash_in_the_middle_of_a_message_what_was_said_until_then_is_there()
    {
        const string Caller = "49307401";
        using var center = await ConnectAsync();
        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.CallAndPress(_server.Sip, CenterClient.Support, Caller, phone.Port, '9', '#');
        await SpokenAsync();
        await _server.KillWithPostgresAsync();

        await _server.StartAsync();
        using var again = await CenterClient.ConnectAsync(_server);
        var message = await MessageAsync(again);
        message.GetProperty("from").GetString().ShouldBe(Caller);
        message.GetProperty("failure").GetString().ShouldNotBeNull();
        using var http = await again.HttpAsync();
        var file = await http.GetByteArrayAsync(new Uri(_server.GraphQLAddress, message.GetProperty("url").GetString()));
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(message.GetProperty("sha256").GetString());
        ShouldHoldTone(file);
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _mail.DisposeAsync();
    }

    /// <summary>A center whose Support lets callers leave a message by 9, for these to be mailed.</summary>
    private async Task<CenterClient> ConnectAsync(params string[] recipients)
    {
        var center = await CenterClient.ConnectAsync(_server);
        var queue = await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, settings => settings with { VoicemailKey = "9" });
        var configured = await center.GraphQL.AskAsync(
            "mutation($id: ID!, $recipients: [String!]!) { configureMailbox(id: $id, input: { recipients: $recipients, silenceSeconds: 3 }) { mailbox { id } errors { code message } } }", new { id = queue, recipients });
        configured.GetProperty("configureMailbox").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{configured}");
        return center;
    }

    /// <summary>Calls, leaves the queue by key, speaks a tone and says by # that this was all.</summary>
    private async Task LeaveAsync(CenterClient center, string caller)
    {
        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.CallAndPress(_server.Sip, CenterClient.Support, caller, phone.Port, '9', '#');
        await SpokenAsync();
        await CenterClient.TellToHangUpAsync(calling, await center.CallAsync(caller));
        await calling.ShouldSucceedAsync();
    }

    /// <summary>Waits until two seconds of a message are on the disk.</summary>
    private Task<long> SpokenAsync() => Eventually.BecomesAsync(
        () => Directory.Exists(Path.Combine(_server.DataFolder, "recordings"))
            ? Directory.GetFiles(Path.Combine(_server.DataFolder, "recordings"), "*.wav", SearchOption.AllDirectories).Select(file => new FileInfo(file).Length).DefaultIfEmpty(0).Max()
            : 0,
        bytes => bytes > 2 * 2 * Sound.SampleRate,
        "two seconds of a message are on the disk");

    private static async Task<JsonElement> MessageAsync(CenterClient center)
    {
        var seen = await Eventually.BecomesAsync(
            async () => (await center.GraphQL.AskAsync("{ voicemails { totalCount nodes { id from owner durationSeconds sha256 url failure mailedAt mailFailure } } }")).GetProperty("voicemails"),
            voicemails => voicemails.GetProperty("totalCount").GetInt32() == 1, "there is one message");
        return seen.GetProperty("nodes")[0];
    }

    private async Task DeleteAsync(CenterClient center, JsonElement message, HttpClient http, Uri url)
    {
        var id = message.GetProperty("id").GetString();
        await center.GraphQL.AskAsync("mutation($id: ID!) { markVoicemailHeard(id: $id) { errors { code } } deleteVoicemail(id: $id) { errors { code } } }", new { id });
        (await http.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.Gone);
        await Eventually.BecomesAsync(
            () => Directory.GetFiles(Path.Combine(_server.DataFolder, "recordings"), "*.wav", SearchOption.AllDirectories).Length, files => files == 0, "the file is deleted");
    }

    private static void ShouldHoldTone(byte[] file)
    {
        var wav = RecordedSound.Read(file);
        wav.Channels.Length.ShouldBe(1);

        // A busy machine's phone stutters now and then: one stretch of half a second that is the tone is proof enough.
        var stretches = wav.Channels[0].Chunk(Sound.SampleRate / 2).Select(samples => (Share: Sound.ShareOf(samples, CallersTone), Level: Sound.Level(samples))).ToList();
        stretches.ShouldContain(stretch => stretch.Share > 0.9 && stretch.Level > 0.1, string.Join("; ", stretches));
    }
}
