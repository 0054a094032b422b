using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TimerNodeTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Count = 400;
    private StoreHarness _harness = null!;
    private DurableTimers _timers = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        _timers = new DurableTimers(_harness.DataSource, TimeProvider.System);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Hundreds_of_timers_on_two_nodes_have_one_effect_each_though_sessions_are_killed_all_the_while()
    {
        var now = DateTimeOffset.UtcNow;
        await _timers.ScheduleAsync([.. Enumerable.Range(0, Count).Select(i => new TimerRequest(Guid.NewGuid(), "append", now.AddMilliseconds(i * 5), "{}"))]);
        await using var first = new Node(_harness.ConnectionString, "first");
        await using var second = new Node(_harness.ConnectionString, "second");

        for (var round = 1; round <= 6; round++)
        {
            var rest = Count - (Count * round / 8);
            await Eventually.TrueAsync(async () => (await _timers.CountAsync()).Pending <= rest, "timers go on firing");
            await _harness.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{(round % 2 == 0 ? "first" : "second")}'");
        }

        await Eventually.TrueAsync(async () => await _timers.CountAsync() == new TimerCounts(0, 0, TimeSpan.Zero), "all have fired");
        (await _harness.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(Count);
        (await _harness.ScalarAsync<long>("select count(distinct stream_id) from mt_events")).ShouldBe(Count);
        first.Fired.ShouldBeGreaterThan(0);
        second.Fired.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_a_killed_node_was_firing_another_fires()
    {
        await _harness.ExecuteAsync("create role doomed_timers superuser login");
        await using (var killed = new Node(_harness.ConnectionString, "killed", user: "doomed_timers", hangs: true))
        {
            var id = Guid.NewGuid();
            await _timers.ScheduleAsync(new TimerRequest(id, "append", DateTimeOffset.UtcNow, "{}"));
            await Eventually.TrueAsync(async () => await _timers.FindAsync(id) is { IsFiring: true }, "the first node is firing it");
            await using var other = new Node(_harness.ConnectionString, "other");

            // To PostgreSQL this is what kill -9 looks like: all sessions end at once, and none comes back.
            await _harness.ScalarAsync<long>("alter role doomed_timers nologin; select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'doomed_timers'");

            await Eventually.TrueAsync(async () => await _timers.FindAsync(id) is null, "the other fires it");
            (killed.Fired, other.Fired).ShouldBe((1, 1));
        }

        (await _harness.ScalarAsync<long>("select count(*) from mt_events")).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_stopped_node_was_firing_is_left_to_the_next()
    {
        var id = Guid.NewGuid();
        await _timers.ScheduleAsync(new TimerRequest(id, "append", DateTimeOffset.UtcNow, "{}"));
        await using (new Node(_harness.ConnectionString, "stopped", hangs: true))
        {
            await Eventually.TrueAsync(async () => await _timers.FindAsync(id) is { IsFiring: true }, "it is firing");
        }

        (await _timers.FindAsync(id))!.IsFiring.ShouldBeFalse();
        await using var next = new Node(_harness.ConnectionString, "next");
        await Eventually.TrueAsync(async () => await _timers.FindAsync(id) is null, "the next fires it");
        next.Fired.ShouldBe(1);
    }

    /// <summary>A node whose timers append one event to a stream of their own, as they ought to: under the firing id.</summary>
    private sealed class Node : ITimerHandler, IAsyncDisposable
    {
        private readonly NpgsqlDataSource _dataSource;
        private readonly PostgresEventStore _store;
        private readonly TimerRuntime _runtime;
        private int _fired;

        public Node(string connectionString, string name, string? user = null, bool hangs = false)
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = name };
            settings.Username = user ?? settings.Username;
            _dataSource = NpgsqlDataSource.Create(settings.ConnectionString);
            _store = new PostgresEventStore(_dataSource, StoreHarness.Types, TimeProvider.System, NullLogger.Instance);
            _runtime = new TimerRuntime(_dataSource, [this], TimeProvider.System, NullLogger.Instance);
            Hangs = hangs;
            _runtime.Start();
        }

        public string Kind => "append";

        public bool Hangs { get; }

        public int Fired => Volatile.Read(ref _fired);

        public async Task FireAsync(DueTimer timer, CancellationToken ct)
        {
            Interlocked.Increment(ref _fired);
            if (Hangs)
            {
                await Task.Delay(Timeout.Infinite, ct);
            }

            await _store.AppendAsync([StoreHarness.To(timer.Id, ExpectedVersion.Any, new Counted(1))], EventMetadata.None, timer.FiringId, ct);
        }

        public async ValueTask DisposeAsync()
        {
            await _runtime.DisposeAsync();
            await _store.DisposeAsync();
            await _dataSource.DisposeAsync();
        }
    }
}
