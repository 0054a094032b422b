using System.Diagnostics;
using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Many callers, several agents: what the record and the figures say is what the phones saw.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class FloorTests(SharedCenter shared)
{
    private static readonly string[] Agents = ["2001", "2002", "2003", "2004", "2005"];
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task Twenty_callers_at_once_are_all_answered_by_five_agents_and_the_figures_agree_with_the_phones()
    {
        var from = DateTimeOffset.UtcNow;
        var callers = Enumerable.Range(0, 20).Select(i => $"4930100{i:D2}").ToList();
        await using var callersEar = new AudioProbe();
        await using var agentsEar = new AudioProbe();
        await using var phones = Sipp.Take("agent-hangs-up", callers.Count, agentsEar.Port, pause: TimeSpan.FromSeconds(1));
        await using var registration = await _center.RegisterAsync(phones.Port, Agents);

        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, callers, callersEar.Port);
        var seen = await calling.ShouldSucceedAsync();
        var answered = await phones.ShouldSucceedAsync();

        (seen.Successful, answered.Successful).ShouldBe((20, 20));
        var calls = await _center.CallsBecomeAsync(callers, c => c.Story.Contains("wrap_up_completed", StringComparer.Ordinal), "are wrapped up");
        foreach (var call in calls)
        {
            (call.Outcome, call.Cause, call.To).ShouldBe(("HANDLED", "hang-up", CenterClient.Support));
            call.Story.ShouldBe(["call_received", "call_queued", "call_offered", "call_answered", "call_ended", "wrap_up_started", "wrap_up_completed"]);
            call.Timeline.Select(e => e.Version).ShouldBe(Enumerable.Range(1, call.Timeline.Count()));
            call.Timeline.Select(e => long.Parse(e.Position)).ShouldBeInOrder();
            call.Timeline.Select(e => e.At).ShouldBeInOrder();
        }

        ShouldServeOneAtATime(calls);
        var kpis = await _center.KpisAsync(CenterClient.Support, from);
        (kpis.ContactsOffered, kpis.ContactsHandled, kpis.ContactsAbandoned, kpis.AgentNonResponse).ShouldBe((seen.Successful, seen.Successful, seen.Failed, 0));
        kpis.AverageSpeedOfAnswerSeconds!.Value.ShouldBe(Mean(calls, "call_queued", "call_answered"), 0.002);
        kpis.AverageTalkSeconds!.Value.ShouldBe(Mean(calls, "call_answered", "call_ended"), 0.002);
        kpis.AverageAfterCallWorkSeconds!.Value.ShouldBe(Mean(calls, "wrap_up_started", "wrap_up_completed"), 0.002);
        (kpis.AverageSpeedOfAnswerSeconds + kpis.AverageTalkSeconds)!.Value.ShouldBe(seen.Times.Average(t => t.TotalSeconds), 5, "what the callers' clocks show");
        await _center.StatusBecomesAsync("AVAILABLE", Agents);
    }

    [Fact]
    public async Task Callers_who_hang_up_while_they_wait_are_abandoned_after_the_wait_that_they_had()
    {
        var from = DateTimeOffset.UtcNow;
        string[] callers = ["49302001", "49302002", "49302003"];
        var patience = TimeSpan.FromSeconds(2);
        await using var ear = new AudioProbe();
        var clock = Stopwatch.StartNew();
        await using var calling = Sipp.Call("caller-abandon", shared.Server.Sip, CenterClient.Support, callers, ear.Port, pause: patience);
        await calling.ShouldSucceedAsync();
        var longest = clock.Elapsed;

        var calls = await _center.CallsBecomeAsync(callers, c => c.Outcome == "ABANDONED", "are abandoned");

        calls.ShouldAllBe(c => c.Story.SequenceEqual(new[] { "call_received", "call_queued", "call_abandoned", "call_ended" }));
        calls.ShouldAllBe(c => c.WaitSeconds >= patience.TotalSeconds - 0.05 && c.WaitSeconds <= longest.TotalSeconds);
        var kpis = await _center.KpisAsync(CenterClient.Support, from);
        (kpis.ContactsOffered, kpis.ContactsHandled, kpis.ContactsAbandoned).ShouldBe((3, 0, 3));
        kpis.AverageTimeToAbandonSeconds!.Value.ShouldBe(calls.Average(c => c.WaitSeconds!.Value), 0.002);
    }

    [Fact]
    public async Task A_caller_who_cancels_before_the_answer_is_abandoned()
    {
        const string Caller = "49302101";
        await using var ear = new AudioProbe();

        // Nothing is answered before it is durable: a database that stands still keeps the call unanswered for as long as the caller needs.
        var database = Signals.ChildrenOf(shared.Server.PostgresProcessId!.Value);
        var clock = Stopwatch.StartNew();
        Signals.Send("STOP", database);
        try
        {
            await using var calling = Sipp.Call("caller-cancel", shared.Server.Sip, CenterClient.Support, [Caller], ear.Port, pause: TimeSpan.FromSeconds(1));
            await calling.ShouldSucceedAsync();
        }
        finally
        {
            Signals.Send("CONT", database);
        }

        var longest = clock.Elapsed;
        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.Outcome.ShouldBe("ABANDONED");
        call.WaitSeconds!.Value.ShouldBeInRange(0.95, longest.TotalSeconds);
    }

    /// <summary>No agent's calls overlap, from the offer to the end of the wrap-up.</summary>
    private static void ShouldServeOneAtATime(IEnumerable<CallRecord> calls)
    {
        foreach (var agent in calls.GroupBy(c => c.Agent!.Extension, StringComparer.Ordinal))
        {
            var served = agent.OrderBy(c => c.At("call_offered")).ToList();
            foreach (var (earlier, later) in served.Zip(served.Skip(1)))
            {
                later.At("call_offered").ShouldBeGreaterThanOrEqualTo(earlier.At("wrap_up_completed"), $"agent {agent.Key}");
            }
        }
    }

    private static double Mean(IEnumerable<CallRecord> calls, string begin, string end) => calls.Average(c => (c.At(end) - c.At(begin)).TotalSeconds);
}
