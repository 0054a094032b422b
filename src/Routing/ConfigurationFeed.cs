using CallCenter.EventStore;

using Microsoft.Extensions.Logging;

using Npgsql;

namespace CallCenter.Routing;

/// <summary>Tells of every change of configuration from the log itself, whichever process made it: within a quarter of a second, or at once to who asks.</summary>
/// <param name="store">The log.</param>
/// <param name="types">Event types that are configuration.</param>
/// <param name="tell">Told of each event, in the log's order.</param>
/// <param name="clock">For the pauses.</param>
/// <param name="logger">Told when the database is away.</param>
internal sealed partial class ConfigurationFeed(PostgresEventStore store, IReadOnlyList<Type> types, Action<StoredEvent> tell, TimeProvider clock, ILogger logger)
{
    private const int PageSize = 1_000;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private List<TaskCompletionSource> _asked = [];
    private TaskCompletionSource _wake = New();

    /// <summary>Returns when everything is told that was committed before.</summary>
    public Task CatchUpAsync()
    {
        lock (_gate)
        {
            var asked = New();
            _asked.Add(asked);
            _wake.TrySetResult();
            return asked.Task;
        }
    }

    /// <param name="after">Position in the log of what is known already.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(long after, CancellationToken cancellationToken)
    {
        var names = store.Types.NamesOf(types).ToList();
        while (!cancellationToken.IsCancellationRequested)
        {
            List<TaskCompletionSource> asked;
            Task wake;
            lock (_gate)
            {
                (asked, _asked) = (_asked, []);
                _wake = New();
                wake = _wake.Task;
            }

            try
            {
                after = await ReadAsync(after, names, cancellationToken);
                asked.ForEach(waiting => waiting.SetResult());
                await Task.WhenAny(wake, Task.Delay(Pause, clock, cancellationToken));
            }
            catch (Exception e) when (e is EventStoreException or NpgsqlException)
            {
                LogAway(logger, e);
                lock (_gate)
                {
                    _asked.AddRange(asked);
                }

                await Task.Delay(PauseAfterFault, clock, cancellationToken);
            }
        }
    }

    private async Task<long> ReadAsync(long after, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await store.ReadAllAsync(after, PageSize, names, cancellationToken);
            foreach (var stored in page.Events)
            {
                tell(stored);
            }

            if (page.NextAfter == after)
            {
                return after;
            }

            after = page.NextAfter;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Changes of configuration cannot be read now; trying again")]
    private static partial void LogAway(ILogger logger, Exception exception);
}
