using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class CommandTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Aggregate<int> Sum = new("counter", 0, (sum, @event) => @event is Counted counted ? sum + counted.Amount : sum);
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task A_command_is_decided_on_the_present_state_and_gives_the_next()
    {
        var handler = new CommandHandler(_harness.Store);
        await handler.HandleAsync(Sum, _stream, _ => [EventData.Of(new Counted(2)), EventData.Of(new Counted(3))], EventMetadata.None);

        var result = await handler.HandleAsync(Sum, _stream, sum => [EventData.Of(new Counted(sum * 10))], EventMetadata.None);

        (result.State, result.Version, result.LastPosition, result.Events.Count).ShouldBe((55, 3, 3, 1));
        (await handler.HandleAsync(Sum, _stream, _ => [], EventMetadata.None)).ShouldBeEquivalentTo(new CommandResult<int>(55, 3, 0, []));
        await Should.ThrowAsync<InvalidTimeZoneException>(() => handler.HandleAsync(Sum, _stream, _ => throw new InvalidTimeZoneException(), EventMetadata.None));
        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_repeated_command_is_not_decided_again_and_gives_what_it_came_to()
    {
        var (handler, command) = (new CommandHandler(_harness.Store), Guid.NewGuid());
        var first = await handler.HandleAsync(Sum, _stream, _ => [EventData.Of(new Counted(2))], EventMetadata.None, command);
        await handler.HandleAsync(Sum, _stream, _ => [EventData.Of(new Counted(40))], EventMetadata.None, Guid.NewGuid());

        var repeated = await handler.HandleAsync(Sum, _stream, _ => throw new InvalidTimeZoneException(), EventMetadata.None, command);

        (repeated.State, repeated.Version, repeated.LastPosition).ShouldBe((first.State, first.Version, first.LastPosition));
        repeated.Events.ShouldBeEmpty();
        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(2);
        await Should.ThrowAsync<ArgumentException>(() => handler.HandleAsync(Sum, Guid.NewGuid(), _ => [EventData.Of(new Counted(1))], EventMetadata.None, command));
    }

    [Fact]
    public async Task The_same_command_from_several_at_once_is_carried_out_once()
    {
        var (handler, command) = (new CommandHandler(_harness.Store), Guid.NewGuid());

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => handler.HandleAsync(Sum, _stream, sum => [EventData.Of(new Counted(7))], EventMetadata.None, command)));

        results.ShouldAllBe(result => result.State == 7 && result.Version == 1 && result.LastPosition == 1);
        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task When_another_writer_comes_first_the_command_is_decided_again_on_what_it_left()
    {
        var handler = new CommandHandler(_harness.Store);
        var states = new List<int>();

        var result = await handler.HandleAsync(Sum, _stream, sum => Decide(sum), EventMetadata.None);

        states.ShouldBe([0, 100]);
        (result.State, result.Version).ShouldBe((101, 2));

        IReadOnlyList<EventData> Decide(int sum)
        {
            states.Add(sum);
            if (states.Count == 1)
            {
                _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(100)).GetAwaiter().GetResult();
            }

            return [EventData.Of(new Counted(1))];
        }
    }

    [Fact]
    public async Task A_stream_that_others_win_every_time_ends_the_attempts()
    {
        var handler = new CommandHandler(_harness.Store);

        await Should.ThrowAsync<WrongExpectedVersionException>(() => handler.HandleAsync(
            Sum,
            _stream,
            _ =>
            {
                _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(1)).GetAwaiter().GetResult();
                return [EventData.Of(new Counted(1))];
            },
            EventMetadata.None));

        (await _harness.Store.FetchStreamAsync(_stream)).Count.ShouldBe(CommandHandler.Attempts);
    }

    [Fact]
    public async Task A_command_that_is_repeated_with_its_event_ids_counts_once()
    {
        var handler = new CommandHandler(_harness.Store);
        var aggregate = Sum with { InMemory = 10, Snapshots = new SnapshotPolicy("sum", 1, 1) };
        EventData[] events = [EventData.Of(new Counted(5))];
        await handler.HandleAsync(aggregate, _stream, _ => events, EventMetadata.None);
        await handler.HandleAsync(aggregate, _stream, _ => [EventData.Of(new Counted(1))], EventMetadata.None);

        var again = await handler.HandleAsync(aggregate, _stream, _ => events, EventMetadata.None);

        (again.State, again.Version, again.LastPosition).ShouldBe((6, 2, 1));
        (await _harness.Store.AggregateStreamAsync(aggregate, _stream)).ShouldBe(new StreamState<int>(6, 2));
        (await _harness.Store.AggregateStreamAsync(aggregate with { InMemory = 0 }, _stream)).ShouldBe(new StreamState<int>(6, 2));
    }
}
