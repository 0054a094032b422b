using System.Diagnostics;

using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Routing.Ivr;
using CallCenter.Telephony;
using CallCenter.Telephony.Media;
using CallCenter.Testing;

using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.Routing.Tests;

/// <summary>A router on a real store and a fake switch: one queue at number 1000, agents at 2001, 2002, ...</summary>
internal sealed class RoutingHarness : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly Calendar Always = Calendar.Evolve(Calendar.Initial, new CalendarConfigured(
        new Guid("0194f000-0000-7000-8000-00000000000c"),
        new CalendarSettings("Always", "UTC", [.. Enum.GetValues<DayOfWeek>().Select(day => new WeekdayHours(day, new OpenHours(TimeOnly.MinValue, TimeOnly.MinValue)))], []), DateTimeOffset.UnixEpoch));

    private readonly CenterHarness _center;
    private Router? _router;
    private Lookups _lookups = new(new Dictionary<string, string>(StringComparer.Ordinal), TimeProvider.System);

    private RoutingHarness(CenterHarness center) => _center = center;

    public FakeSwitch Switch { get; } = new();

    public Guid QueueId { get; } = Guid.CreateVersion7();

    public IReadOnlyList<Guid> Agents { get; private set; } = [];

    public FakeMailboxes Mailboxes { get; } = new();

    /// <summary>What the router begins with.</summary>
    public FloorSnapshot Floor { get; private set; } = null!;

    public PostgresEventStore Store => _center.Store;

    public Npgsql.NpgsqlDataSource Source => _center.Source;

    public Router Router => _router!;

    /// <summary>Agent 0 signs in anywhere by this number and PIN.</summary>
    public const string Login = "77#1234#";

    public TimeSpan ParkTime { get; private init; }

    /// <summary>Who served numbers before the router begins.</summary>
    public IReadOnlyList<(string Number, Guid AgentId)> Served { get; set; } = [];

    public static async Task<RoutingHarness> StartAsync(PostgresFixture postgres, int agents = 2, int wrapUpSeconds = 1, IReadOnlyList<Guid>? liveCalls = null, TimeSpan? parkTime = null, QueueSettings? settings = null, Func<QueueSettings, QueueSettings>? with = null, bool run = true, bool dialsOut = false)
    {
        var harness = new RoutingHarness(await CenterHarness.CreateAsync(postgres)) { ParkTime = parkTime ?? TimeSpan.FromMinutes(1) };
        harness._lookups = new Lookups(new Dictionary<string, string>(StringComparer.Ordinal) { ["center"] = harness.Source.ConnectionString }, TimeProvider.System);
        var now = DateTimeOffset.UtcNow;
        settings = (with ?? (usual => usual))(settings ?? new QueueSettings("Support", "1000", WrapUpSeconds: wrapUpSeconds));
        await harness._center.AppendAsync(harness.QueueId, Queue.StreamType, new QueueCreated(harness.QueueId, settings, now));
        var snapshots = new List<AgentSnapshot>();
        for (var i = 0; i < agents; i++)
        {
            var created = new AgentCreated(Guid.CreateVersion7(), $"Agent {i}", $"{2001 + i}", [harness.QueueId], now);
            await harness._center.AppendAsync(created.AgentId, Agent.StreamType, created);
            snapshots.Add(new AgentSnapshot(Agent.Evolve(Agent.Initial, created), 1));
        }

        harness.Agents = [.. snapshots.Select(a => a.State.Id)];
        harness.Floor = new FloorSnapshot([new Queue(harness.QueueId, settings, now)], snapshots, liveCalls ?? [], 0, now)
        {
            Calendars = [Always],
            DialPlan = dialsOut ? new DialPlan([new NumberRule("", DialClass.International, "provider")], now) : null,
        };
        if (run)
        {
            await harness.RunAsync(harness.Floor);
        }

        return harness;
    }

    public async Task RunAsync(FloorSnapshot floor)
    {
        var prompts = await Prompts.CreateAsync(Path.Combine(Path.GetTempPath(), "callcenter-test-prompts"), NullLogger.Instance);
        _router = new Router(Store, Switch, new WaitingAudio(prompts), TimeProvider.System, NullLogger<Router>.Instance)
        {
            ParkTime = ParkTime,
            Mailboxes = Mailboxes,
            ServedBefore = _ => Task.FromResult(Served),
            LengthWarning = TimeSpan.FromSeconds(59.5),
            Logins = (number, pin, _) => Task.FromResult<Guid?>($"{number}#{pin}#" == Login ? Agents[0] : null),
            Ivr = new IvrEquipment(prompts, Path.GetTempPath(), _lookups, NullLogger<IvrEquipment>.Instance),
        };
        await _router.StartAsync(floor, default);
    }

    public Task AppendAsync(Guid stream, string type, params IReadOnlyList<DomainEvent> events) => _center.AppendAsync(stream, type, events);

    /// <summary>Registers a phone and waits until its agent is available.</summary>
    public async Task RegisterAsync(int agent)
    {
        Switch.Notify(new PhoneRegistered($"{2001 + agent}"));
        await AgentIsAsync(agent, AgentStatus.Available);
    }

    public Task VerbAsync(string verb) => UntilAsync(() => Task.FromResult(Switch.Verbs.Contains(verb, StringComparer.Ordinal)), () => $"no \"{verb}\" among: {string.Join("; ", Switch.Verbs)}");

    public async Task<LegId> OriginatedAsync(int agent, int times = 1)
    {
        string[] Found() => [.. Switch.Verbs.Where(v => v.StartsWith("Originate", StringComparison.Ordinal) && v.Contains($" {2001 + agent} ", StringComparison.Ordinal))];
        await UntilAsync(() => Task.FromResult(Found().Length >= times), () => $"agent {agent} was not called {times} times: {string.Join("; ", Switch.Verbs)}");
        return new LegId(long.Parse(Found()[times - 1].Split(' ')[1]));
    }

    public Task AgentIsAsync(int agent, AgentStatus status) => UntilAsync(async () => (await AgentAsync(agent)).Status == status, () => $"agent {agent} is not {status}");

    /// <summary>Waits until the agent has had the status, however shortly.</summary>
    public Task AgentWasAsync(int agent, AgentStatus status) => UntilAsync(
        async () => (await Store.FetchStreamAsync(Agents[agent])).Any(e => e.Data is AgentStatusChanged changed && changed.Status == status), () => $"agent {agent} was never {status}");

    public async Task<Agent> AgentAsync(int agent) =>
        (await Store.FetchStreamAsync(Agents[agent])).Select(e => (AgentEvent)e.Data).Aggregate(Agent.Initial, Agent.Evolve);

    /// <summary>The events of the one call that has the caller's leg, by type.</summary>
    public async Task<IReadOnlyList<CallEvent>> EventsAsync(LegId caller)
    {
        var events = await ReadAllAsync();
        return [.. events.Where(e => string.Equals(e.Metadata.CorrelationId, $"sip-{caller.Value}", StringComparison.Ordinal)).Select(e => e.Data).OfType<CallEvent>()];
    }

    /// <summary>The same, with what is personal in plain.</summary>
    public async Task<IReadOnlyList<CallEvent>> RevealedAsync(LegId caller)
    {
        var stored = (await ReadAllAsync()).Where(e => e.Data is CallEvent && string.Equals(e.Metadata.CorrelationId, $"sip-{caller.Value}", StringComparison.Ordinal)).ToList();
        return [.. (await _center.Personal.RevealAsync(stored)).Select(e => (CallEvent)System.Text.Json.JsonSerializer.Deserialize(e.Json, e.Stored.Data.GetType(), EventJson.Options)!)];
    }

    /// <summary>The log to its present end.</summary>
    public async Task<IReadOnlyList<StoredEvent>> ReadAllAsync()
    {
        var events = new List<StoredEvent>();
        for (var after = 0L; ;)
        {
            var page = await Store.ReadAllAsync(after, 5_000);
            events.AddRange(page.Events);
            if (page.NextAfter == after)
            {
                return events;
            }

            after = page.NextAfter;
        }
    }

    /// <summary>Waits until the call's events are these.</summary>
    public async Task TellsAsync(LegId caller, params string[] types)
    {
        IReadOnlyList<CallEvent> events = [];
        await UntilAsync(
            async () => (events = await EventsAsync(caller)).Select(e => e.GetType().Name).SequenceEqual(types, StringComparer.Ordinal),
            () => $"events are {string.Join(", ", events.Select(e => e.GetType().Name))}");
    }

    /// <summary>Waits until the events of the only callback are these.</summary>
    public async Task<IReadOnlyList<CallbackEvent>> HasCallbackAsync(params string[] types)
    {
        IReadOnlyList<CallbackEvent> events = [];
        await UntilAsync(
            async () => (events = [.. (await ReadAllAsync()).Select(e => e.Data).OfType<CallbackEvent>()]).Select(e => e.GetType().Name).SequenceEqual(types, StringComparer.Ordinal),
            () => $"the callback's events are {string.Join(", ", events.Select(e => e.GetType().Name))}");
        return events;
    }

    /// <summary>Stops the router and starts another one with what the events tell; phones are not there until they register.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        var snapshots = new List<AgentSnapshot>();
        foreach (var agent in Agents)
        {
            var events = await Store.FetchStreamAsync(agent);
            snapshots.Add(new AgentSnapshot(events.Select(e => (AgentEvent)e.Data).Aggregate(Agent.Initial, Agent.Evolve), events.Count));
        }

        Switch.Renew();
        await RunAsync(new FloorSnapshot([new Queue(QueueId, new QueueSettings("Support", "1000"), DateTimeOffset.UtcNow)], snapshots, [], 0, DateTimeOffset.UtcNow));
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _lookups.DisposeAsync();
        await _center.DisposeAsync();
    }

    public async Task StopAsync()
    {
        if (_router is { } router)
        {
            _router = null;
            await router.DisposeAsync();
        }
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> complaint)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Stopwatch.GetElapsedTime(start).ShouldBeLessThan(Patience, complaint());
            await Task.Delay(10);
        }
    }
}
