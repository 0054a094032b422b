using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Tells listening readers that there is something new: after the commit, and once for all appends that came while the last message was under way.</summary>
/// <remarks>A notification inside the appending transaction would make commits wait for one another. One lost with its process costs a reader no more than a polling interval.</remarks>
internal sealed partial class AppendNotifier(NpgsqlDataSource dataSource, ILogger logger) : IAsyncDisposable
{
    public const string Channel = "callcenter_events";

    // A message costs about as much as an append: under load they are told of together, and nobody learns of one later than this.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly Lock _gate = new();
    private bool _wanted;
    private Task _sending = Task.CompletedTask;

    public void Notify()
    {
        lock (_gate)
        {
            _wanted = true;
            if (_sending.IsCompleted)
            {
                _sending = Task.Run(SendAsync);
            }
        }
    }

    public async ValueTask DisposeAsync() => await _sending;

    private async Task SendAsync()
    {
        while (TakeWanted())
        {
            try
            {
                await using var command = dataSource.CreateCommand($"select pg_notify('{Channel}', '')");
                await command.ExecuteNonQueryAsync();
            }
            catch (Exception exception) when (exception is NpgsqlException or ObjectDisposedException)
            {
                LogNotSent(logger, exception.Message);
            }

            await Task.Delay(Pause);
        }
    }

    // Decided under the lock, so that a wish made while the last message ends is either taken here or starts a new sender.
    private bool TakeWanted()
    {
        lock (_gate)
        {
            var wanted = _wanted;
            _wanted = false;
            if (!wanted)
            {
                _sending = Task.CompletedTask;
            }

            return wanted;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Readers were not notified and will find the events by polling: {Reason}")]
    private static partial void LogNotSent(ILogger logger, string reason);
}
