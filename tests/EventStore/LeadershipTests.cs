using System.Collections.Concurrent;
using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class LeadershipTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly string[] Units = ["a", "b", "c", "d"];
    private static readonly TimeSpan TakeoverLimit = TimeSpan.FromSeconds(5);

    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_node_alone_leads_everything()
    {
        await using var node = new Node(_harness.ConnectionString, "first", Units);

        await Eventually.TrueAsync(() => Task.FromResult(node.Led.Count == Units.Length), "it leads all units");

        node.Leadership.Status.ShouldBe(Units.Select(unit => new LeadershipStatus(unit, LeadershipState.Leading, Error: null)));
    }

    [Fact]
    public async Task A_node_that_joins_gets_its_share_and_one_that_leaves_gives_it_back()
    {
        await using var first = new Node(_harness.ConnectionString, "first", Units);
        await Eventually.TrueAsync(() => Task.FromResult(first.Led.Count == Units.Length), "the first leads all");

        await using (var second = new Node(_harness.ConnectionString, "second", Units))
        {
            await Eventually.TrueAsync(() => Task.FromResult(first.Led.Count == 2 && second.Led.Count == 2), "each leads two");
            second.Led.Keys.Concat(first.Led.Keys).Order().ShouldBe(Units);
        }

        await Eventually.TrueAsync(() => Task.FromResult(first.Led.Count == Units.Length), "the first leads all again", TakeoverLimit);
        first.Doubles.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_killed_node_led_is_led_by_another_within_five_seconds()
    {
        await _harness.ExecuteAsync("create role doomed superuser login");
        await using var killed = new Node(_harness.ConnectionString, "killed", Units, user: "doomed");
        await Eventually.TrueAsync(() => Task.FromResult(killed.Led.Count == Units.Length), "the first leads all");
        await using var standby = new Node(_harness.ConnectionString, "standby", Units);
        await Eventually.TrueAsync(() => Task.FromResult(killed.Led.Count == 2 && standby.Led.Count == 2), "each leads two");

        // To PostgreSQL this is what kill -9 looks like: all sessions end at once, and none comes back.
        await _harness.ScalarAsync<long>("alter role doomed nologin; select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'doomed'");

        await Eventually.TrueAsync(() => Task.FromResult(standby.Led.Count == Units.Length), "the other leads all", TakeoverLimit);
    }

    [Fact]
    public async Task A_leader_whose_session_is_ended_notices_though_it_writes_nothing_and_somebody_leads_again()
    {
        await using var first = new Node(_harness.ConnectionString, "first", ["a"]);
        await using var second = new Node(_harness.ConnectionString, "second", ["a"]);
        await Eventually.TrueAsync(() => Task.FromResult(first.Led.Count + second.Led.Count == 1), "one leads");
        var leader = first.Led.IsEmpty ? second : first;
        var terms = first.Terms + second.Terms;

        await _harness.ScalarAsync<bool>($"select pg_terminate_backend({leader.Led["a"]})");

        await Eventually.TrueAsync(
            () => Task.FromResult(first.Terms + second.Terms > terms && first.Led.Count + second.Led.Count == 1), "one leads again", TakeoverLimit);
    }

    [Fact]
    public async Task Work_that_fails_on_one_node_is_done_by_another_and_its_error_is_told()
    {
        await using var broken = new Node(_harness.ConnectionString, "broken", Units) { Defect = "out of order" };
        await Eventually.TrueAsync(() => Task.FromResult(broken.Leadership.Status.All(status => status.State == LeadershipState.Failed)), "it fails");
        await using var sound = new Node(_harness.ConnectionString, "sound", Units);

        await Eventually.TrueAsync(() => Task.FromResult(sound.Led.Count == Units.Length), "the sound one leads all");

        broken.Leadership.Status.ShouldAllBe(status => status.Error == "out of order");
        broken.Defect = null;
        await Eventually.TrueAsync(() => Task.FromResult(broken.Led.Count == 2 && sound.Led.Count == 2), "each leads two");
    }

    [Fact]
    public async Task All_sessions_lost_again_and_again_end_nothing()
    {
        await using var first = new Node(_harness.ConnectionString, "first", Units);
        await using var second = new Node(_harness.ConnectionString, "second", Units);
        for (var round = 0; round < 3; round++)
        {
            await Eventually.TrueAsync(() => Task.FromResult(first.Led.Count == 2 && second.Led.Count == 2), "each leads two");
            await _harness.ScalarAsync<long>(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        }

        await Eventually.TrueAsync(() => Task.FromResult(first.Led.Count == 2 && second.Led.Count == 2), "each leads two");
    }

    [Fact]
    public async Task Standing_twice_for_one_unit_is_refused()
    {
        await using var node = new Node(_harness.ConnectionString, "first", ["a"]);

        (await Should.ThrowAsync<ArgumentException>(() => node.Leadership.RunAsync("a", (_, _) => Task.CompletedTask, default))).Message.ShouldContain("'a'");
    }

    /// <summary>A node whose work is to hold on to a unit until the term ends.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private static readonly ConcurrentDictionary<string, int> Leaders = new(StringComparer.Ordinal);

        private readonly NpgsqlDataSource _dataSource;
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _running;
        private readonly string _database;
        private int _doubles;
        private int _terms;

        public Node(string connectionString, string name, IReadOnlyList<string> units, string? user = null)
        {
            var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = name };
            settings.Username = user ?? settings.Username;
            _database = settings.Database!;
            _dataSource = NpgsqlDataSource.Create(settings.ConnectionString);
            Leadership = new Leadership(_dataSource, TimeProvider.System, NullLogger.Instance);
            _running = Task.WhenAll(units.Select(unit => Leadership.RunAsync(unit, (term, ct) => HoldAsync(unit, term, ct), _stop.Token)));
        }

        public Leadership Leadership { get; }

        public string? Defect { get; set; }

        /// <summary>The units led now, each with its PostgreSQL process.</summary>
        public ConcurrentDictionary<string, int> Led { get; } = new(StringComparer.Ordinal);

        public int Terms => Volatile.Read(ref _terms);

        /// <summary>How often a term began while another was under way; meaningful where no session is killed.</summary>
        public int Doubles => Volatile.Read(ref _doubles);

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(_running);
            await Leadership.DisposeAsync();
            await _dataSource.DisposeAsync();
            _stop.Dispose();
        }

        private async Task HoldAsync(string unit, LeaderTerm term, CancellationToken ct)
        {
            if (Defect is { } defect)
            {
                throw new InvalidOperationException(defect);
            }

            Interlocked.Increment(ref _terms);
            if (Leaders.AddOrUpdate($"{_database} {unit}", 1, (_, count) => count + 1) > 1)
            {
                Interlocked.Increment(ref _doubles);
            }

            Led[unit] = term.ProcessId;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ct, term.Ending);
            await Task.WhenAny(Task.Delay(Timeout.Infinite, over.Token));
            Led.TryRemove(unit, out _);
            Leaders.AddOrUpdate($"{_database} {unit}", 0, (_, count) => count - 1);
        }
    }
}
