using System.Globalization;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Loss;

/// <summary>
/// Calls between real phones (SIPp) and the real server, each losing another one of its datagrams: the call still ends on both sides as if nothing had happened, its events say so, and nothing of it is left.
/// Ten calls with ten agents at a time; in the n-th of them the n-th datagram is lost, in either direction, between the server and one of the two sides.
/// </summary>
public sealed class LossTests(SharedCenter shared) : IClassFixture<SharedCenter>
{
    private const int Calls = 10;
    private static readonly string[] Answered = ["call_received", "call_queued", "call_offered", "call_answered", "call_ended", "wrap_up_started", "wrap_up_completed"];
    private static readonly string[] Held =
        ["call_received", "call_queued", "call_offered", "call_answered", "call_held", "call_retrieved", "call_ended", "wrap_up_started", "wrap_up_completed"];

    private static readonly string[] Extensions = [.. Enumerable.Range(2001, Calls).Select(e => e.ToString(CultureInfo.InvariantCulture))];
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData("49401", "caller", "agent-answer", 6)]
    [InlineData("49402", "caller", "agent-hangs-up", 6)]
    [InlineData("49403", "agent", "agent-answer", 6)]
    [InlineData("49404", "agent", "agent-hangs-up", 5)]
    public async Task A_talk_survives_the_loss_of_any_one_message(string prefix, string lossySide, string agentsScenario, int atLeast)
    {
        await using var ear = new AudioProbe();
        await using var floor = await Floor.OpenAsync(shared, _center, Extensions, agentsScenario, ear.Port, n => lossySide == "agent" ? n : 0, firstLost: 1);
        await using var callers = Callers.Call(shared, prefix, "caller", ear.Port, n => lossySide == "caller" ? n : 0);

        if (agentsScenario == "agent-answer")
        {
            var talks = await _center.CallsBecomeAsync(callers.Numbers, c => c.State == "CONNECTED", "are connected");
            await callers.HangUpAsync(talks);
        }

        await Task.WhenAll(callers.ShouldSucceedAsync(), floor.ShouldSucceedAsync());
        var calls = await _center.CallsBecomeAsync(callers.Numbers, c => c.Story.Last() == "wrap_up_completed", "are wrapped up");
        calls.ShouldAllBe(c => c.Outcome == "HANDLED" && c.Story.SequenceEqual(Answered) && c.EndedBy == (agentsScenario == "agent-answer" ? "Caller" : "Agent"));
        (lossySide == "caller" ? callers.Relays : floor.Relays).Count(r => r.Lost is not null).ShouldBeGreaterThanOrEqualTo(atLeast);
        await NothingIsLeftAsync([.. callers.Relays, .. floor.Relays]);
    }

    [Theory]
    [InlineData("49411", 1, 10)]
    [InlineData("49412", 11, 1)]
    public async Task A_hold_survives_the_loss_of_any_one_message(string prefix, int first, int atLeast)
    {
        await using var ear = new AudioProbe();
        await using var floor = await Floor.OpenAsync(shared, _center, Extensions, "agent-holds", ear.Port, n => n, first);
        await using var callers = Callers.Call(shared, prefix, "caller", ear.Port, _ => 0);

        var retrieved = await _center.CallsBecomeAsync(callers.Numbers, c => c.Story.Contains("call_retrieved", StringComparer.Ordinal), "are retrieved");
        await callers.HangUpAsync(retrieved);

        await Task.WhenAll(callers.ShouldSucceedAsync(), floor.ShouldSucceedAsync());
        var calls = await _center.CallsBecomeAsync(callers.Numbers, c => c.Story.Last() == "wrap_up_completed", "are wrapped up");
        calls.ShouldAllBe(c => c.Outcome == "HANDLED" && c.Story.SequenceEqual(Held) && c.EndedBy == "Caller");
        floor.Relays.Count(r => r.Lost is not null).ShouldBeGreaterThanOrEqualTo(atLeast);
        await NothingIsLeftAsync([.. callers.Relays, .. floor.Relays]);
    }

    [Fact]
    public async Task An_offer_that_is_withdrawn_survives_the_loss_of_any_one_message()
    {
        await using var ear = new AudioProbe();
        await using var floor = await Floor.OpenAsync(shared, _center, Extensions, "agent-withdrawn", ear.Port, n => n, firstLost: 1);
        await using var callers = Callers.Call(shared, "49421", "caller", ear.Port, _ => 0);

        var offered = await _center.CallsBecomeAsync(callers.Numbers, c => c.Story.Contains("call_offered", StringComparer.Ordinal), "are offered");
        await Eventually.BecomesAsync(() => floor.Relays.Count(r => r.Ladder.Contains("> SIP/2.0 180", StringComparison.Ordinal)), ringing => ringing == Calls, "all phones ring");
        await callers.HangUpAsync(offered);

        await Task.WhenAll(callers.ShouldSucceedAsync(), floor.ShouldSucceedAsync());
        var calls = await _center.CallsBecomeAsync(callers.Numbers, c => c.State == "ENDED", "are ended");
        calls.ShouldAllBe(c => c.Outcome == "ABANDONED" && c.EndedBy == "Caller");
        floor.Relays.Count(r => r.Lost is not null).ShouldBeGreaterThanOrEqualTo(6);
        await NothingIsLeftAsync(callers.Relays);
    }

    // No media port is open, every agent is free, and whoever speaks in one of the dialogs is told that there is none.
    private async Task NothingIsLeftAsync(IReadOnlyList<LossyRelay> relays)
    {
        await _center.StatusBecomesAsync("AVAILABLE", Extensions);
        await Eventually.BecomesAsync(shared.Server.OpenMediaPorts, open => open == 0, "every media port is closed");
        foreach (var relay in relays)
        {
            (await relay.ServersAnswerToOneMoreByeAsync()).ShouldStartWith("SIP/2.0 481", customMessage: relay.Ladder);
        }
    }
}
