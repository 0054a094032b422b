using System.Threading.Channels;

using CallCenter.EventStore;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>
/// Makes steps durable in the order in which they were taken, and hands each back when it is: what people could notice waits for that. Steps that come while a
/// commit is under way share the next one. A database that is away holds the steps back and loses none.
/// </summary>
internal sealed partial class Journal(PostgresEventStore store, Action<Step> committed, Action<Step, EventStoreException> refused, TimeProvider clock, ILogger logger)
{
    private const int StepsPerCommit = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>(new UnboundedChannelOptions { SingleReader = true });
    /// <summary>Ends after <see cref="CompleteAsync"/>; faults when the journal cannot go on.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() => Completion = Task.Run(RunAsync);

    public void Write(Step step)
    {
        if (!_steps.Writer.TryWrite(step))
        {
            throw new InvalidOperationException("The journal is closed.");
        }
    }

    /// <summary>Takes no more steps; returns when the last one is durable.</summary>
    public Task CompleteAsync()
    {
        _steps.Writer.TryComplete();
        return Completion;
    }

    private async Task RunAsync()
    {
        var batch = new List<Step>();
        while (await _steps.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < StepsPerCommit && _steps.Reader.TryRead(out var step))
            {
                batch.Add(step);
            }

            // A refused step must not take the others of its commit with it: then each is written alone.
            if (await TryAppendAsync(batch) is { } refusal)
            {
                if (batch.Count == 1)
                {
                    refused(batch[0], refusal);
                    continue;
                }

                foreach (var step in batch)
                {
                    if (await TryAppendAsync([step]) is { } alone)
                    {
                        refused(step, alone);
                    }
                }
            }
        }
    }

    private async Task<EventStoreException?> TryAppendAsync(List<Step> steps)
    {
        // In the order of the steps, so the log tells what followed from what, also within one commit.
        var appends = steps.SelectMany(step => step.Parts).Select(part => new StreamAppend(part.StreamId, part.StreamType, ExpectedVersion.Exact(part.Version), part.Events)).ToList();
        while (true)
        {
            try
            {
                if (appends.Count > 0)
                {
                    await store.AppendAsync(appends, EventMetadata.None);
                }

                steps.ForEach(committed);
                return null;
            }
            catch (EventStoreException e) when (e is EventStoreUnavailableException or AppendOutcomeUnknownException)
            {
                LogWaiting(logger, e, steps.Count);
                await Task.Delay(Pause, clock);
            }
            catch (EventStoreException e)
            {
                return e;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database cannot be reached; {Steps} steps wait for it and nothing goes on without them")]
    private static partial void LogWaiting(ILogger logger, Exception exception, int steps);
}
