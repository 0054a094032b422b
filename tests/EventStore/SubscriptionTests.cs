using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SubscriptionTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _stream = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();
    private StoreHarness _harness = null!;
    private DeadLetters _letters = null!;

    public async Task InitializeAsync()
    {
        _harness = await StoreHarness.CreateAsync(postgres);
        _letters = new DeadLetters(_harness.DataSource, TimeProvider.System);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task It_gets_the_types_that_it_handles_from_where_it_wants_to_begin()
    {
        await AppendAsync(_stream, new Counted(1), new CallAnswered("ann"));
        var (all, news) = (new RecordingSubscription("all"), new RecordingSubscription("news") { Start = SubscriptionStart.FromNow });
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", all, news);

        await AppendAsync(_stream, new Counted(2), new CallAnswered("bob"), new Counted(3));

        await HandledAsync(all, 1, 2, 3);
        await HandledAsync(news, 2, 3);
        await Eventually.TrueAsync(() => Task.FromResult(node.Runtime.Status.All(status => status is { State: LeadershipState.Leading, Checkpoint: 5, Error: null })), "both are at the end");
    }

    [Fact]
    public async Task A_restart_goes_on_where_it_was_and_gets_what_came_meanwhile()
    {
        var before = new RecordingSubscription("hook") { Start = SubscriptionStart.FromNow };
        await using (await SubscriptionNode.StartAsync(_harness.ConnectionString, "before", before))
        {
            await AppendAsync(_stream, new Counted(1));
            await HandledAsync(before, 1);
            await CheckpointAsync("hook", 1);
        }

        await AppendAsync(_stream, new Counted(2));
        var after = new RecordingSubscription("hook") { Start = SubscriptionStart.FromNow };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "after", after);

        await HandledAsync(after, 2);
    }

    [Fact]
    public async Task A_checkpoint_that_somebody_else_moves_is_not_moved_over_and_counts_from_then_on()
    {
        var hook = new RecordingSubscription("hook");
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);
        await AppendAsync(_stream, new Counted(1));
        await CheckpointAsync("hook", 1);

        await _harness.ExecuteAsync("update mt_event_progression set last_seq_id = 0 where name = 'subscription/hook'");
        await AppendAsync(_stream, new Counted(2));

        await HandledAsync(hook, 1, 2, 1, 2);
        await CheckpointAsync("hook", 2);
    }

    [Fact]
    public async Task An_event_that_fails_is_tried_again_before_the_next_of_its_stream_while_others_go_on()
    {
        var hook = new RecordingSubscription("hook") { Fails = (stored, attempt) => stored.StreamId == _stream && Amount(stored) == 1 && attempt < 3 };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);

        await AppendAsync(_stream, new Counted(1), new Counted(2));
        await AppendAsync(_other, new Counted(10));
        await AppendAsync(_stream, new Counted(3));

        await Eventually.TrueAsync(() => Task.FromResult(hook.Handled.Count == 4), "all are handled");
        hook.Of(_stream).ShouldBe([1, 2, 3]);
        hook.Attempts(1).ShouldBe(3);
        await Eventually.TrueAsync(async () => (await _letters.CountAsync()).Count == 0, "nothing is parked any more");
    }

    [Fact]
    public async Task A_dead_letter_holds_its_stream_and_nothing_else_until_it_is_replayed()
    {
        var hook = new RecordingSubscription("hook") { Fails = (stored, _) => Amount(stored) == 2 };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);
        await AppendAsync(_stream, new Counted(1), new Counted(2), new Counted(3));
        await Eventually.TrueAsync(async () => (await _letters.ListAsync("hook", 10)).Count == 1, "the letter is dead");
        await AppendAsync(_stream, new Counted(4));
        await AppendAsync(_other, new Counted(10));
        await CheckpointAsync("hook", 5);

        var letter = (await _letters.ListAsync(subscription: null, 10)).ShouldHaveSingleItem();

        hook.Handled.Select(Amount).ShouldBe([1, 10]);
        (letter.Subscription, letter.Position, letter.StreamId, letter.EventType, letter.Attempts, letter.Error, letter.Behind)
            .ShouldBe(("hook", 2, _stream, "counted", RecordingSubscription.Policy.Attempts, "InvalidOperationException: refused 2", 2));
        (await _letters.CountAsync()).ShouldBe([new ParkedCounts("hook", Parked: 2, Dead: 1)]);
        hook.Fails = (_, _) => false;
        (await _letters.ReplayAsync("hook", 2)).ShouldBe(1);
        await Eventually.TrueAsync(async () => (await _letters.CountAsync()).Count == 0, "nothing is parked any more");
        hook.Of(_stream).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task What_trying_again_would_not_help_is_a_dead_letter_at_once()
    {
        var hook = new RecordingSubscription("hook") { Fails = (_, _) => true, IsForGood = true };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);
        await AppendAsync(_stream, new Counted(1));
        await Eventually.TrueAsync(async () => (await _letters.ListAsync("hook", 10)).Count == 1, "the letter is dead");
        (await _letters.ListAsync("hook", 10))[0].Attempts.ShouldBe(1);
        hook.Fails = (_, _) => false;
        (await _letters.ReplayAsync("hook", position: null)).ShouldBe(1);
        await HandledAsync(hook, 1);
    }

    [Fact]
    public async Task All_dead_letters_are_replayed_at_once_and_a_discarded_one_lets_its_stream_go_on()
    {
        var hook = new RecordingSubscription("hook") { Fails = (stored, _) => Amount(stored) < 10 };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);
        var streams = Enumerable.Range(1, 5).Select(_ => Guid.NewGuid()).ToList();
        foreach (var (stream, i) in streams.Select((stream, i) => (stream, i)))
        {
            await AppendAsync(stream, new Counted(i), new Counted(10 + i));
        }

        await Eventually.TrueAsync(async () => (await _letters.ListAsync("hook", 10)).Count == 5, "all are dead");
        await _letters.DiscardAsync("hook", 1);
        await Eventually.TrueAsync(() => Task.FromResult(hook.Of(streams[0]).SequenceEqual([10])), "the stream goes on without it");

        hook.Fails = (_, _) => false;
        (await _letters.ReplayAsync("hook", position: null)).ShouldBe(4);

        await Eventually.TrueAsync(async () => (await _letters.CountAsync()).Count == 0, "nothing is parked any more");
        streams.Skip(1).Select((stream, i) => (hook.Of(stream), i + 1)).ShouldAllBe(pair => pair.Item1.SequenceEqual(new[] { pair.Item2, 10 + pair.Item2 }));
        (await Should.ThrowAsync<DeadLetterNotFoundException>(() => _letters.ReplayAsync("hook", 1))).Message.ShouldBe("Subscription 'hook' has no dead letter at position 1.");
        (await Should.ThrowAsync<DeadLetterNotFoundException>(() => _letters.DiscardAsync("hook", 3))).Position.ShouldBe(3);
        (await _letters.ReplayAsync("hook", position: null)).ShouldBe(0);
        (await Should.ThrowAsync<ArgumentException>(() => _letters.ReplayAsync("hok", position: null))).Message.ShouldContain("There is no subscription 'hok'");
    }

    [Fact]
    public async Task What_is_appended_while_letters_are_replayed_and_discarded_waits_behind_nothing_that_is_gone()
    {
        var hook = new RecordingSubscription("hook") { Fails = (stored, _) => Amount(stored) % 10 == 0 };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);

        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 100; i++)
            {
                await AppendAsync(_stream, new Counted(i));
            }
        });
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (var letter in await _letters.ListAsync("hook", 10))
                {
                    await _letters.DiscardAsync("hook", letter.Position);
                }

                return writing.IsCompleted && hook.Handled.Count == 90 && (await _letters.CountAsync()).Count == 0;
            },
            "all others are handled");

        hook.Of(_stream).ShouldBe(Enumerable.Range(1, 100).Where(i => i % 10 != 0));
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_becomes_a_dead_letter_and_stops_nothing()
    {
        var hook = new RecordingSubscription("hook") { Fails = (stored, _) => Amount(stored) < 0 };
        await AppendAsync(_stream, new Counted(1));
        await _harness.ExecuteAsync("update mt_events set data = '{\"Amount\": \"many\"}'");
        await AppendAsync(_other, new Counted(2));
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);

        await HandledAsync(hook, 2);

        await Eventually.TrueAsync(async () => (await _letters.ListAsync("hook", 10)).Count == 1, "the letter is dead");
        (await _letters.ListAsync("hook", 10))[0].Error.ShouldStartWith("UnreadableEventException: Event 'counted' at position 1");
    }

    [Fact]
    public async Task A_handler_that_takes_too_long_has_failed()
    {
        var hook = new RecordingSubscription("hook") { Hangs = stored => Amount(stored) == 1, Retry = RecordingSubscription.Policy with { AttemptLimit = TimeSpan.FromMilliseconds(50) } };
        await using var node = await SubscriptionNode.StartAsync(_harness.ConnectionString, "node", hook);

        await AppendAsync(_stream, new Counted(1));
        await AppendAsync(_other, new Counted(2));

        await HandledAsync(hook, 2);
        await Eventually.TrueAsync(async () => (await _letters.ListAsync("hook", 10)).Count == 1, "the letter is dead");
        (await _letters.ListAsync("hook", 10))[0].Error.ShouldBe("TimeoutException: It took longer than 0.1 s.");
    }

    [Fact]
    public async Task A_name_that_is_none_or_taken_twice_is_refused()
    {
        (await Should.ThrowAsync<ArgumentException>(() => SubscriptionNode.StartAsync(_harness.ConnectionString, "node", new RecordingSubscription("Web hook")))).Message.ShouldContain("'Web hook'");
        (await Should.ThrowAsync<ArgumentException>(() => SubscriptionNode.StartAsync(_harness.ConnectionString, "node", new RecordingSubscription("a"), new RecordingSubscription("a"))))
            .Message.ShouldContain("Two subscriptions are named 'a'");
    }

    private static int Amount(StoredEvent stored) => ((Counted)stored.Data).Amount;

    private static Task HandledAsync(RecordingSubscription subscription, params int[] amounts) =>
        Eventually.TrueAsync(() => Task.FromResult(subscription.Handled.Select(Amount).SequenceEqual(amounts)), $"{subscription.Name} has handled {string.Join(", ", amounts)}");

    private Task AppendAsync(Guid stream, params object[] events) => _harness.AppendAsync(stream, ExpectedVersion.Any, events);

    private Task CheckpointAsync(string subscription, long position) => Eventually.TrueAsync(
        () => _harness.ScalarAsync<bool>($"select last_seq_id >= {position} from mt_event_progression where name = 'subscription/{subscription}'"), $"the checkpoint is at {position}");
}
