using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class BulkAppendTests(PostgresFixture postgres)
{
    [Fact]
    public async Task Many_new_streams_are_written_in_order_and_a_second_time_left_alone()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        var appends = Enumerable.Range(0, 2_000).Select(i => StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i), new CallAnswered("x"), new Counted(-i))).ToList();
        await harness.AppendAsync(appends[7].StreamId, ExpectedVersion.NoStream, new Counted(100));

        var result = await harness.Store.BulkAppendAsync(appends, new EventMetadata("import", null, "ada"));

        result.Streams.ShouldBe(1_999);
        result.Events.ShouldBe(5_997);
        result.Existing.ShouldBe([appends[7].StreamId]);
        result.LastPosition.ShouldBe(await harness.Store.HighWaterMarkAsync());
        var log = await harness.ReadToEndAsync(1_000);
        log.Count.ShouldBe(5_998);
        log.Skip(1).Select(e => e.Id).ShouldBe(appends.Where((_, i) => i != 7).SelectMany(append => append.Events).Select(data => data.Id));
        log[^1].Metadata.ShouldBe(new EventMetadata("import", null, "ada"));
        (await harness.Store.FetchStreamAsync(appends[3].StreamId)).Select(e => (e.Version, e.Data)).ShouldBe([(1L, new Counted(3)), (2L, new CallAnswered("x")), (3L, new Counted(-3))]);

        var again = await harness.Store.BulkAppendAsync(appends, EventMetadata.None);
        (again.Streams, again.Events, again.Existing.Count, again.LastPosition).ShouldBe((0, 0L, 2_000, 0L));

        (await harness.AppendAsync(appends[3].StreamId, ExpectedVersion.Exact(3), new Counted(0))).Version.ShouldBe(4);
    }

    [Fact]
    public async Task A_stream_that_is_not_expected_to_be_new_is_refused()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);

        await Should.ThrowAsync<ArgumentException>(() => harness.Store.BulkAppendAsync([StoreHarness.To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(1))], EventMetadata.None));
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused_with_its_reason_and_nothing_of_its_transaction_is_kept()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        var there = StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(1));
        await harness.Store.AppendAsync(there, EventMetadata.None);
        var fresh = StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(1));
        var sameId = new StreamAppend(Guid.NewGuid(), "call", ExpectedVersion.NoStream, there.Events);
        var nul = StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new CallAnswered("a\0b"));

        (await Should.ThrowAsync<EventIdConflictException>(() => harness.Store.BulkAppendAsync([fresh, sameId], EventMetadata.None))).EventId.ShouldBe(there.Events[0].Id);
        await Should.ThrowAsync<EventNotStorableException>(() => harness.Store.BulkAppendAsync([fresh, nul], EventMetadata.None));

        (await harness.ReadToEndAsync()).Count.ShouldBe(1);
    }
}
