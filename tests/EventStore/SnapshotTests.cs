using CallCenter.Testing;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SnapshotTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_command_keeps_its_state_when_enough_events_have_come_and_the_next_reads_on_from_there()
    {
        var folded = new List<int>();
        var aggregate = Tally(every: 3, folded);
        for (var i = 1; i <= 4; i++)
        {
            await AddAsync(aggregate, i);
        }

        (await VersionAsync()).ShouldBe(3);
        folded.Clear();

        var (state, version) = await _harness.Store.AggregateStreamAsync(aggregate, _stream);

        (state.Sum, state.Last, version).ShouldBe((10, "#4", 4));
        folded.ShouldBe([4]);
    }

    [Fact]
    public async Task States_with_and_without_snapshots_are_the_same_at_every_version()
    {
        // Each number is a batch of so many events; a negative one comes from another writer, who keeps no snapshots.
        var batches = Gen.Choose(-4, 4).Where(size => size != 0).NonEmptyListOf();
        foreach (var steps in batches.Sample(20, size: 12))
        {
            var stream = Guid.NewGuid();
            var aggregate = Tally(every: 3);
            foreach (var step in steps)
            {
                var events = Enumerable.Range(step, Math.Abs(step)).Select(amount => EventData.Of(new Counted(amount))).ToList();
                if (step > 0)
                {
                    await new CommandHandler(_harness.Store).HandleAsync(aggregate, stream, _ => events, EventMetadata.None);
                }
                else
                {
                    await _harness.Store.AppendAsync(new StreamAppend(stream, "tally", ExpectedVersion.Any, events), EventMetadata.None);
                }
            }

            var all = await _harness.Store.FetchStreamAsync(stream);
            for (var version = 0; version <= all.Count; version++)
            {
                var fresh = all.Take(version).Aggregate(aggregate.Initial, (state, stored) => aggregate.Evolve(state, stored.Data));
                (await _harness.Store.AggregateStreamAsync(aggregate, stream, version)).ShouldBe(new StreamState<TallyState>(fresh, version), string.Join(' ', steps));
            }
        }
    }

    [Theory]
    [InlineData("update callcenter.snapshots set shape = 2")]
    [InlineData("""update callcenter.snapshots set state = '{"Sum": "many"}'""")]
    [InlineData("update callcenter.snapshots set state = 'null'")]
    [InlineData("update callcenter.snapshots set version = 1000")]
    [InlineData("update callcenter.snapshots set name = 'other'")]
    [InlineData("delete from callcenter.snapshots")]
    public async Task A_snapshot_that_cannot_be_used_is_as_if_it_were_not_there(string damage)
    {
        var aggregate = Tally(every: 2);
        await AddAsync(aggregate, 1, 2, 3);
        await _harness.ExecuteAsync(damage);

        (await _harness.Store.AggregateStreamAsync(aggregate, _stream)).ShouldBe(new StreamState<TallyState>(new TallyState(6, "#3"), 3));
        (await AddAsync(aggregate, 4)).State.ShouldBe(new TallyState(10, "#4"));
    }

    [Fact]
    public async Task Of_two_releases_the_newer_shape_stays_and_neither_takes_the_others()
    {
        await AddAsync(Tally(every: 1, shape: 2), 1);
        await AddAsync(Tally(every: 1, shape: 1), 2);

        (await _harness.ScalarAsync<string>("select shape || ' ' || version from callcenter.snapshots")).ShouldBe("2 1");
        (await _harness.Store.AggregateStreamAsync(Tally(every: 1, shape: 1), _stream)).State.Sum.ShouldBe(3);
        (await _harness.Store.AggregateStreamAsync(Tally(every: 1, shape: 2), _stream)).State.Sum.ShouldBe(3);
    }

    [Fact]
    public async Task A_state_that_does_not_come_back_from_its_JSON_is_not_kept_and_the_command_is_done()
    {
        var forgetful = new Aggregate<Forgetful>("tally", new Forgetful(), (state, data) => state.Plus(((Counted)data).Amount)) { Snapshots = new SnapshotPolicy("forgetful", 1, 1) };

        var result = await new CommandHandler(_harness.Store).HandleAsync(forgetful, _stream, _ => [EventData.Of(new Counted(5))], EventMetadata.None);

        (result.State.Sum, result.Version).ShouldBe((5, 1));
        (await _harness.ScalarAsync<long>("select count(*) from callcenter.snapshots")).ShouldBe(0);
        (await _harness.Store.AggregateStreamAsync(forgetful, _stream)).State.Sum.ShouldBe(5);
    }

    [Fact]
    public async Task When_no_snapshot_can_be_written_the_command_is_done_all_the_same()
    {
        await _harness.ExecuteAsync("alter table callcenter.snapshots add constraint full_up check (version < 0)");

        (await AddAsync(Tally(every: 1), 1, 2)).Version.ShouldBe(2);

        (await _harness.Store.AggregateStreamAsync(Tally(every: 1), _stream)).State.Sum.ShouldBe(3);
    }

    private static Aggregate<TallyState> Tally(int every, List<int>? folded = null, int shape = 1) =>
        new("tally", new TallyState(0, ""), (state, data) =>
        {
            var amount = ((Counted)data).Amount;
            folded?.Add(amount);
            return new TallyState(state.Sum + amount, $"#{amount}");
        })
        { Snapshots = new SnapshotPolicy("tally", shape, every) };

    private Task<CommandResult<TallyState>> AddAsync(Aggregate<TallyState> aggregate, params int[] amounts) =>
        new CommandHandler(_harness.Store).HandleAsync(aggregate, _stream, _ => [.. amounts.Select(amount => EventData.Of(new Counted(amount)))], EventMetadata.None);

    private Task<long> VersionAsync() => _harness.ScalarAsync<long>($"select version from callcenter.snapshots where stream_id = '{_stream}' and name = 'tally'");

    private sealed record TallyState(int Sum, string Last);

    private sealed class Forgetful
    {
        public int Sum { get; private init; }

        public Forgetful Plus(int amount) => new() { Sum = Sum + amount };
    }
}
