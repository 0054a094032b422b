using System.Security.Cryptography;
using System.Text;

using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Queues of every method and rule, with real phones.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class DistributionTests(SharedCenter shared)
{
    private static readonly TimeSpan RingTwice = TimeSpan.FromSeconds(2);
    private readonly CenterClient _center = shared.Client;
    private readonly AcdFloor _floor = new(shared.Client);

    [Theory]
    [InlineData("LONGEST_IDLE", "1700", "3000 3001 3002")]
    [InlineData("HUNTING", "1701", "3012 3011 3010")]
    [InlineData("TOP_DOWN", "1702", "3022 3022 3022")]
    [InlineData("FEWEST_CALLS", "1703", "3030 3031 3032")]
    [InlineData("LEAST_TALK", "1704", "3040 3041 3042")]
    [InlineData("SKILLS", "1705", "3052 3052 3052")]
    public async Task A_method_says_whose_phone_rings(string method, string number, string served)
    {
        var extensions = Enumerable.Range(0, 3).Select(i => $"30{number[3]}{i}").ToArray();
        var queue = await _floor.QueueAsync(number);
        var agents = new List<string>();
        foreach (var (i, extension) in extensions.Index())
        {
            agents.Add(await _floor.AgentAsync(extension, queue, ("skills", new[] { new { name = "german", proficiency = i == 2 ? 9 : 2 } })));
        }

        await _floor.ChangeAsync(queue, number, ("method", method), ("order", agents.AsEnumerable().Reverse()), ("skills", new[] { new { name = "german", minimum = 1 } }));
        await using var ear = new AudioProbe();
        await using var phones = Sipp.Take("agent-answer", calls: 9, ear.Port);
        await using var registered = await _center.RegisterAsync(phones.Port, extensions);
        var seen = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var caller = $"4931{number[3]}00{i}";
            await using var calling = Sipp.Call("caller", shared.Server.Sip, number, [caller], ear.Port);
            await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(caller, "CONNECTED"));
            await calling.ShouldSucceedAsync();
            seen.Add((await _center.CallBecomesAsync(caller, "ENDED")).Agent!.Extension);
            await _center.StatusBecomesAsync("AVAILABLE", extensions);
        }

        string.Join(' ', seen).ShouldBe(served);
    }

    [Fact]
    public async Task All_phones_ring_the_first_to_answer_has_the_call_and_the_others_are_cancelled()
    {
        const string Caller = "49318001";
        var queue = await _floor.QueueAsync("1710", ("tiers", new[] { new { groups = new[] { "nobody" }, afterSeconds = 0 } }));
        foreach (var extension in (string[])["3100", "3101", "3102"])
        {
            await _floor.AgentAsync(extension, queue);
        }

        await using var callersEar = new AudioProbe(G711.Pcmu, 1_150);
        await using var agentsEar = new AudioProbe(G711.Pcmu, 750);
        await using var silent = Sipp.Take("agent-silent", calls: 2, agentsEar.Port);
        await using var answering = Sipp.Take("agent-answer", calls: 1, agentsEar.Port);
        await using var first = await _center.RegisterAsync(silent.Port, "3100", "3101");
        await using var third = await _center.RegisterAsync(answering.Port, "3102");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, "1710", [Caller], callersEar.Port);

        await _center.CallBecomesAsync(Caller, "QUEUED");
        await _floor.ChangeAsync(queue, "1710", ("method", "RING_ALL"));
        await callersEar.HearsToneAsync(750);
        await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(Caller, "CONNECTED"));

        // The silent phones got a CANCEL and nothing else, or their scenario would have failed.
        await Task.WhenAll(silent.ShouldSucceedAsync(), answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());
        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.Agent!.Extension.ShouldBe("3102");
        call.Story.ShouldBe(["call_received", "call_queued", "call_offered", "call_offered", "call_offered", "call_answered", "call_ended"]);
        await _center.StatusBecomesAsync("AVAILABLE", "3100", "3101", "3102");
        (await _center.KpisAsync("1710", call.ReceivedAt)).AgentNonResponse.ShouldBe(0, "whom another was quicker than has not failed to answer");
    }

    [Fact]
    public async Task An_agent_whose_phone_rings_in_vain_again_and_again_is_made_not_ready()
    {
        const string Caller = "49318101";
        var queue = await _floor.QueueAsync("1711", ("ronaAfter", 2), ("ringSeconds", 1));
        await _floor.AgentAsync("3110", queue);
        await using var ear = new AudioProbe();
        await using var silent = Sipp.Take("agent-silent", calls: 2, ear.Port);
        await using var registered = await _center.RegisterAsync(silent.Port, "3110");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, "1711", [Caller], ear.Port);
        await _floor.AgentBecomesAsync("3110", "NOT_READY", "rona");
        await CenterClient.TellToHangUpAsync(calling, await _center.CallAsync(Caller));
        await Task.WhenAll(silent.ShouldSucceedAsync(), calling.ShouldSucceedAsync());
        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_offered", "call_offer_not_answered", "call_offered", "call_offer_not_answered", "call_abandoned", "call_ended"]);
    }

    [Fact]
    public async Task A_phone_is_asked_to_answer_by_itself()
    {
        const string Caller = "49318201";
        var queue = await _floor.QueueAsync("1712", ("autoAnswer", true));
        await _floor.AgentAsync("3120", queue);
        await using var ear = new AudioProbe();
        await using var phone = Sipp.Take("agent-auto-answer", calls: 1, ear.Port);
        await using var registered = await _center.RegisterAsync(phone.Port, "3120");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, "1712", [Caller], ear.Port);
        await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(Caller, "CONNECTED"));
        await Task.WhenAll(phone.ShouldSucceedAsync(), calling.ShouldSucceedAsync());
    }

    [Theory]
    [InlineData("AFTER_SECONDS", 1, "1720", "after-seconds")]
    [InlineData("QUEUE_LENGTH", 0, "1721", "queue-length")]
    [InlineData("NO_AGENTS", 0, "1722", "no-agents")]
    [InlineData("CLOSED", 0, "1723", "closed")]
    public async Task A_rule_sends_callers_to_another_queue_where_they_are_served(string cause, int threshold, string number, string told)
    {
        var (caller, extension, other) = ($"493190{number[3]}1", $"32{number[3]}0", $"174{number[3]}");
        var from = DateTimeOffset.UtcNow;
        var second = await _floor.QueueAsync(other);
        await _floor.QueueAsync(number, ("calendar", await _floor.ClosedCalendarAsync($"Never {number}")), ("overflow", new[] { new { cause, threshold, to = new { kind = "QUEUE", target = $"Queue {other}" } } }));
        await _floor.AgentAsync(extension, second);
        await using var callersEar = new AudioProbe(G711.Pcmu, 1_150);
        await using var agentsEar = new AudioProbe(G711.Pcmu, 950);
        await using var phone = Sipp.Take("agent-answer", calls: 1, agentsEar.Port);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, number, [caller], callersEar.Port);

        await _center.CallsBecomeAsync([caller], c => c.Story.Contains("call_overflowed"), "overflow");
        await using var registered = await _center.RegisterAsync(phone.Port, extension);
        await callersEar.HearsToneAsync(950);
        await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(caller, "CONNECTED"));
        await Task.WhenAll(phone.ShouldSucceedAsync(), calling.ShouldSucceedAsync());
        var call = await _center.CallBecomesAsync(caller, "ENDED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_overflowed", "call_queued", "call_offered", "call_answered", "call_ended"]);
        call.Timeline.Single(e => e.Type == "call_overflowed").Data.GetProperty("Cause").GetString().ShouldBe(told);
        (call.At("call_overflowed") - call.At("call_queued")).TotalSeconds.ShouldBeGreaterThanOrEqualTo(cause == "AFTER_SECONDS" ? threshold : 0);
        var (left, came) = (await _center.KpisAsync(number, from), await _center.KpisAsync(other, from));
        (left.ContactsOffered, left.ContactsHandled, came.ContactsOffered, came.ContactsHandled).ShouldBe((1, 0, 1, 1));
    }

    [Fact]
    public async Task A_caller_who_would_wait_too_long_goes_on()
    {
        string[] callers = ["49319101", "49319102"];
        var second = await _floor.QueueAsync("1731");
        var queue = await _floor.QueueAsync("1730", ("overflow", new[] { new { cause = "ESTIMATED_WAIT", threshold = 2, to = new { kind = "QUEUE", target = second } } }));
        await _floor.AgentAsync("3300", queue);
        await using var ear = new AudioProbe();
        await using var firstCall = Sipp.Call("caller", shared.Server.Sip, "1730", [callers[0]], ear.Port);
        await ear.HearsForAsync(TimeSpan.FromSeconds(3));
        await using var phone = Sipp.Take("agent-answer", calls: 1, ear.Port);
        await using var registered = await _center.RegisterAsync(phone.Port, "3300");
        var call = await _center.CallBecomesAsync(callers[0], "CONNECTED");
        call.WaitSeconds!.Value.ShouldBeGreaterThan(2);

        // The agent talks, and the last to be answered has waited for more than two seconds.
        await using var late = Sipp.Call("caller-abandon", shared.Server.Sip, "1730", [callers[1]], ear.Port, pause: RingTwice);
        await late.ShouldSucceedAsync();
        await CenterClient.TellToHangUpAsync(firstCall, call);
        await Task.WhenAll(firstCall.ShouldSucceedAsync(), phone.ShouldSucceedAsync());
        var gone = await _center.CallBecomesAsync(callers[1], "ENDED");
        gone.Story.ShouldBe(["call_received", "call_queued", "call_overflowed", "call_queued", "call_abandoned", "call_ended"]);
        gone.Timeline.Single(e => e.Type == "call_overflowed").Data.GetProperty("Cause").GetString().ShouldBe("estimated-wait");
    }

    [Fact]
    public async Task Settings_that_change_while_a_caller_waits_hold_at_once_and_the_place_is_kept()
    {
        const string Caller = "49319201";
        var queue = await _floor.QueueAsync("1735", ("tiers", new[] { new { groups = new[] { "nobody" }, afterSeconds = 0 } }));
        await _floor.AgentAsync("3310", queue);
        await using var ear = new AudioProbe();
        await using var phone = Sipp.Take("agent-answer", calls: 1, ear.Port);
        await using var registered = await _center.RegisterAsync(phone.Port, "3310");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, "1735", [Caller], ear.Port);
        await ear.HearsForAsync(TimeSpan.FromSeconds(1));
        (await _center.CallAsync(Caller)).State.ShouldBe("QUEUED", "the agent is in none of the queue's tiers");
        await _floor.ChangeAsync(queue, "1735", ("method", "RANDOM"));
        await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(Caller, "CONNECTED"));
        await Task.WhenAll(phone.ShouldSucceedAsync(), calling.ShouldSucceedAsync());
        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.Story.ShouldBe(["call_received", "call_queued", "call_offered", "call_answered", "call_ended"]);
        call.WaitSeconds!.Value.ShouldBeGreaterThan(0.9);
    }

    [Fact]
    public async Task Callers_are_told_their_place_and_the_queues_words_in_its_language()
    {
        const string Words = "Bitte halten Sie Ihre Kundennummer bereit.";
        await _floor.QueueAsync("1736", ("language", "de"), ("announcements", new { texts = new[] { Words }, everySeconds = 0 }));

        // The first caller has it spoken, the second hears it from the beginning.
        string[] wanted = [ClipOf("Sie sind Nummer 1 in der Warteschlange."), ClipOf(Words)];
        await using var firstEar = new AudioProbe();
        await using (var first = Sipp.Call("caller", shared.Server.Sip, "1736", ["49319301"], firstEar.Port))
        {
            await Eventually.BecomesAsync(() => Array.TrueForAll(wanted, clip => File.Exists(Path.Combine(shared.Server.DataFolder, "prompts", $"{clip}.wav"))), there => there, "the words are spoken");
            await CenterClient.TellToHangUpAsync(first, await _center.CallAsync("49319301"));
            await first.ShouldSucceedAsync();
        }

        await _center.CallBecomesAsync("49319301", "ENDED");
        await using var ear = new AudioProbe();
        await using var second = Sipp.Call("caller", shared.Server.Sip, "1736", ["49319302"], ear.Port);
        await ear.HearsForAsync(TimeSpan.FromSeconds(8));
        await CenterClient.TellToHangUpAsync(second, await _center.CallAsync("49319302"));
        await second.ShouldSucceedAsync();
        var (clips, end) = SpokenPrompts.In(shared.Server.DataFolder).RecogniseStart(ear.Heard);
        clips.ShouldBe(wanted);
        Sound.Level(ear.Heard.AsSpan(end..)).ShouldBeInRange(0.02, 0.3, "music");

        // The name under which a spoken text is kept.
        static string ClipOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"espeak-ng de 155\n{text}")).AsSpan(0, 16));
    }
}
