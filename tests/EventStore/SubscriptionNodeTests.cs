using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SubscriptionNodeTests(PostgresFixture postgres) : IAsyncLifetime
{
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Under_failures_and_in_parallel_every_stream_keeps_its_order_and_everything_comes_once()
    {
        // Every third event fails at first, some twice; two are handled at once whenever there are two streams.
        var hook = new RecordingSubscription("hook") { Fails = (stored, attempt) => stored.Position % 3 == 0 && attempt <= 1 + (stored.Position % 2) };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);
        var streams = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToList();

        await Parallel.ForEachAsync(streams, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (stream, _) =>
        {
            for (var i = 1; i <= 30; i++)
            {
                await _harness.AppendAsync(stream, ExpectedVersion.Any, new Counted(i));
            }
        });

        await Eventually.TrueAsync(() => Task.FromResult(hook.Handled.Count >= 600), "all are handled");
        foreach (var stream in streams)
        {
            hook.Of(stream).ShouldBe(Enumerable.Range(1, 30));
        }

        await Eventually.TrueAsync(async () => await _harness.ScalarAsync<long>("select count(*) from callcenter.parked_events") == 0, "nothing is parked any more");
    }

    [Fact]
    public async Task Though_the_leader_is_killed_again_and_again_no_event_is_missed_and_no_stream_goes_backwards()
    {
        const int Streams = 10;
        const int PerStream = 60;
        RecordingSubscription[] hooks = [.. Enumerable.Range(0, 2).Select(_ => new RecordingSubscription("hook") { Fails = (stored, attempt) => stored.Position % 7 == 0 && attempt == 1 })];
        await using var first = await SubscriptionNode.StartAsync(_harness.ConnectionString, "first", hooks[0]);
        await using var second = await SubscriptionNode.StartAsync(_harness.ConnectionString, "second", hooks[1]);
        var streams = Enumerable.Range(0, Streams).Select(_ => Guid.NewGuid()).ToList();

        for (var i = 1; i <= PerStream; i++)
        {
            await _harness.Store.AppendAsync([.. streams.Select(stream => StoreHarness.To(stream, ExpectedVersion.Any, new Counted(i)))], EventMetadata.None);
            if (i % 20 == 0)
            {
                var before = hooks.Sum(hook => hook.Handled.Count);
                await Eventually.TrueAsync(() => Task.FromResult(hooks.Sum(hook => hook.Handled.Count) > before || before >= i * Streams), "events go on being handled");
                var leader = first.Runtime.Status[0].State == LeadershipState.Leading ? "first" : "second";
                await _harness.ExecuteAsync($"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{leader}'");
            }
        }

        var all = streams.SelectMany(stream => Enumerable.Range(1, PerStream).Select(i => (stream, i))).ToHashSet();
        await Eventually.TrueAsync(
            () => Task.FromResult(hooks.SelectMany(hook => hook.Handled).Select(stored => (stored.StreamId, ((Counted)stored.Data).Amount)).ToHashSet().SetEquals(all)), "every event came");
        await Eventually.TrueAsync(async () => await _harness.ScalarAsync<long>("select count(*) from callcenter.parked_events") == 0, "nothing is parked any more");

        // What comes again begins at most where the checkpoint was: a first coming never skips.
        foreach (var hook in hooks)
        {
            foreach (var stream in streams)
            {
                var seen = new List<int>();
                foreach (var amount in hook.Of(stream).Where(amount => !seen.Contains(amount)))
                {
                    seen.Add(amount);
                }

                seen.ShouldBe(seen.Order());
            }
        }
    }

    [Fact]
    public async Task What_a_killed_leader_had_parked_its_successor_tries_again()
    {
        await _harness.ExecuteAsync("create role doomed_hooks superuser login");
        var refused = new RecordingSubscription("hook") { Fails = (_, _) => true, Retry = new RetryPolicy(1_000, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(30)) };
        await using var killed = await SubscriptionNode.StartAsync(_harness.ConnectionString, "killed", user: "doomed_hooks", [refused]);
        var stream = Guid.NewGuid();
        await _harness.AppendAsync(stream, ExpectedVersion.Any, new Counted(1), new Counted(2));
        await Eventually.TrueAsync(async () => await _harness.ScalarAsync<long>("select count(*) from callcenter.parked_events where attempts > 1 or behind") == 2, "both are parked");
        var hook = new RecordingSubscription("hook");
        await using var successor = await SubscriptionNode.StartAsync(_harness.ConnectionString, "successor", hook);

        // To PostgreSQL this is what kill -9 looks like: all sessions end at once, and none comes back.
        await _harness.ScalarAsync<long>("alter role doomed_hooks nologin; select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'doomed_hooks'");

        await Eventually.TrueAsync(() => Task.FromResult(hook.Of(stream).SequenceEqual([1, 2])), "the successor handles both in order");
        refused.Handled.ShouldBeEmpty();
    }
}
