using System.Text.Json;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Agents send callers to queues that take nobody.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class EntryTests(SharedCenter shared)
{
    private const int CallersTone = 1_150;
    private const int FirstTone = 750;
    private const int SecondTone = 450;

    private readonly CenterClient _center = shared.Client;
    private readonly AcdFloor _floor = new(shared.Client);

    [Fact]
    public async Task A_closed_queue_sends_a_transferred_caller_on_and_a_full_one_leaves_the_caller_with_the_agent()
    {
        const string Caller = "49322101";
        const string Waiting = "49322102";
        var own = await _floor.QueueAsync("1790");
        var substitute = await _floor.QueueAsync("1791");
        await _floor.QueueAsync(
            "1792", ("calendar", await _floor.ClosedCalendarAsync("Never at 1792")), ("overflow", new[] { new { cause = "CLOSED", threshold = 0, to = new { kind = "QUEUE", target = "Queue 1791" } } }));
        await _floor.QueueAsync("1793", ("overflow", new[] { new { cause = "QUEUE_LENGTH", threshold = 1, to = new { kind = "HANG_UP" } } }));
        await _floor.AgentAsync("3790", own);
        await _floor.AgentAsync("3791", substitute);
        await using var first = await DeskPhone.AtAsync(_center, "3790", FirstTone);
        await using var second = await DeskPhone.AtAsync(_center, "3791", SecondTone);
        await using var waiting = new AudioProbe();
        await using var full = Sipp.Call("caller", shared.Server.Sip, "1793", [Waiting], waiting.Port);
        await _center.CallBecomesAsync(Waiting, "QUEUED");

        await using var caller = new AudioProbe(G711.Pcmu, CallersTone);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, "1790", [Caller], caller.Port);
        await Task.WhenAll(caller.HearsToneAsync(FirstTone), first.Ear.HearsToneAsync(CallersTone));
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        var refused = (await TransferAsync(call, "1793")).GetProperty("errors")[0];
        (refused.GetProperty("code").GetString(), refused.GetProperty("message").GetString()).ShouldBe(("TURNED_AWAY", "Queue Queue 1793 takes no calls now: queue-length."));
        await Task.WhenAll(caller.HearsToneAsync(FirstTone), first.Ear.HearsToneAsync(CallersTone));

        (await TransferAsync(call, "1792")).GetProperty("errors").GetArrayLength().ShouldBe(0);
        await Task.WhenAll(caller.HearsToneAsync(SecondTone), second.Ear.HearsToneAsync(CallersTone));
        await CenterClient.TellToHangUpAsync(calling, call);
        await CenterClient.TellToHangUpAsync(full, await _center.CallBecomesAsync(Waiting, "QUEUED"));
        await Task.WhenAll(calling.ShouldSucceedAsync(), full.ShouldSucceedAsync());
        (await _center.CallBecomesAsync(Caller, "ENDED")).Story.ShouldBe(
            ["call_received", "call_queued", "call_offered", "call_answered", "call_transferred", "call_queued", "call_overflowed", "call_queued", "call_offered", "call_answered", "call_ended"]);
    }

    private async Task<JsonElement> TransferAsync(CallRecord call, string to) =>
        (await _center.GraphQL.AskAsync("mutation($id: ID!, $to: String!) { transferCall(id: $id, to: $to) { errors { code message } } }", new { id = call.Id, to })).GetProperty("transferCall");
}
