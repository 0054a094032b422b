using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.EventStore.Contract;

/// <summary>Random writers side by side, some of which give up, in front of a reader.</summary>
public abstract class Interleaving(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private const int Streams = 3;
    private readonly Guid[] _streams = [.. Enumerable.Range(0, Streams).Select(_ => Guid.NewGuid())];

    [Fact]
    public async Task Any_interleaving_of_appends_loses_nothing_leaves_no_gap_in_a_stream_and_is_read_once_in_order()
    {
        var step =
            from kind in Gen.Elements(Enum.GetValues<Kind>())
            from stream in Gen.Choose(0, Streams - 1)
            from events in Gen.Choose(1, 4)
            select new Step(kind, stream, events);
        var writers = Gen.Choose(2, 5).SelectMany(count => Gen.ListOf(Gen.NonEmptyListOf(step), count));

        // The store outlives the rounds, so that each begins on what the others left.
        var stored = new HashSet<Guid>();
        await Task.Run(() => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(25),
            Prop.ForAll(writers.ToArbitrary(), plan => RunAsync(plan.Select(steps => steps.ToList()).ToList(), stored).GetAwaiter().GetResult())));
    }

    private async Task RunAsync(List<List<Step>> plan, HashSet<Guid> storedBefore)
    {
        var start = await Store.HighWaterMarkAsync();
        var writing = Task.WhenAll(plan.Select(steps => Task.Run(() => WriteAsync(steps))));
        var read = await ReadWhileAsync(start, writing);

        var acknowledged = (await writing).SelectMany(ids => ids).ToList();
        read.Select(stored => stored.Position).ShouldBe(read.Select(stored => stored.Position).Distinct().Order());
        read.Select(stored => stored.Id).Order().ShouldBe(acknowledged.Order());
        storedBefore.Overlaps(acknowledged).ShouldBeFalse();
        storedBefore.UnionWith(acknowledged);
        foreach (var stream in _streams)
        {
            var events = await FetchAsync(stream);
            events.Select(stored => stored.Version).ShouldBe(Enumerable.Range(1, events.Count).Select(version => (long)version));
            events.Select(stored => stored.Position).ShouldBe(events.Select(stored => stored.Position).Order());
        }
    }

    private async Task<List<StoredEvent>> ReadWhileAsync(long after, Task writing)
    {
        var read = new List<StoredEvent>();
        while (true)
        {
            var ended = writing.IsCompleted;
            var page = await Store.ReadAllAsync(after, limit: 3, types: null);
            read.AddRange(page.Events);
            if (ended && page.NextAfter == after)
            {
                return read;
            }

            after = page.NextAfter;
        }
    }

    /// <summary>Gives the ids of the events that were acknowledged.</summary>
    private async Task<List<Guid>> WriteAsync(List<Step> steps)
    {
        var acknowledged = new List<Guid>();
        foreach (var step in steps)
        {
            var stream = _streams[step.Stream];
            var expected = step.Kind == Kind.Exact ? ExpectedVersion.Exact((await FetchAsync(stream)).Count) : ExpectedVersion.Any;
            List<StreamAppend> appends = [Many(stream, expected, step.Events)];
            if (step.Kind == Kind.TwoStreams)
            {
                appends.Add(Many(_streams[(step.Stream + 1) % Streams], ExpectedVersion.Any, step.Events));
            }

            if (step.Kind == Kind.RolledBack)
            {
                await (await Store.BeginAppendAsync(appends)).RollBackAsync();
                continue;
            }

            try
            {
                await AppendAsync(appends);
                acknowledged.AddRange(appends.SelectMany(append => append.Events).Select(data => data.Id));
            }
            catch (WrongExpectedVersionException) when (step.Kind == Kind.Exact)
            {
                // Another writer came first, which is what this step is for.
            }
        }

        return acknowledged;
    }

    /// <summary>How a step writes.</summary>
    public enum Kind
    {
        Any,
        Exact,
        TwoStreams,
        RolledBack,
    }

    /// <summary>One append of a writer.</summary>
    public sealed record Step(Kind Kind, int Stream, int Events);
}
