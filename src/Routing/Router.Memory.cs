using CallCenter.EventStore;

using Microsoft.Extensions.Logging;

using Npgsql;

namespace CallCenter.Routing;

/// <summary>Whom callers have talked with before this process began.</summary>
public sealed partial class Router
{
    private readonly LastAgents _lastAgents = new();
    private Task _remembering = Task.CompletedTask;

    /// <summary>Reads who served each number last, the latest first; null where that is not kept.</summary>
    public Func<CancellationToken, Task<IReadOnlyList<(string Number, Guid AgentId)>>>? ServedBefore { get; init; }

    // Beside the start: until it is read callers go to anybody, as new ones do.
    private async Task RememberAsync(CancellationToken cancellationToken)
    {
        if (ServedBefore is not { } read)
        {
            return;
        }

        try
        {
            var served = await read(cancellationToken);
            Post(() => _lastAgents.Remember(served));
        }
        catch (OperationCanceledException)
        {
            // The center is being stopped.
        }
        catch (Exception e) when (e is EventStoreException or NpgsqlException or PersonalDataTamperedException or PersonKeyMissingException)
        {
            LogNotRemembered(_logger, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Who served callers before could not be read: they go to anybody")]
    private static partial void LogNotRemembered(ILogger logger, Exception exception);
}
