using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Power cuts, as near as signals come to them, in the middle of calls.</summary>
public sealed class CrashTests : IAsyncLifetime
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly ServerProcess _server = new();

    [Fact]
    public async Task After_a_crash_of_everything_nothing_seen_is_missing_cut_calls_are_ended_and_new_calls_work()
    {
        using var center = await CenterClient.ConnectAsync(_server);
        await using var ear = new AudioProbe();
        await using var answering = Sipp.Take("agent-answer", calls: 10, ear.Port);
        await center.RegisterAsync(answering.Port, "2001", "2002");
        string[] talking = ["49306001", "49306002"];
        string[] waiting = ["49306003", "49306004"];
        await using var first = Sipp.Call("caller", _server.Sip, CenterClient.Support, talking, ear.Port);
        await center.CallsBecomeAsync(talking, c => c.State == "CONNECTED", "are connected");
        await using var second = Sipp.Call("caller", _server.Sip, CenterClient.Support, waiting, ear.Port);
        await center.CallsBecomeAsync(waiting, c => c.State == "QUEUED", "wait");

        // Callers who come and go keep the store writing until the very end.
        var passing = Enumerable.Range(0, 60).Select(i => $"4930610{i:D2}").ToList();
        await using var storm = Sipp.Call("caller-abandon", _server.Sip, CenterClient.Sales, passing, ear.Port, pause: TimeSpan.FromMilliseconds(200));
        await Eventually.BecomesAsync(() => center.CallsAsync(passing), calls => calls.Count > 0, "callers pass by");
        var seen = await center.EventsAsync();
        await _server.KillWithPostgresAsync();

        await _server.StartAsync();
        using var again = await CenterClient.ConnectAsync(_server);
        var trail = await again.EventsAsync();
        trail.Take(seen.Count).Select(e => $"{e}").ShouldBe(seen.Select(e => $"{e}"));
        ReasonsOfSigningOut(trail).ShouldBe(["system-restart", "system-restart"]);
        var cut = await again.CallsBecomeAsync([.. talking, .. waiting], c => c.State == "ENDED", "are ended");
        foreach (var call in cut)
        {
            (call.Outcome, call.Cause, call.Story.Last()).ShouldBe(("FAILED", "system-restart", "call_ended"));
            call.EndedAt.ShouldBe(call.Timeline[^2].At, "nobody knows that it lived any longer");
        }

        // Phones go on asking while nobody is there, so that some callers come to the new process.
        await Eventually.BecomesAsync(() => again.CallsAsync(passing), calls => calls.All(c => c.State == "ENDED"), "who passed by has gone");
        await ShouldServeAsync(again, "49306005");
    }

    [Fact]
    public async Task When_only_PostgreSQL_is_killed_calls_go_on_and_nothing_is_lost()
    {
        const string Talking = "49306201";
        const string Coming = "49306202";
        using var center = await CenterClient.ConnectAsync(_server);
        await using var callersPhone = new AudioProbe(G711.Pcmu, CallersTone);
        await using var agentsPhone = new AudioProbe(G711.Pcma, AgentsTone);
        await using var answering = Sipp.Take("agent-answer", calls: 2, agentsPhone.Port, G711.Pcma);
        await center.RegisterAsync(answering.Port, "2001");
        await using var talk = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Talking], callersPhone.Port);
        var call = await center.CallBecomesAsync(Talking, "CONNECTED");
        await Task.WhenAll(callersPhone.HearsToneAsync(AgentsTone), agentsPhone.HearsToneAsync(CallersTone));
        var seen = await center.EventsAsync();
        var killed = _server.PostgresProcessId!.Value;
        Signals.Send("KILL", killed);

        // Who calls now is taken when the database is back; who talks notices nothing.
        await using var come = Sipp.Call("caller", _server.Sip, CenterClient.Support, [Coming], callersPhone.Port);
        var heardUntilNow = agentsPhone.Heard.Length;
        await Eventually.BecomesAsync(() => _server.PostgresProcessId, pid => pid is { } now && now != killed, "PostgreSQL is started again");
        await Eventually.BecomesAsync(() => center.GraphQL.AnswerAsync("{ queues { id } }"), answer => !answer.TryGetProperty("errors", out _), "reports are back");
        await Eventually.BecomesAsync(() => agentsPhone.Heard.Length, heard => heard > heardUntilNow + Sound.SampleRate, "the caller is still heard");
        await agentsPhone.HearsToneAsync(CallersTone);

        (await center.EventsAsync()).Take(seen.Count).Select(e => $"{e}").ShouldBe(seen.Select(e => $"{e}"));
        await CenterClient.TellToHangUpAsync(talk, call);
        await CenterClient.TellToHangUpAsync(come, await center.CallBecomesAsync(Coming, "CONNECTED"));
        await Task.WhenAll(talk.ShouldSucceedAsync(), come.ShouldSucceedAsync(), answering.ShouldSucceedAsync());
        (await center.CallsBecomeAsync([Talking, Coming], c => c.State == "ENDED", "are ended")).ShouldAllBe(c => c.Outcome == "HANDLED");
        Signals.IsAlive(_server.ProcessId).ShouldBeTrue();
    }

    [Fact]
    public async Task SIGTERM_ends_live_calls_stops_PostgreSQL_and_leaves_nothing_to_repair()
    {
        using var center = await CenterClient.ConnectAsync(_server);
        await using var ear = new AudioProbe();
        await using var answering = Sipp.Take("agent-answer", calls: 2, ear.Port);
        await center.RegisterAsync(answering.Port, "2001");
        string[] callers = ["49306301", "49306302"];
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, callers, ear.Port);
        await Eventually.BecomesAsync(() => center.CallsAsync(callers), calls => calls.Select(c => c.State).Order(StringComparer.Ordinal).SequenceEqual(["CONNECTED", "QUEUED"]), "one talks, one waits");

        (await _server.StopAsync()).ShouldBe(0);

        await calling.ShouldSucceedAsync();
        _server.PostgresProcessId.ShouldBeNull();
        await _server.StartAsync();
        using var again = await CenterClient.ConnectAsync(_server);
        var calls = await again.CallsBecomeAsync(callers, c => c.State == "ENDED", "are ended");
        calls.ShouldAllBe(c => c.Cause == "system-shutdown");
        ReasonsOfSigningOut(await again.EventsAsync()).ShouldBe(["system-shutdown"]);
        await ShouldServeAsync(again, "49306303");
        await answering.ShouldSucceedAsync();
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    private static IEnumerable<string?> ReasonsOfSigningOut(IEnumerable<EventRecord> trail) =>
        trail.Where(e => e.Type == "agent_signed_out").Select(e => e.Data.GetProperty("Reason").GetString());

    // By the phones that were registered before: they do not know that the server was away.
    private async Task ShouldServeAsync(CenterClient center, string caller)
    {
        await using var ear = new AudioProbe();
        await using var calling = Sipp.Call("caller", _server.Sip, CenterClient.Support, [caller], ear.Port);
        await CenterClient.TellToHangUpAsync(calling, await center.CallBecomesAsync(caller, "CONNECTED"));
        await calling.ShouldSucceedAsync();
        (await center.CallsBecomeAsync([caller], c => c.Outcome is not null, "is ended"))[0].Outcome.ShouldBe("HANDLED");
    }
}
