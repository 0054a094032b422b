using System.Collections.Concurrent;
using System.Diagnostics;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Routing;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Acd.Bench;

/// <summary>
/// The router on a real store and a switch without wires: 400 agents who sign in over a second, answer at once and talk for 1 s, no wrap-up, 1,000 callers waiting at the start, 100 more a second; beside them 1,000 callers
/// of a queue whose skill nobody has, who rank before all others. Measured is the time from an agent's hanging up to the next call at that agent's phone, as long as somebody waits whom the agent can take.
/// All of it happens twice, and the second time counts: a center that has taken calls before runs compiled code.
/// </summary>
internal sealed class Floor(PostgresFixture postgres)
{
    private const int Agents = 400;
    private const int Backlog = 1_000;
    private const int Rate = 100;
    private const int Seconds = 20;
    private const int Calls = Backlog + (Rate * Seconds);
    private static readonly TimeSpan Talk = TimeSpan.FromSeconds(1);

    private readonly FakeSwitch _switch = new();
    private readonly ConcurrentDictionary<string, (long Since, int Waiting)> _freeSince = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<double> _toOffer = [];
    private int _waiting;

    public async Task PrintAsync()
    {
        await using var center = await CenterHarness.CreateAsync(postgres);
        var now = DateTimeOffset.UtcNow;
        var (main, rare) = (new Queue(Guid.CreateVersion7(), new QueueSettings("Main", "1000", WrapUpSeconds: 0) { Announcements = new(EverySeconds: 0) }, now),
            new Queue(Guid.CreateVersion7(), new QueueSettings("Rare", "1001", WrapUpSeconds: 0) { Priority = 50, Skills = [new SkillNeed("klingon", 1)], Announcements = new(EverySeconds: 0) }, now));
        var agents = Enumerable.Range(2001, Agents).Select(extension => new AgentCreated(Guid.CreateVersion7(), $"Agent {extension}", $"{extension}", [main.Id, rare.Id], now)).ToList();
        await center.Store.AppendAsync([.. agents.Select(agent => new StreamAppend(agent.AgentId, Agent.StreamType, ExpectedVersion.NoStream, [EventData.Of(agent)]))], EventMetadata.None);
        var prompts = await Prompts.CreateAsync(Path.Combine(Path.GetTempPath(), "callcenter-test-prompts"), NullLogger.Instance);
        _switch.Originated = Ring;
        await using var router = new Router(center.Store, _switch, new WaitingAudio(prompts), TimeProvider.System, NullLogger<Router>.Instance);
        await router.StartAsync(new FloorSnapshot([main, rare], [.. agents.Select(agent => new AgentSnapshot(Agent.Evolve(Agent.Initial, agent), 1))], [], await center.Store.HighWaterMarkAsync(), now), default);
        for (var i = 0; i < Backlog; i++)
        {
            _switch.Call("1001", $"7{i}");
        }

        await UntilAsync(center, $"select count(*) = {Backlog} from calls.visits", "the rare callers do not wait");
        await ServeAsync(center, agents, round: 0);
        foreach (var agent in agents)
        {
            _switch.Notify(new PhoneUnregistered(agent.Extension!));
        }

        _freeSince.Clear();
        _toOffer.Clear();
        var used = await ServeAsync(center, agents, round: 1);
        var toOffer = _toOffer.Order().ToList();
        Console.WriteLine(FormattableString.Invariant(
            $"from an agent's hanging up to the next call at that phone, with callers waiting ({toOffer.Count} times): p50 {toOffer[toOffer.Count / 2]:F1} ms, p99 {toOffer[toOffer.Count * 99 / 100]:F1} ms, longest {toOffer[^1]:F1} ms"));
        Console.WriteLine(FormattableString.Invariant($"CPU {used.TotalSeconds * 1000 / Calls:F2} s per 1,000 calls, routing, store, read models and the simulated phones together"));
    }

    /// <summary>The backlog comes, then the agents, then the others; returns the process's CPU time since the agents came, when all calls have been served.</summary>
    private async Task<TimeSpan> ServeAsync(CenterHarness center, IReadOnlyList<AgentCreated> agents, int round)
    {
        var first = round * Calls;
        for (var i = 0; i < Backlog; i++)
        {
            Call(first + i);
        }

        await UntilAsync(center, $"select count(*) = {Backlog + first + Backlog} from calls.visits", "the callers do not wait");
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var started = Stopwatch.GetTimestamp();

        // Over a second, as long as a talk: on no floor do 400 agents hang up in the same millisecond.
        for (var signedIn = 0; signedIn < Agents;)
        {
            await Task.Delay(5);
            for (; signedIn < Stopwatch.GetElapsedTime(started).TotalSeconds * Agents && signedIn < Agents; signedIn++)
            {
                _switch.Notify(new PhoneRegistered(agents[signedIn].Extension!));
            }
        }

        started = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < Rate * Seconds;)
        {
            await Task.Delay(10);
            for (; sent < Stopwatch.GetElapsedTime(started).TotalSeconds * Rate && sent < Rate * Seconds; sent++)
            {
                Call(first + Backlog + sent);
            }
        }

        await UntilAsync(center, $"select count(*) = {first + Calls} from calls.calls where outcome = 'Handled'", "not every call was handled");
        return Process.GetCurrentProcess().TotalProcessorTime - cpu;
    }

    private void Call(int number)
    {
        Interlocked.Increment(ref _waiting);
        _switch.Call("1000", $"8{number}");
    }

    /// <summary>A phone rings: it answers at once, and hangs up after the talk.</summary>
    private void Ring(LegId leg, string extension)
    {
        Interlocked.Decrement(ref _waiting);

        // Only where somebody waited for this agent, whoever else got free at the same moment.
        if (_freeSince.TryRemove(extension, out var free) && free.Waiting > Agents)
        {
            _toOffer.Add(Stopwatch.GetElapsedTime(free.Since).TotalMilliseconds);
        }

        _switch.Notify(new LegAnswered(leg));
        _ = Task.Delay(Talk).ContinueWith(
            _ =>
            {
                _freeSince[extension] = (Stopwatch.GetTimestamp(), Volatile.Read(ref _waiting));
                _switch.Notify(new LegEnded(leg, LegEndReason.RemoteHangUp, null, null));
            }, TaskScheduler.Default);
    }

    private static async Task UntilAsync(CenterHarness center, string condition, string complaint)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await using var command = center.Source.CreateCommand(condition);
            if (await command.ExecuteScalarAsync() is true)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(2))
            {
                throw new TimeoutException($"After two minutes {complaint}.");
            }

            await Task.Delay(100);
        }
    }
}
