using System.Security.Cryptography;
using System.Text.Json;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Talks of a queue that records them: who said what is in whose channel, and nothing is in the file of what was said while it was paused.</summary>
public sealed class RecordingTests : IAsyncLifetime
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly ServerProcess _server = new();

    [Fact]
    public async Task Each_side_is_in_its_channel_a_pause_is_silent_and_the_file_is_the_one_that_the_trail_names()
    {
        const string Caller = "49308001";
        using var center = await CenterClient.ConnectAsync(_server);
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, settings => settings with { Record = true });
        await using var callersPhone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var agentsPhone = new AudioProbe(G711.Pcma, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, agentsPhone.Port, G711.Pcma);
        await center.RegisterAsync(answering.Port, "2001");
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Caller], callersPhone.Port);
        var call = await center.CallBecomesAsync(Caller, "CONNECTED");
        await Task.WhenAll(callersPhone.HearsToneAsync(AgentsTone), agentsPhone.HearsToneAsync(CallersTone));
        await RecordedForAsync(TimeSpan.FromSeconds(2));

        await CommandAsync(center, "pauseRecording", call.Id);
        var paused = FileLength();
        await Eventually.BecomesAsync(FileLength, bytes => bytes > paused + (2 * 2 * 2 * Sound.SampleRate), "two seconds of a pause are on the disk");
        await CommandAsync(center, "resumeRecording", call.Id);
        var resumed = FileLength();
        await Eventually.BecomesAsync(FileLength, bytes => bytes > resumed + (2 * 2 * 2 * Sound.SampleRate), "two seconds after the pause are on the disk");
        await CenterClient.TellToHangUpAsync(calling, call);
        await Task.WhenAll(answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        var recording = await center.RecordingAsync(call.Id);
        using var http = await center.HttpAsync();
        var file = await http.GetByteArrayAsync(new Uri(_server.GraphQLAddress, recording.GetProperty("url").GetString()));
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(recording.GetProperty("sha256").GetString());
        recording.GetProperty("failure").ValueKind.ShouldBe(JsonValueKind.Null);
        var sound = RecordedSound.Read(file);
        sound.Channels.Length.ShouldBe(2);
        (sound.Channels[0].Length / (double)Sound.SampleRate).ShouldBe(recording.GetProperty("durationSeconds").GetDouble(), 0.05);

        // A pause begins and ends up to a fifth of a second after its file's length was seen.
        ShouldSay(sound, 0, (int)paused / 4, CallersTone, AgentsTone);
        var silence = (int)((paused / 4) + resumed / 4) / 2;
        Sound.Level(sound.Channels[0].AsSpan(silence, Sound.SampleRate / 4)).ShouldBe(0);
        Sound.Level(sound.Channels[1].AsSpan(silence, Sound.SampleRate / 4)).ShouldBe(0);
        ShouldSay(sound, (int)resumed / 4, sound.Channels[0].Length, CallersTone, AgentsTone);
        (await center.CallBecomesAsync(Caller, "ENDED")).Story.Where(type => type.StartsWith("call_record", StringComparison.Ordinal))
            .ShouldBe(["call_recording_started", "call_recording_paused", "call_recording_resumed", "call_recorded"]);
    }

    [Fact]
    public async Task It_goes_on_through_a_transfer_and_a_conference_with_all_who_talk_for_the_center_in_their_channel()
    {
        const string Caller = "49308201";
        const int Bobs = 450;
        const int Chens = 1_650;
        using var center = await CenterClient.ConnectAsync(_server);
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, settings => settings with { Record = true });
        await using var caller = new AudioProbe(G711.Pcmu, CallersTone);
        await using var ann = await DeskPhone.AtAsync(center, "2001", AgentsTone);
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Caller], caller.Port);
        var call = await center.CallBecomesAsync(Caller, "CONNECTED");
        await Task.WhenAll(caller.HearsToneAsync(AgentsTone), ann.Ear.HearsToneAsync(CallersTone));
        await RecordedForAsync(TimeSpan.FromSeconds(2));
        var handing = FileLength();

        await using var bob = await DeskPhone.AtAsync(center, "2002", Bobs);
        await DoAsync(center, $"transferCall(id: \"{call.Id}\", to: \"2002\")");
        await Task.WhenAll(caller.HearsToneAsync(Bobs), bob.Ear.HearsToneAsync(CallersTone));
        var handed = FileLength();
        await RecordedAfterAsync(handed);
        await CommandAsync(center, "pauseRecording", call.Id);
        var paused = FileLength();
        await RecordedAfterAsync(paused);
        await CommandAsync(center, "resumeRecording", call.Id);
        var resumed = FileLength();

        await using var chen = await DeskPhone.AtAsync(center, "2003", Chens);
        await DoAsync(center, $"conferenceCall(id: \"{call.Id}\", to: \"2003\")");
        await Eventually.BecomesAsync(() => center.CallsAsync([Caller]), calls => calls[0].Story.Contains("party_joined"), "the third one joins");
        await DeskPhone.HearsAsync(caller, [Bobs, Chens], CallersTone);
        var joined = FileLength();
        await RecordedAfterAsync(joined);
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();

        var recording = await center.RecordingAsync(call.Id);
        using var http = await center.HttpAsync();
        var file = await http.GetByteArrayAsync(new Uri(_server.GraphQLAddress, recording.GetProperty("url").GetString()));
        var told = (await center.CallsBecomeAsync([Caller], c => c.Outcome is not null, "is ended"))[0].Timeline.Where(e => e.Type == "call_recorded").ShouldHaveSingleItem();
        Convert.ToHexStringLower(SHA256.HashData(file)).ShouldBe(told.Data.GetProperty("Sha256").GetString());
        told.Data.GetProperty("Failure").ValueKind.ShouldBe(JsonValueKind.Null);
        var sound = RecordedSound.Read(file);
        ShouldSay(sound, 0, (int)handing / 4, CallersTone, AgentsTone);
        ShouldSay(sound, (int)handed / 4, (int)paused / 4, CallersTone, Bobs);
        sound.Channels[1][((int)handed / 4)..].Chunk(Sound.SampleRate / 4).ShouldAllBe(samples => Sound.ShareOf(samples, AgentsTone) < 0.1, "who handed over is not heard any more");
        var silence = (int)((paused / 4) + (resumed / 4)) / 2;
        Sound.Level(sound.Channels[0].AsSpan(silence, Sound.SampleRate / 4)).ShouldBe(0);
        Sound.Level(sound.Channels[1].AsSpan(silence, Sound.SampleRate / 4)).ShouldBe(0);
        ShouldSay(sound, (int)joined / 4, sound.Channels[0].Length, CallersTone);
        sound.Channels[1][((int)joined / 4)..].Chunk(Sound.SampleRate / 4).ShouldContain(samples => Sound.ShareOf(samples, Bobs) > 0.35 && Sound.ShareOf(samples, Chens) > 0.35);
    }

    [Fact]
    public async Task A_disk_that_takes_no_recording_costs_the_recording_and_not_the_call()
    {
        const string Caller = "49308101";
        using var center = await CenterClient.ConnectAsync(_server);
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, settings => settings with { Record = true });
        await File.WriteAllTextAsync(Path.Combine(_server.DataFolder, "recordings"), "where a folder should be");
        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, phone.Port);
        await center.RegisterAsync(answering.Port, "2001");
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Caller], phone.Port);
        var call = (await center.CallsBecomeAsync([Caller], c => c.Story.Contains("call_recorded"), "are told that they could not be recorded"))[0];
        call.State.ShouldBe("CONNECTED");
        call.Timeline.Single(e => e.Type == "call_recorded").Data.GetProperty("Failure").GetString().ShouldNotBeNullOrEmpty();
        await phone.HearsToneAsync(CallersTone);
        await CenterClient.TellToHangUpAsync(calling, call);
        await Task.WhenAll(answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());
        (await center.CallBecomesAsync(Caller, "ENDED")).Outcome.ShouldBe("HANDLED");
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    // A busy machine's phones stutter now and then: one stretch of a quarter of a second that is the tone is proof enough.
    private static void ShouldSay(RecordedSound sound, int from, int to, params int[] tones)
    {
        foreach (var (channel, tone) in tones.Index())
        {
            var shares = sound.Channels[channel][from..to].Chunk(Sound.SampleRate / 4).Select(samples => Sound.ShareOf(samples, tone)).ToList();
            shares.ShouldContain(share => share > 0.9, $"{tone} Hz in channel {channel}: {string.Join("; ", shares)}");
        }
    }

    private static async Task CommandAsync(CenterClient center, string mutation, string call)
    {
        var answer = await center.GraphQL.AskAsync($"mutation($id: ID!) {{ {mutation}(callId: $id) {{ call {{ id }} errors {{ code message }} }} }}", new { id = call });
        answer.GetProperty(mutation).GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
    }

    private static async Task DoAsync(CenterClient center, string mutation) =>
        (await center.GraphQL.AskAsync($"mutation {{ {mutation} {{ errors {{ code message }} }} }}")).EnumerateObject().Single().Value.GetProperty("errors").GetArrayLength().ShouldBe(0, mutation);

    private Task RecordedForAsync(TimeSpan time) => Eventually.BecomesAsync(FileLength, bytes => bytes > time.TotalSeconds * 4 * Sound.SampleRate, $"{time.TotalSeconds} s are on the disk");

    private Task RecordedAfterAsync(long length) => Eventually.BecomesAsync(FileLength, bytes => bytes > length + (2 * 4 * Sound.SampleRate), "two more seconds are on the disk");

    private long FileLength() => Directory.Exists(Path.Combine(_server.DataFolder, "recordings"))
        ? Directory.GetFiles(Path.Combine(_server.DataFolder, "recordings"), "*.wav", SearchOption.AllDirectories).Select(file => new FileInfo(file).Length).SingleOrDefault()
        : 0;
}
