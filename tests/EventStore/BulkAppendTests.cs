using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class BulkAppendTests(PostgresFixture postgres)
{
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
