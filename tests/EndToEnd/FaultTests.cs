using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

using CallCenter.Driving;
using CallCenter.Testing;

namespace CallCenter.EndToEnd.Tests;

/// <summary>What a disk, a voice or a database that fails costs: never a call, never a message. README's table of faults names these tests.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;

    private readonly TemporaryFolder _folder = new();
    private readonly ServerProcess _server;

    public FaultTests()
    {
        WriteVoice();
        _server = new ServerProcess(("PATH", $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}"));
    }

    private string Recordings => Path.Combine(_server.DataFolder, "recordings");

    [Fact]
    public async Task A_disk_that_becomes_full_in_a_message_keeps_what_was_said_until_then_and_one_that_is_full_says_so_to_the_caller()
    {
        using var center = await ConnectAsync(settings => settings with { VoicemailKey = "9" });
        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var first = Sipp.CallAndPress(_server.Sip, CenterClient.Support, "49309001", phone.Port, '9', '9');
        await WrittenAsync(seconds: 2, channels: 1);
        FillDisk(Longest() + 1_001);
        await first.ShouldSucceedAsync();

        var message = await MessageAsync(center);
        message.GetProperty("failure").GetString().ShouldNotBeNullOrEmpty();
        var file = await FileAsync(center, message);
        ShouldHold(file, CallersTone, channel: 0);

        FillDisk(10);
        await using var second = Sipp.CallAndPress(_server.Sip, CenterClient.Support, "49309002", phone.Port, '9', '9');
        await second.ShouldSucceedAsync();
        var call = await center.CallBecomesAsync("49309002", "ENDED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_overflowed", "call_voicemail_started", "call_voicemail_dropped", "call_ended"]);
        call.Timeline.Single(e => e.Type == "call_voicemail_dropped").Data.GetProperty("Failure").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_disk_that_becomes_full_in_a_recording_ends_that_and_the_talk_goes_on()
    {
        const string Caller = "49309101";
        using var center = await ConnectAsync(settings => settings with { Record = true });
        await using var ann = await DeskPhone.AtAsync(center, "2001", AgentsTone);
        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Caller], phone.Port);
        var call = await center.CallBecomesAsync(Caller, "CONNECTED");
        await WrittenAsync(seconds: 2, channels: 2);
        FillDisk(Longest() + 1_001);

        var told = (await center.CallsBecomeAsync([Caller], c => c.Story.Contains("call_recorded"), "are told that the recording has ended"))[0];
        told.State.ShouldBe("CONNECTED");
        await Task.WhenAll(phone.HearsToneAsync(AgentsTone), ann.Ear.HearsToneAsync(CallersTone));
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        var recording = await center.RecordingAsync(call.Id);
        recording.GetProperty("failure").GetString().ShouldNotBeNullOrEmpty();
        var file = await FileAsync(center, recording);
        ShouldHold(file, CallersTone, channel: 0);
        ShouldHold(file, AgentsTone, channel: 1);
    }

    [Fact]
    public async Task A_voice_that_fails_or_never_ends_costs_the_words_and_neither_the_message_nor_the_way_through_a_flow()
    {
        using var center = await ConnectAsync(settings => settings with { VoicemailKey = "9" });
        await ServeAsync(center, "3000", "a: {do: say, say: Words that nobody has said before., next: b}\n  b: {do: queue, queue: Support}");
        Voice("dead");
        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var speaking = Sipp.CallAndPress(_server.Sip, CenterClient.Support, "49309201", phone.Port, '9', '#');

        // The beep is short: a fifth of a second of it, wherever it is in what was heard.
        await Eventually.BecomesAsync(
            () => phone.Heard.Chunk(Sound.SampleRate / 5).Select(samples => (Share: Sound.ShareOf(samples, 1_000), Level: Sound.Level(samples))).ToList(),
            heard => heard.Exists(fifth => fifth is { Share: > 0.9, Level: > 0.1 }), "the beep is heard");
        await WrittenAsync(seconds: 2, channels: 1);
        await CenterClient.TellToHangUpAsync(speaking, await center.CallAsync("49309201"));
        await speaking.ShouldSucceedAsync();
        ShouldHold(await FileAsync(center, await MessageAsync(center)), CallersTone, channel: 0);

        Voice("hung");
        await using var ear = new AudioProbe();
        await using var waiting = Sipp.Call("caller", _server.Sip, "3000", ["49309202"], ear.Port);
        var queued = await center.CallBecomesAsync("49309202", "QUEUED");
        queued.Story.ShouldBe(["call_received", "call_entered_ivr", "ivr_step_taken", "ivr_step_taken", "call_left_ivr", "call_queued"]);
        await CenterClient.TellToHangUpAsync(waiting, queued);
        await waiting.ShouldSucceedAsync();
    }

    [Fact]
    public async Task When_PostgreSQL_dies_a_message_a_recording_and_a_way_through_a_flow_are_whole_when_it_is_back()
    {
        string[] callers = ["49309301", "49309302", "49309303"];
        using var center = await ConnectAsync(settings => settings with { VoicemailKey = "9" });
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Sales, settings => settings with { Record = true });
        await ServeAsync(center, "3000", "a: {do: menu, say: Press one., keys: {1: b}, timeout: 60, silent: c, invalid: c}\n  b: {do: queue, queue: Support}\n  c: {do: hangUp}");
        await using var agent = await DeskPhone.AtAsync(center, "2006", AgentsTone);
        await using var talker = new AudioProbe(G711.Pcmu, CallersTone);
        await using var talking = Sipp.Call("caller", _server.Sip, CenterClient.Sales, [callers[0]], talker.Port);
        var talk = await center.CallBecomesAsync(callers[0], "CONNECTED");
        await using var speaker = new AudioProbe(G711.Pcmu, CallersTone);
        await using var speaking = Sipp.CallAndPress(_server.Sip, CenterClient.Support, callers[1], speaker.Port, '9', '#');
        await using var presser = new AudioProbe();
        await using var pressing = Sipp.Call("caller-keys", _server.Sip, "3000", [callers[2]], presser.Port);
        await Eventually.BecomesAsync(() => Files().Select(file => new FileInfo(file).Length).Where(bytes => bytes > 4 * Sound.SampleRate).Count(), files => files == 2, "a talk and a message are on the disk");
        await presser.HearsForAsync(TimeSpan.FromMilliseconds(200));
        var (message, flow) = (await center.CallAsync(callers[1]), await center.CallAsync(callers[2]));

        var killed = _server.PostgresProcessId!.Value;
        Signals.Send("KILL", killed);
        await CenterClient.TellToHangUpAsync(talking, talk);
        await CenterClient.TellToHangUpAsync(speaking, message);
        await presser.PressAsync("1");
        await Eventually.BecomesAsync(() => _server.PostgresProcessId, pid => pid is { } now && now != killed, "PostgreSQL is started again");
        await Eventually.BecomesAsync(() => center.GraphQL.AnswerAsync("{ queues { id } }"), answer => !answer.TryGetProperty("errors", out _), "reports are back");

        await Task.WhenAll(talking.ShouldSucceedAsync(), speaking.ShouldSucceedAsync());
        (await center.CallBecomesAsync(callers[2], "QUEUED")).Story.ShouldBe(["call_received", "call_entered_ivr", "ivr_step_taken", "ivr_step_taken", "call_left_ivr", "call_queued"]);
        await CenterClient.TellToHangUpAsync(pressing, flow);
        await pressing.ShouldSucceedAsync();
        var left = await MessageAsync(center);
        left.GetProperty("failure").ValueKind.ShouldBe(JsonValueKind.Null);
        ShouldHold(await FileAsync(center, left), CallersTone, channel: 0);
        var recording = await center.RecordingAsync(talk.Id);
        recording.GetProperty("failure").ValueKind.ShouldBe(JsonValueKind.Null);
        ShouldHold(await FileAsync(center, recording), AgentsTone, channel: 1);
        (await center.CallsBecomeAsync(callers, c => c.Outcome is not null, "are ended")).Select(c => c.Outcome).ShouldBe(["HANDLED", "OVERFLOWED", "ABANDONED"]);
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<CenterClient> ConnectAsync(Func<Domain.Queues.QueueSettings, Domain.Queues.QueueSettings> change)
    {
        var center = await CenterClient.ConnectAsync(_server);
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, change);
        return center;
    }

    private static async Task ServeAsync(CenterClient center, string number, string steps)
    {
        foreach (var (mutation, variables) in new (string, object)[]
        {
            ("mutation ($source: String!) { saveFlow(source: $source) { errors { message } } }", new { source = $"flow: served\nsteps:\n  {steps}\n" }),
            ("mutation { activateFlow(name: \"served\") { errors { message } } }", new { }),
            ("mutation ($input: NumberInput!) { configureNumber(input: $input) { errors { message } } }", new { input = new { number, to = new { kind = "FLOW", target = "served" } } }),
        })
        {
            (await center.GraphQL.AskAsync(mutation, variables)).EnumerateObject().Single().Value.GetProperty("errors").GetArrayLength().ShouldBe(0, mutation);
        }
    }

    private static async Task<JsonElement> MessageAsync(CenterClient center)
    {
        var seen = await Eventually.BecomesAsync(
            async () => (await center.GraphQL.AskAsync("{ voicemails { totalCount nodes { url sha256 failure } } }")).GetProperty("voicemails"), v => v.GetProperty("totalCount").GetInt32() == 1, "there is one message");
        return seen.GetProperty("nodes")[0];
    }

    /// <summary>What is served, which must be what the trail has the hash of.</summary>
    private async Task<byte[]> FileAsync(CenterClient center, JsonElement audio)
    {
        using var http = await center.HttpAsync();
        var file = await http.GetByteArrayAsync(new Uri(_server.GraphQLAddress, audio.GetProperty("url").GetString()));
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(audio.GetProperty("sha256").GetString());
        return file;
    }

    // A busy machine's phone stutters now and then: one stretch of half a second that is the tone is proof enough.
    private static void ShouldHold(byte[] file, int tone, int channel) =>
        RecordedSound.Read(file).Channels[channel].Chunk(Sound.SampleRate / 2).Select(samples => Sound.ShareOf(samples, tone)).ShouldContain(share => share > 0.9, $"{tone} Hz in channel {channel}");

    private string[] Files() => Directory.Exists(Recordings) ? Directory.GetFiles(Recordings, "*.wav", SearchOption.AllDirectories) : [];

    private long Longest() => Files().Select(file => new FileInfo(file).Length).DefaultIfEmpty(0).Max();

    private Task WrittenAsync(int seconds, int channels) => Eventually.BecomesAsync(Longest, bytes => bytes > 2 * seconds * channels * Sound.SampleRate, $"{seconds} s are on the disk");

    /// <summary>No file of the server's grows beyond so many bytes: what a full disk is to it, for an ordinary user too. PostgreSQL, a process of its own, goes on.</summary>
    private void FillDisk(long bytes)
    {
        using var limit = Process.Start("prlimit", ["--pid", $"{_server.ProcessId}", $"--fsize={bytes}:"]);
        limit.WaitForExit();
        limit.ExitCode.ShouldBe(0);
    }

    /// <summary>From now on the program that speaks is dead, or hung.</summary>
    private void Voice(string state) => File.WriteAllText(Path.Combine(_folder.Path, state), "");

    private void WriteVoice()
    {
        var real = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "espeak-ng")).First(File.Exists);
        var path = Path.Combine(_folder.Path, "espeak-ng");
        File.WriteAllText(path, $"#!/bin/sh\ntest -e {_folder.Path}/hung && sleep 600\ntest -e {_folder.Path}/dead && exit 1\nexec {real} \"$@\"\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
