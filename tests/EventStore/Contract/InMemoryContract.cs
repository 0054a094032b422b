using CallCenter.EventStore.Contract;

namespace CallCenter.EventStore.Tests.Contract;

/// <summary>The suite is not written around PostgreSQL: a store of two pages keeps it too.</summary>
internal static class InMemory
{
    public static Task<IStoreUnderTest> OpenAsync() => Task.FromResult<IStoreUnderTest>(new InMemoryEventStore());
}

public sealed class InMemoryAppending() : Appending(InMemory.OpenAsync);

public sealed class InMemoryExpectedVersions() : ExpectedVersions(InMemory.OpenAsync);

public sealed class InMemoryIdempotency() : Idempotency(InMemory.OpenAsync);

public sealed class InMemorySeveralStreams() : SeveralStreams(InMemory.OpenAsync);

public sealed class InMemoryReading() : Reading(InMemory.OpenAsync);

public sealed class InMemoryLimits() : Limits(InMemory.OpenAsync);

public sealed class InMemoryArchiving() : Archiving(InMemory.OpenAsync);

public sealed class InMemoryBulk() : Bulk(InMemory.OpenAsync);

public sealed class InMemoryConcurrency() : Concurrency(InMemory.OpenAsync);

public sealed class InMemoryInterleaving() : Interleaving(InMemory.OpenAsync);

public sealed class InMemoryRandomOperations() : RandomOperations(InMemory.OpenAsync);
