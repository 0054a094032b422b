using System.Text.Json;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests.Ivr;

/// <summary>Where flows and queues send callers: to a mailbox, to a callback, to the agent who can do what the flow asks for.</summary>
[Collection(IvrCenterCollection.Name)]
public sealed class WaysOutTests(IvrCenter center)
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private const int OthersTone = 450;

    private readonly CenterClient _client = center.Client;
    private readonly AcdFloor _floor = new(center.Client);

    [Theory]
    [InlineData("flow", "3101", "49305001")]
    [InlineData("overflow", "3102", "49305002")]
    public async Task What_a_caller_says_whom_a_flow_or_an_overflow_sends_to_a_mailbox_is_in_the_message(string by, string number, string caller)
    {
        if (by == "flow")
        {
            await center.ServeAsync(number, $$"""
                steps:
                  choose: {do: menu, play: {{center.Tone(500)}}, keys: {1: message}, silent: message, invalid: message}
                  message: {do: voicemail, mailbox: Support}
                """);
        }
        else
        {
            await _floor.QueueAsync(number, ("overflow", new[] { new { cause = "NO_AGENTS", threshold = 0, to = new { kind = "VOICEMAIL" } } }));
        }

        await using var phone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.Call("caller-keys", center.Server.Sip, number, [caller], phone.Port);
        if (by == "flow")
        {
            await phone.HearsToneAsync(500);
            await phone.PressAsync("1");
        }

        var started = Data((await _client.CallsBecomeAsync([caller], call => call.Story.Contains("call_voicemail_started"), "come to a mailbox"))[0], "call_voicemail_started");
        var path = Path.Combine(center.Server.DataFolder, "recordings", started.GetProperty("File").GetString()!);
        await Eventually.BecomesAsync(() => File.Exists(path) ? new FileInfo(path).Length : 0, bytes => bytes > 2 * 2 * Sound.SampleRate, "two seconds of a message are on the disk");
        await phone.PressAsync("#");
        await calling.ShouldSucceedAsync();

        var ended = await _client.CallBecomesAsync(caller, "ENDED");
        ended.Outcome.ShouldBe("OVERFLOWED");
        ended.Story.ShouldBe(by == "flow"
            ? ["call_received", "call_entered_ivr", "ivr_step_taken", "ivr_step_taken", "call_left_ivr", "call_voicemail_started", "call_ended"]
            : ["call_received", "call_queued", "call_overflowed", "call_voicemail_started", "call_ended"]);
        await Eventually.BecomesAsync(
            async () => (await _client.GraphQL.AskAsync("{ voicemails { nodes { from } } }")).GetProperty("voicemails").GetProperty("nodes").EnumerateArray().Select(message => message.GetProperty("from").GetString()).ToList(),
            callers => callers.Contains(caller), "there is a message of the caller");

        // A busy machine's phone stutters now and then: one stretch of half a second that is the tone is proof enough.
        var stretches = RecordedSound.Read(await File.ReadAllBytesAsync(path)).Channels[0].Chunk(Sound.SampleRate / 2).Select(samples => Sound.ShareOf(samples, CallersTone)).ToList();
        stretches.ShouldContain(share => share > 0.9, string.Join("; ", stretches));
    }

    [Theory]
    [InlineData("flow", "3111", "4930499001", "3511")]
    [InlineData("overflow", "3112", "4930499002", "3512")]
    public async Task Whom_a_flow_or_an_overflow_promises_a_callback_talks_with_an_agent_when_one_comes(string by, string number, string caller, string extension)
    {
        await using var home = new AudioProbe(G711.Pcmu, CallersTone);
        await using var taking = Sipp.TakeAndPress(home.Port, '1');
        await TrunkAsync(taking.Port, caller);
        var queueNumber = by == "flow" ? $"{number}9" : number;
        var queue = await _floor.QueueAsync(queueNumber, by == "flow" ? [] : [("overflow", new[] { new { cause = "NO_AGENTS", threshold = 0, to = new { kind = "CALLBACK" } } })]);
        await _floor.AgentAsync(extension, queue);
        if (by == "flow")
        {
            await center.ServeAsync(number, $$"""
                steps:
                  choose: {do: menu, play: {{center.Tone(500)}}, keys: {1: later}, silent: later, invalid: later}
                  later: {do: callback, queue: Queue {{queueNumber}}}
                """);
        }

        await using (var phone = new AudioProbe())
        {
            await using var calling = Sipp.Call("caller-keys", center.Server.Sip, number, [caller], phone.Port);
            if (by == "flow")
            {
                await phone.HearsToneAsync(500);
                await phone.PressAsync("1");
            }

            await calling.ShouldSucceedAsync();
        }

        (await _client.CallBecomesAsync(caller, "ENDED")).Outcome.ShouldBe("OVERFLOWED");
        await using var desk = await DeskPhone.AtAsync(_client, extension, AgentsTone);
        await Task.WhenAll(home.HearsToneAsync(AgentsTone), desk.Ear.HearsToneAsync(CallersTone));
        var callback = await Eventually.BecomesAsync(
            async () => (await _client.GraphQL.AskAsync("{ callbacks(where: { state: COMPLETED }) { nodes { number lastCall { id } } } }")).GetProperty("callbacks").GetProperty("nodes").EnumerateArray()
                .FirstOrDefault(done => done.GetProperty("number").GetString() == caller),
            done => done.ValueKind == JsonValueKind.Object, "the callback is done");
        await _client.GraphQL.AskAsync("mutation($call: ID!) { endCall(id: $call) { errors { code } } }", new { call = callback.GetProperty("lastCall").GetProperty("id").GetString() });
        await taking.ShouldSucceedAsync();
    }

    [Fact]
    public async Task Keys_by_tones_count_in_a_flow()
    {
        const string Caller = "49305201";
        await center.ServeAsync("3121", $$"""
            steps:
              number: {do: collect, play: {{center.Tone(500)}}, into: number, min: 4, max: 12, silent: bye, invalid: bye, next: heard}
              heard: {do: play, play: {{center.Tone(700)}}, next: bye}
              bye: {do: hangUp}
            """);
        await using var phone = new AudioProbe();
        await using var calling = Sipp.Call("caller", center.Server.Sip, "3121", [Caller], phone.Port);
        await phone.HearsToneAsync(500);
        await phone.PressByTonesAsync("2580369#");
        await phone.HearsToneAsync(700);
        await CenterClient.TellToHangUpAsync(calling, await _client.CallAsync(Caller));
        await calling.ShouldSucceedAsync();
        var call = await _client.CallBecomesAsync(Caller, "ENDED");
        Data(call, "ivr_step_taken").GetProperty("Input").GetString().ShouldBe("2580369");
    }

    [Fact]
    public async Task Whoever_a_flow_says_must_speak_german_does_and_a_named_agent_is_waited_for()
    {
        const string Caller = "49305301";
        const string Waiting = "49305302";
        var queue = await _floor.QueueAsync("31319");
        await _floor.AgentAsync("3521", queue);
        await _floor.AgentAsync("3522", queue, ("skills", new[] { new { name = "german", proficiency = 7 } }));
        var ask = $"steps:\n  ask: {{do: menu, play: {center.Tone(500)}, keys: {{1: a}}, silent: a, invalid: a}}\n";
        await center.ServeAsync("3131", $"{ask}  a: {{do: queue, queue: Queue 31319, skills: [{{skill: german, level: 5}}], segment: gold}}");
        await center.ServeAsync("3132", $"{ask}  a: {{do: queue, queue: Queue 31319, agent: \"3522\", patience: 3600}}");

        // Has been idle for longer, and is not asked.
        await using var other = await DeskPhone.AtAsync(_client, "3521", OthersTone);
        await using var german = await DeskPhone.AtAsync(_client, "3522", AgentsTone);
        await using var ear = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.Call("caller-keys", center.Server.Sip, "3131", [Caller], ear.Port);
        await ear.HearsToneAsync(500);
        await ear.PressAsync("1");
        await Task.WhenAll(ear.HearsToneAsync(AgentsTone), german.Ear.HearsToneAsync(CallersTone));

        await using var patient = new AudioProbe(G711.Pcmu, CallersTone);
        await using var second = Sipp.Call("caller-keys", center.Server.Sip, "3132", [Waiting], patient.Port);
        await patient.HearsToneAsync(500);
        await patient.PressAsync("1");
        (await _client.CallBecomesAsync(Waiting, "QUEUED")).Story.ShouldNotContain("call_offered", "the other agent is idle");
        await CenterClient.TellToHangUpAsync(calling, await _client.CallBecomesAsync(Caller, "CONNECTED"));
        await calling.ShouldSucceedAsync();
        await Task.WhenAll(patient.HearsToneAsync(AgentsTone), german.Ear.HearsToneAsync(CallersTone));
        await CenterClient.TellToHangUpAsync(second, await _client.CallBecomesAsync(Waiting, "CONNECTED"));
        await second.ShouldSucceedAsync();
        (await _client.GraphQL.AskAsync($"{{ call(id: \"{(await _client.CallBecomesAsync(Caller, "ENDED")).Id}\") {{ segment }} }}")).GetProperty("call").GetProperty("segment").GetString().ShouldBe("gold");
    }

    private static JsonElement Data(CallRecord call, string type) => call.Timeline.First(e => e.Type == type).Data;

    /// <summary>Calls to this number go out to this port.</summary>
    private async Task TrunkAsync(int port, string number)
    {
        var answer = await _client.GraphQL.AskAsync(
            "mutation($name: String!, $port: Int!) { configureTrunk(input: { name: $name, gateways: [{ host: \"127.0.0.1\", port: $port }], probeSeconds: null }) { errors { code message } } }", new { name = $"to-{number}", port });
        answer.GetProperty("configureTrunk").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
        answer = await _client.GraphQL.AskAsync("mutation($prefix: String!, $trunk: String!) { changeDialPlan(rules: [{ prefix: $prefix, dialClass: INTERNATIONAL, trunk: $trunk }]) { errors { code message } } }", new { prefix = number, trunk = $"to-{number}" });
        answer.GetProperty("changeDialPlan").GetProperty("errors").GetArrayLength().ShouldBe(0, $"{answer}");
    }
}
