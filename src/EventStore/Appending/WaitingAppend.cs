namespace CallCenter.EventStore;

/// <summary>A request and who waits for it.</summary>
internal sealed class WaitingAppend(AppendRequest request, SingleAppend single, Action<IEnumerable<Guid>> release, CancellationToken ct)
{
    public AppendRequest Request { get; } = request;

    public IEnumerable<Guid> StreamIds => Request.Streams.Select(stream => stream.First.StreamId);

    public TaskCompletionSource<IReadOnlyList<AppendResult>> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Take(AppendOutcome outcome)
    {
        if (!outcome.IsFinal)
        {
            GoAlone(sentBefore: false);
            return;
        }

        try
        {
            Answer.SetResult(outcome.Results(Request));
        }
        catch (EventStoreException refusal)
        {
            Answer.SetException(refusal);
        }
    }

    public void GoAlone(bool sentBefore) => _ = Task.Run(async () =>
    {
        try
        {
            var results = await single.RunAsync(Request, sentBefore, ct);
            release(StreamIds);
            Answer.SetResult(results);
        }
        catch (Exception exception)
        {
            release(StreamIds);
            Answer.SetException(exception);
        }
    });
}
