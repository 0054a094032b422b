using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.EventStore.Contract;

/// <summary>Random operations, one after another: the store under test and the in-memory store give the same answers and come to the same log.</summary>
/// <remarks>
/// Positions are compared by what lies there, since a store may leave gaps. When an append to several streams is refused for a stream's state, any of them may be named, so only that it was
/// refused is compared.
/// </remarks>
public abstract class RandomOperations(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private const int Streams = 4;

    [Fact]
    public async Task Any_operations_get_the_answers_and_leave_the_log_that_the_model_gives()
    {
        var operation =
            from kind in Gen.Elements(Enum.GetValues<OperationKind>())
            from stream in Gen.Choose(0, Streams - 1)
            from number in Gen.Choose(0, 99)
            select new Operation(kind, stream, number);
        var plans = Gen.Choose(10, 40).SelectMany(count => Gen.ListOf(operation, count));

        await Task.Run(() => Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(plans.ToArbitrary(), plan => RunAsync([.. plan]).GetAwaiter().GetResult())));
    }

    private async Task RunAsync(List<Operation> plan)
    {
        await using var model = new InMemoryEventStore();
        var start = await Store.HighWaterMarkAsync();
        var script = new OperationScript([.. Enumerable.Range(0, Streams).Select(_ => Guid.NewGuid())]);
        foreach (var operation in plan)
        {
            var call = await script.NextAsync(operation, model);
            var expected = await AnswerAsync(call, model, start: 0);
            (await AnswerAsync(call, Store, start)).ShouldBe(expected, $"{operation}");
        }

        (await Store.ReadToEndAsync(start, limit: 7)).Select(Told).ShouldBe((await model.ReadToEndAsync()).Select(Told));
        foreach (var stream in script.Streams)
        {
            (await FetchAsync(stream)).Select(Told).ShouldBe((await model.FetchStreamAsync(stream, 0)).Select(Told));
        }
    }

    private static async Task<string> AnswerAsync(OperationScript.Call call, IStoreUnderTest store, long start)
    {
        try
        {
            return await call.RunAsync(store, start);
        }
        catch (Exception refusal) when (call.Appends.Count > 1 && refusal is WrongExpectedVersionException or StreamArchivedException)
        {
            return "a stream refuses";
        }
        catch (WrongExpectedVersionException refusal)
        {
            return $"{refusal.StreamId} is at {refusal.Actual}, expected {refusal.Expected}";
        }
        catch (EventStoreException refusal)
        {
            return refusal.GetType().Name;
        }
    }

    private static string Told(StoredEvent stored) => $"{stored.Id} {stored.StreamId} {stored.StreamType} {stored.Version} {stored.Type} {stored.Data} {stored.Metadata}";
}
