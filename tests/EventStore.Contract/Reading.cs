namespace CallCenter.EventStore.Contract;

/// <summary>Who reads on from page to page sees every event once, in order, whatever writers do.</summary>
public abstract class Reading(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private readonly Guid _stream = Guid.NewGuid();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Pages_of_any_size_give_every_event_once_in_the_order_of_positions(int limit)
    {
        var written = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            var append = To(i % 2 == 0 ? _stream : Guid.NewGuid(), ExpectedVersion.Any, new Counted(i));
            await AppendAsync(append);
            written.Add(append.Events[0].Id);
        }

        var page = await Store.ReadAllAsync(0, limit, types: null);
        page.Events.Count.ShouldBe(Math.Min(limit, 7));
        page.NextAfter.ShouldBe(page.Events[^1].Position);
        var log = await ReadToEndAsync(limit: limit);
        log.Select(e => e.Id).ShouldBe(written);
        log.Select(e => e.Position).ShouldBe(log.Select(e => e.Position).Distinct().Order());
    }

    [Fact]
    public async Task Pages_of_certain_types_pass_over_all_others()
    {
        await AppendAsync(_stream, ExpectedVersion.Any, new Counted(1), new Noted("a"), new Counted(2), new Noted("b"), new Noted("c"));
        var types = ContractEvents.Types.NamesOf([typeof(Counted)]);

        var first = await Store.ReadAllAsync(0, 1, types);
        first.Events.Single().Data.ShouldBe(new Counted(1));
        var rest = await Store.ReadAllAsync(first.NextAfter, 10, types);

        rest.Events.Single().Data.ShouldBe(new Counted(2));
        rest.NextAfter.ShouldBe(await Store.HighWaterMarkAsync());
        (await ReadToEndAsync(limit: 1, types: ContractEvents.Types.NamesOf([typeof(Noted), typeof(Counted)]))).Count.ShouldBe(5);
    }

    [Fact]
    public async Task The_mark_is_0_at_first_and_then_the_position_of_the_last_event()
    {
        (await Store.HighWaterMarkAsync()).ShouldBe(0);
        (await Store.ReadAllAsync(0, 10, types: null)).ShouldSatisfyAllConditions(page => page.Events.ShouldBeEmpty(), page => page.NextAfter.ShouldBe(0));

        for (var i = 0; i < 3; i++)
        {
            var result = await AppendAsync(_stream, ExpectedVersion.Any, new Counted(i));
            (await Store.HighWaterMarkAsync()).ShouldBe(result.LastPosition);
        }

        var mark = await Store.HighWaterMarkAsync();
        (await Store.ReadAllAsync(mark, 10, types: null)).ShouldSatisfyAllConditions(page => page.Events.ShouldBeEmpty(), page => page.NextAfter.ShouldBe(mark));
    }

    [Fact]
    public async Task A_stream_is_read_on_from_a_version()
    {
        await AppendAsync(_stream, ExpectedVersion.Any, new Counted(1), new Counted(2), new Counted(3));

        (await Store.FetchStreamAsync(_stream, afterVersion: 1)).Select(e => e.Data).ShouldBe([new Counted(2), new Counted(3)]);
        (await Store.FetchStreamAsync(_stream, afterVersion: 3)).ShouldBeEmpty();
        (await FetchAsync(Guid.NewGuid())).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_a_page_is_refused()
    {
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ReadAllAsync(-1, 1, types: null));
        await Should.ThrowAsync<ArgumentOutOfRangeException>(() => Store.ReadAllAsync(0, 0, types: null));
    }

    [Fact]
    public async Task A_reader_stops_before_an_append_that_is_still_open_and_then_sees_all_in_order()
    {
        var before = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));
        var slow = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(2), new Counted(3));
        var quick = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(4));
        var end = (await AppendAsync(before)).LastPosition;
        (await Store.HighWaterMarkAsync()).ShouldBe(end);
        var pending = await Store.BeginAppendAsync([slow]);
        await AppendAsync(quick);

        for (var look = 0; look < 3; look++)
        {
            (await Store.HighWaterMarkAsync()).ShouldBe(end);
            (await ReadToEndAsync()).Select(e => e.Id).ShouldBe([before.Events[0].Id]);
        }

        await pending.CommitAsync();
        (await ReadToEndAsync(end)).Select(e => e.Id).ShouldBe([slow.Events[0].Id, slow.Events[1].Id, quick.Events[0].Id]);
    }

    [Fact]
    public async Task An_append_that_is_rolled_back_holds_nobody_and_leaves_nothing()
    {
        var slow = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));
        var quick = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(2));
        var pending = await Store.BeginAppendAsync([slow]);
        await AppendAsync(quick);

        await pending.RollBackAsync();

        (await ReadToEndAsync()).Select(e => e.Id).ShouldBe([quick.Events[0].Id]);
        (await FetchAsync(slow.StreamId)).ShouldBeEmpty();
        (await AppendAsync(slow with { Expected = ExpectedVersion.NoStream })).Version.ShouldBe(1);
    }

    [Fact]
    public async Task Of_two_open_appends_the_one_that_began_last_may_end_first_and_is_read_last()
    {
        var first = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1));
        var last = To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(2));
        var began = await Store.BeginAppendAsync([first]);
        var beganLast = await Store.BeginAppendAsync([last]);

        await beganLast.CommitAsync();
        (await ReadToEndAsync()).ShouldBeEmpty();
        await began.CommitAsync();

        (await ReadToEndAsync(limit: 1)).Select(e => e.Id).ShouldBe([first.Events[0].Id, last.Events[0].Id]);
    }
}
