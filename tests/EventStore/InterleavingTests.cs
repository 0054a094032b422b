using CallCenter.Testing;
using FsCheck;
using FsCheck.Fluent;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class InterleavingTests(PostgresFixture postgres)
{
    private const int Streams = 3;
    private static readonly Guid[] StreamIds = [.. Enumerable.Range(0, Streams).Select(_ => Guid.NewGuid())];

    [Fact]
    public async Task Any_interleaving_of_appends_loses_nothing_leaves_no_gap_in_a_stream_and_is_read_once_in_order()
    {
        var step =
            from kind in Gen.Elements(Enum.GetValues<Kind>())
            from stream in Gen.Choose(0, Streams - 1)
            from events in Gen.Choose(1, 4)
            select new Step(kind, stream, events);
        var writers = Gen.Choose(2, 5).SelectMany(count => Gen.ListOf(Gen.NonEmptyListOf(step), count));

        // The database outlives the rounds, so that each begins on what the others left.
        await using var harness = await StoreHarness.CreateAsync(postgres);
        var stored = new HashSet<Guid>();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25),
            Prop.ForAll(writers.ToArbitrary(), plan => RunAsync(harness, plan.Select(steps => steps.ToList()).ToList(), stored).GetAwaiter().GetResult()));
    }

    private static async Task RunAsync(StoreHarness harness, List<List<Step>> plan, HashSet<Guid> storedBefore)
    {
        var start = await harness.Store.HighWaterMarkAsync();
        var writing = Task.WhenAll(plan.Select(steps => Task.Run(() => WriteAsync(harness, steps))));
        var read = await ReadWhileAsync(harness.Store, start, writing);

        var acknowledged = (await writing).SelectMany(ids => ids).ToList();
        read.Select(stored => stored.Position).ShouldBe(read.Select(stored => stored.Position).Distinct().Order());
        read.Select(stored => stored.Id).Order().ShouldBe(acknowledged.Order());
        storedBefore.Overlaps(acknowledged).ShouldBeFalse();
        storedBefore.UnionWith(acknowledged);
        foreach (var stream in StreamIds)
        {
            var events = await harness.Store.FetchStreamAsync(stream);
            events.Select(stored => stored.Version).ShouldBe(Enumerable.Range(1, events.Count).Select(version => (long)version));
            events.Select(stored => stored.Position).ShouldBe(events.Select(stored => stored.Position).Order());
        }
    }

    private static async Task<List<StoredEvent>> ReadWhileAsync(PostgresEventStore store, long after, Task writing)
    {
        var read = new List<StoredEvent>();
        while (true)
        {
            var ended = writing.IsCompleted;
            var page = await store.ReadAllAsync(after, limit: 3);
            read.AddRange(page.Events);
            if (ended && page.NextAfter == after && !store.HeldBack)
            {
                return read;
            }

            after = page.NextAfter;
        }
    }

    /// <summary>Gives the ids of the events that were acknowledged.</summary>
    private static async Task<List<Guid>> WriteAsync(StoreHarness harness, List<Step> steps)
    {
        var acknowledged = new List<Guid>();
        foreach (var step in steps)
        {
            var stream = StreamIds[step.Stream];
            var version = step.Kind == Kind.Exact ? (await harness.Store.FetchStreamAsync(stream)).Count : 0;
            List<StreamAppend> appends = [Append(stream, step.Kind == Kind.Exact ? ExpectedVersion.Exact(version) : ExpectedVersion.Any, step.Events)];
            if (step.Kind == Kind.TwoStreams)
            {
                appends.Add(Append(StreamIds[(step.Stream + 1) % Streams], ExpectedVersion.Any, step.Events));
            }

            if (step.Kind == Kind.RolledBack)
            {
                await using var other = await harness.DataSource.OpenConnectionAsync();
                await using var transaction = await other.BeginTransactionAsync();
                try
                {
                    await new AppendStatement().ExecuteAsync(other, [new AppendRequest(appends, EventMetadata.None, commandId: null, StoreHarness.Types, new SealedTexts(StoreHarness.Types))], DateTimeOffset.UtcNow, probe: false, inline: null, default);
                }
                catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.UniqueViolation)
                {
                    // Another writer made the stream meanwhile; the store would send it again.
                }

                await transaction.RollbackAsync();
                continue;
            }

            try
            {
                await harness.Store.AppendAsync(appends, EventMetadata.None);
                acknowledged.AddRange(appends.SelectMany(append => append.Events).Select(data => data.Id));
            }
            catch (WrongExpectedVersionException) when (step.Kind == Kind.Exact)
            {
                // Another writer came first, which is what this step is for.
            }
        }

        return acknowledged;
    }

    private static StreamAppend Append(Guid stream, ExpectedVersion expected, int events) =>
        StoreHarness.To(stream, expected, [.. Enumerable.Range(0, events).Select(amount => (object)new Counted(amount))]);

    public enum Kind
    {
        Any,
        Exact,
        TwoStreams,
        RolledBack,
    }

    public sealed record Step(Kind Kind, int Stream, int Events);
}
