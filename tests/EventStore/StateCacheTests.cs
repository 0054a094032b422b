using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

/// <summary>States that stay in memory are those that reading all events would give.</summary>
[Collection(PostgresCollection.Name)]
public sealed class StateCacheTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly List<int> _folded = [];
    private readonly Guid _stream = Guid.NewGuid();
    private Aggregate<int> _sum = null!;
    private StoreHarness _harness = null!;

    public async Task InitializeAsync()
    {
        _sum = new Aggregate<int>("counter", 0, (sum, data) =>
        {
            _folded.Add(((Counted)data).Amount);
            return sum + ((Counted)data).Amount;
        })
        { InMemory = 100 };
        _harness = await StoreHarness.CreateAsync(postgres);
    }

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Only_what_others_appended_since_is_read()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));
        (await LoadAsync()).ShouldBe(new StreamState<int>(3, 2));
        await _harness.AppendAsync(_stream, ExpectedVersion.Exact(2), new Counted(4));

        (await LoadAsync()).ShouldBe(new StreamState<int>(7, 3));
        (await LoadAsync()).ShouldBe(new StreamState<int>(7, 3));

        _folded.ShouldBe([1, 2, 4]);
    }

    [Fact]
    public async Task A_command_leaves_its_state_to_the_next()
    {
        var handler = new CommandHandler(_harness.Store);
        await handler.HandleAsync(_sum, _stream, _ => [EventData.Of(new Counted(1)), EventData.Of(new Counted(2))], EventMetadata.None);

        (await handler.HandleAsync(_sum, _stream, sum => [EventData.Of(new Counted(sum))], EventMetadata.None)).State.ShouldBe(6);

        _folded.ShouldBe([1, 2, 3]);
        (await _harness.Store.AggregateStreamAsync(_sum, _stream, version: 1)).ShouldBe(new StreamState<int>(1, 1));
    }

    [Theory]
    [InlineData("update mt_events set id = gen_random_uuid(), data = '{\"Amount\": 10}' where version = 2")]
    [InlineData("delete from mt_events where version = 2; insert into mt_events (seq_id, id, stream_id, version, data, type) select 9, gen_random_uuid(), id, 2, '{\"Amount\": 10}', 'counted' from mt_streams")]
    public async Task A_stream_with_another_history_as_after_a_restore_is_read_anew(string restore)
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));
        await LoadAsync();
        await _harness.ExecuteAsync(restore);

        (await LoadAsync()).ShouldBe(new StreamState<int>(11, 2));
        (await LoadAsync()).ShouldBe(new StreamState<int>(11, 2));
    }

    [Fact]
    public async Task A_stream_that_is_shorter_or_gone_is_read_anew()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));
        await LoadAsync();
        await _harness.ExecuteAsync("delete from mt_events where version = 2");
        (await LoadAsync()).ShouldBe(new StreamState<int>(1, 1));

        await _harness.ExecuteAsync("delete from mt_streams");

        (await LoadAsync()).ShouldBe(new StreamState<int>(0, 0));
    }

    [Fact]
    public async Task More_streams_than_stay_in_memory_are_read_as_well()
    {
        var few = _sum with { InMemory = 3 };
        var streams = Enumerable.Range(1, 12).Select(amount => (Id: Guid.NewGuid(), Amount: amount)).ToList();
        foreach (var (id, amount) in streams)
        {
            await _harness.AppendAsync(id, ExpectedVersion.NoStream, new Counted(amount));
        }

        foreach (var (id, amount) in streams.Concat(streams))
        {
            (await _harness.Store.AggregateStreamAsync(few, id)).ShouldBe(new StreamState<int>(amount, 1));
        }
    }

    private Task<StreamState<int>> LoadAsync() => _harness.Store.AggregateStreamAsync(_sum, _stream);
}
