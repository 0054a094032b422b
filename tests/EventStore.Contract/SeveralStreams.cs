namespace CallCenter.EventStore.Contract;

/// <summary>One append to several streams is one append.</summary>
public abstract class SeveralStreams(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private readonly Guid _one = Guid.NewGuid();
    private readonly Guid _other = Guid.NewGuid();

    [Fact]
    public async Task Events_keep_the_order_in_which_they_were_given_over_all_streams()
    {
        var results = await AppendAsync(
            [
                To(_one, ExpectedVersion.NoStream, new Counted(1)),
                To(_other, ExpectedVersion.NoStream, new Counted(2)),
                To(_one, ExpectedVersion.Exact(1), new Counted(3)),
            ]);

        results.Select(result => (result.StreamId, result.Version)).ShouldBe([(_one, 2), (_other, 1), (_one, 2)]);
        var log = await ReadToEndAsync();
        log.Select(e => (e.StreamId, e.Version, e.Data)).ShouldBe([(_one, 1L, new Counted(1)), (_other, 1L, new Counted(2)), (_one, 2L, new Counted(3))]);
        results.Select(result => result.LastPosition).ShouldBe([log[2].Position, log[1].Position, log[2].Position]);
    }

    [Fact]
    public async Task A_stream_named_again_must_go_on_where_it_ended()
    {
        (ExpectedVersion First, ExpectedVersion Second)[] broken =
            [(ExpectedVersion.NoStream, ExpectedVersion.Exact(2)), (ExpectedVersion.NoStream, ExpectedVersion.Any), (ExpectedVersion.Any, ExpectedVersion.Any)];
        foreach (var (first, second) in broken)
        {
            await Should.ThrowAsync<ArgumentException>(() => AppendAsync([To(_one, first, new Counted(1)), To(_one, second, new Counted(2))]), $"{first}, then {second}");
        }

        (await ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("wrong version", 0)]
    [InlineData("wrong version", 1)]
    [InlineData("archived", 0)]
    [InlineData("archived", 1)]
    [InlineData("event id taken", 0)]
    [InlineData("event id taken", 1)]
    public async Task When_one_stream_refuses_nothing_is_appended_to_any(string fault, int place)
    {
        var there = To(_other, ExpectedVersion.NoStream, new Counted(0));
        await AppendAsync(there);
        if (fault == "archived")
        {
            await Store.ArchiveStreamAsync(_other);
        }

        var faulty = fault == "event id taken"
            ? there with { Expected = ExpectedVersion.Exact(1), Events = [there.Events[0] with { Data = new Counted(9) }] }
            : To(_other, fault == "archived" ? ExpectedVersion.Exact(1) : ExpectedVersion.Exact(5), new Counted(2));
        var appends = new List<StreamAppend> { To(_one, ExpectedVersion.NoStream, new Counted(1)) };
        appends.Insert(place, faulty);

        var refusal = await Should.ThrowAsync<EventStoreException>(() => AppendAsync(appends));

        refusal.GetType().ShouldBe(
            fault switch { "wrong version" => typeof(WrongExpectedVersionException), "archived" => typeof(StreamArchivedException), _ => typeof(EventIdConflictException) });
        (await FetchAsync(_one)).ShouldBeEmpty();
        (await ReadToEndAsync()).Count.ShouldBe(1);
    }
}
