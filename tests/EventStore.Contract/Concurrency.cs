namespace CallCenter.EventStore.Contract;

/// <summary>Many writers at once.</summary>
public abstract class Concurrency(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private const int Writers = 12;
    private readonly Guid _stream = Guid.NewGuid();

    [Fact]
    public async Task Of_many_that_expect_the_same_version_one_is_taken_and_each_other_refused_by_name()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => TryAsync(ExpectedVersion.NoStream, i)));

        outcomes.Count(refusal => refusal is null).ShouldBe(1);
        (await FetchAsync(_stream)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Writers_who_read_decide_and_try_again_leave_no_gap_and_lose_nothing()
    {
        const int Each = 8;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(async () =>
        {
            for (var written = 0; written < Each;)
            {
                var version = (await FetchAsync(_stream)).Count;
                written += await TryAsync(ExpectedVersion.Exact(version), version + 1) is null ? 1 : 0;
            }
        })));

        // Each decided on what it read: the amount is the version it meant to write.
        var events = await FetchAsync(_stream);
        events.Select(e => (e.Version, ((Counted)e.Data).Amount)).ShouldBe(Enumerable.Range(1, Writers * Each).Select(i => ((long)i, i)));
        events.Select(e => e.Position).ShouldBe(events.Select(e => e.Position).Order());
    }

    [Fact]
    public async Task Writers_who_expect_nothing_are_all_taken_each_whole()
    {
        await Task.WhenAll(Enumerable.Range(0, Writers * 4).Select(i => Task.Run(() => AppendAsync(_stream, ExpectedVersion.Any, new Counted(i), new Counted(i), new Counted(i)))));

        var events = await FetchAsync(_stream);
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, Writers * 12).Select(version => (long)version));
        events.Chunk(3).ShouldAllBe(append => append.Select(e => e.Data).Distinct().Count() == 1);
        events.Select(e => e.Position).ShouldBe(events.Select(e => e.Position).Order());
    }

    [Fact]
    public async Task The_same_append_from_many_at_once_is_stored_once()
    {
        var append = To(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));

        var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => Task.Run(() => AppendAsync(append))));

        results.Count(result => !result.Duplicate).ShouldBe(1);
        results.Select(result => (result.Version, result.LastPosition)).Distinct().Count().ShouldBe(1);
        (await ReadToEndAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_command_from_many_at_once_is_carried_out_once()
    {
        var command = Guid.NewGuid();

        var results = await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => AppendAsync([To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i))], command))));

        results.Count(result => !result[0].Duplicate).ShouldBe(1);
        results.Select(result => result[0].StreamId).Distinct().Count().ShouldBe(1);
        (await ReadToEndAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Appends_that_name_the_same_streams_in_opposite_orders_all_come_through()
    {
        var other = Guid.NewGuid();

        await Task.WhenAll(Enumerable.Range(0, Writers * 4).Select(i => Task.Run(() =>
        {
            StreamAppend[] appends = [To(_stream, ExpectedVersion.Any, new Counted(i)), To(other, ExpectedVersion.Any, new Counted(i))];
            return AppendAsync(i % 2 == 0 ? appends : [.. appends.Reverse()]);
        })));

        var (one, two) = (await FetchAsync(_stream), await FetchAsync(other));
        one.Select(e => e.Version).ShouldBe(Enumerable.Range(1, Writers * 4).Select(version => (long)version));
        two.Select(e => e.Data).ShouldBe(one.Select(e => e.Data));
    }

    /// <summary>Gives the refusal; null when it was taken.</summary>
    private async Task<WrongExpectedVersionException?> TryAsync(ExpectedVersion expected, int amount)
    {
        try
        {
            await AppendAsync(_stream, expected, new Counted(amount));
            return null;
        }
        catch (WrongExpectedVersionException refusal)
        {
            refusal.StreamId.ShouldBe(_stream);
            return refusal;
        }
    }
}
