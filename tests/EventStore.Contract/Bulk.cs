namespace CallCenter.EventStore.Contract;

/// <summary>Many new streams in one call.</summary>
public abstract class Bulk(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private static readonly EventMetadata Import = new("import", null, "ada");

    [Fact]
    public async Task Many_new_streams_are_written_in_order_and_one_that_was_there_is_left_alone()
    {
        // More events than one append may have.
        var appends = Enumerable.Range(0, 2_000).Select(i => To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i), new Noted("x"), new Counted(-i))).ToList();
        await AppendAsync(appends[7].StreamId, ExpectedVersion.NoStream, new Counted(100));

        var result = await Store.BulkAppendAsync(appends, Import);

        (result.Streams, result.Events).ShouldBe((1_999, 5_997L));
        result.Existing.ShouldBe([appends[7].StreamId]);
        result.LastPosition.ShouldBe(await Store.HighWaterMarkAsync());
        var log = await ReadToEndAsync(limit: 1_000);
        log.Skip(1).Select(e => e.Id).ShouldBe(appends.Where((_, i) => i != 7).SelectMany(append => append.Events).Select(data => data.Id));
        log[^1].Metadata.ShouldBe(Import);
        (await FetchAsync(appends[3].StreamId)).Select(e => (e.Version, e.StreamType, e.Data)).ShouldBe([(1L, "call", new Counted(3)), (2L, "call", new Noted("x")), (3L, "call", new Counted(-3))]);
        (await FetchAsync(appends[7].StreamId)).Select(e => e.Data).ShouldBe([new Counted(100)]);
    }

    [Fact]
    public async Task A_second_time_nothing_is_written_and_the_streams_take_ordinary_appends()
    {
        var appends = Enumerable.Range(0, 10).Select(_ => Many(Guid.NewGuid(), ExpectedVersion.NoStream, 3)).ToList();
        await Store.BulkAppendAsync(appends, Import);

        var again = await Store.BulkAppendAsync(appends, Import);

        (again.Streams, again.Events, again.LastPosition).ShouldBe((0, 0L, 0L));
        again.Existing.ShouldBe(appends.Select(append => append.StreamId));
        (await AppendAsync(appends[3].StreamId, ExpectedVersion.Exact(3), new Counted(0))).Version.ShouldBe(4);
        (await AppendAsync(appends[4])).Duplicate.ShouldBeTrue();
        (await ReadToEndAsync()).Count.ShouldBe(31);
    }

    [Fact]
    public async Task A_stream_that_is_not_expected_to_be_new_is_refused()
    {
        await Should.ThrowAsync<ArgumentException>(() => Store.BulkAppendAsync([Many(Guid.NewGuid(), ExpectedVersion.NoStream, 1), Many(Guid.NewGuid(), ExpectedVersion.Any, 1)], Import));

        (await ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_event_id_that_is_taken_is_refused_by_name_and_its_stream_is_not_made(bool ownerIsNamedToo)
    {
        var there = To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(1));
        await AppendAsync(there);
        var sameId = there with { StreamId = Guid.NewGuid(), Events = [EventData.Of(new Counted(2)), there.Events[0]] };
        List<StreamAppend> appends = ownerIsNamedToo ? [Many(there.StreamId, ExpectedVersion.NoStream, 1), sameId] : [sameId];

        (await Should.ThrowAsync<EventIdConflictException>(() => Store.BulkAppendAsync(appends, Import))).EventId.ShouldBe(there.Events[0].Id);

        (await FetchAsync(sameId.StreamId)).ShouldBeEmpty();
        (await ReadToEndAsync()).Count.ShouldBe(1);
    }
}
