using System.Diagnostics;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>What the two sides of a call hear, and how either of them holds and ends it.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class TalkTests(SharedCenter shared)
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData(G711.Pcmu, "49303001", "49303002")]
    [InlineData(G711.Pcma, "49303003", "49303004")]
    public async Task Callers_hear_their_position_and_music_and_then_the_agent_who_hears_them(int agentsPayload, string first, string second)
    {
        await using var firstPhone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var secondPhone = new AudioProbe();
        await using var firstCall = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [first], firstPhone.Port);
        await _center.CallBecomesAsync(first, "QUEUED");
        await using var secondCall = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [second], secondPhone.Port);

        await secondPhone.HearsForAsync(TimeSpan.FromSeconds(6));
        var prompts = SpokenPrompts.In(shared.Server.DataFolder);
        var (one, two) = (prompts.RecogniseStart(firstPhone.Heard), prompts.RecogniseStart(secondPhone.Heard));
        (one.Clips.Count, two.Clips.Count).ShouldBe((3, 3), "\"You are number\", the number, \"in the queue\"");
        (two.Clips[0], two.Clips[2]).ShouldBe((one.Clips[0], one.Clips[2]));
        two.Clips[1].ShouldNotBe(one.Clips[1], "the first is number one, the second number two");
        Sound.Level(firstPhone.Heard.AsSpan(one.End..)).ShouldBeInRange(0.02, 0.3, "music");
        Sound.Level(secondPhone.Last(TimeSpan.FromSeconds(1))).ShouldBeInRange(0.02, 0.3, "music");
        Sound.ShareOf(firstPhone.Last(TimeSpan.FromSeconds(1)), AgentsTone).ShouldBeLessThan(0.1, "no agent is there yet");

        await using var agentsPhone = new AudioProbe(agentsPayload, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 1, agentsPhone.Port, agentsPayload);
        await using (await _center.RegisterAsync(answering.Port, "2001"))
        {
            var call = await _center.CallBecomesAsync(first, "CONNECTED");
            await Task.WhenAll(firstPhone.HearsToneAsync(AgentsTone), agentsPhone.HearsToneAsync(CallersTone));
            Sound.ShareOf(secondPhone.Last(TimeSpan.FromSeconds(1)), AgentsTone).ShouldBeLessThan(0.1, "who waits hears nobody's talk");

            await CenterClient.TellToHangUpAsync(secondCall, await _center.CallAsync(second));
            await CenterClient.TellToHangUpAsync(firstCall, call);
            await Task.WhenAll(firstCall.ShouldSucceedAsync(), secondCall.ShouldSucceedAsync(), answering.ShouldSucceedAsync());
            (await _center.CallBecomesAsync(first, "ENDED")).Outcome.ShouldBe("HANDLED");
            (await _center.CallBecomesAsync(second, "ENDED")).Outcome.ShouldBe("ABANDONED");
        }
    }

    [Fact]
    public async Task When_the_agent_hangs_up_the_callers_phone_is_told()
    {
        const string Caller = "49303101";
        await using var ear = new AudioProbe();
        await using var answering = Sipp.Take("agent-hangs-up", calls: 1, ear.Port, pause: TimeSpan.FromMilliseconds(300));
        await using var registration = await _center.RegisterAsync(answering.Port, "2001");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], ear.Port);

        await Task.WhenAll(answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.EndedBy.ShouldBe("Agent");
    }

    [Fact]
    public async Task When_the_caller_hangs_up_the_agents_phone_is_told()
    {
        const string Caller = "49303201";
        await using var ear = new AudioProbe();
        await using var answering = Sipp.Take("agent-answer", calls: 1, ear.Port);
        await using var registration = await _center.RegisterAsync(answering.Port, "2001");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], ear.Port);
        await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(Caller, "CONNECTED"));

        await Task.WhenAll(answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.EndedBy.ShouldBe("Caller");
    }

    [Fact]
    public async Task An_agent_who_holds_a_call_gives_the_caller_music_and_the_hold_is_counted()
    {
        const string Caller = "49303301";
        var from = DateTimeOffset.UtcNow;
        await using var callersPhone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var agentsPhone = new AudioProbe(G711.Pcmu, AgentsTone);
        var pause = TimeSpan.FromSeconds(8);
        var clock = Stopwatch.StartNew();
        await using var holding = Sipp.Take("agent-holds", calls: 1, agentsPhone.Port, pause: pause);
        await using var registration = await _center.RegisterAsync(holding.Port, "2001");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], callersPhone.Port);

        await _center.CallBecomesAsync(Caller, "ON_HOLD");
        await Eventually.BecomesAsync(
            () => callersPhone.Last(TimeSpan.FromMilliseconds(500)), last => Sound.ShareOf(last, AgentsTone) < 0.1 && Sound.Level(last) > 0.02, "the caller hears music, not the agent");
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        await Task.WhenAll(callersPhone.HearsToneAsync(AgentsTone), agentsPhone.HearsToneAsync(CallersTone));
        await CenterClient.TellToHangUpAsync(calling, call);
        await Task.WhenAll(holding.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.Story.ShouldBe(
            ["call_received", "call_queued", "call_offered", "call_answered", "call_held", "call_retrieved", "call_ended", "wrap_up_started", "wrap_up_completed"]);
        var held = (call.At("call_retrieved") - call.At("call_held")).TotalSeconds;
        held.ShouldBeInRange(pause.TotalSeconds - 0.05, clock.Elapsed.TotalSeconds);
        var replayed = await shared.Server.RunAsync(["replay", call.Id]);
        replayed.Output.Split('\n').Where(line => line.Contains(" hold", StringComparison.Ordinal)).Select(line => line[(line.IndexOf(" s  ", StringComparison.Ordinal) + 4)..].Trim())
            .ShouldBe(["is put on hold  -> OnHold", "is taken from hold  -> Connected"]);
        call.HoldSeconds!.Value.ShouldBe(held, 0.002);
        (call.TalkSeconds + call.HoldSeconds)!.Value.ShouldBe((call.At("call_ended") - call.At("call_answered")).TotalSeconds, 0.003);
        (await _center.KpisAsync(CenterClient.Support, from)).AverageHoldSeconds!.Value.ShouldBe(held, 0.002);
    }
}
