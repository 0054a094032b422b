using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>
/// The one place where signalling state changes: messages, timers and verbs are run one after another, in the order they came. So transactions and dialogs need no locks,
/// effects run under none, and the messages of a dialog keep their order. A message costs microseconds here; parsing happens before, on the receiver's thread.
/// </summary>
internal sealed partial class SipLoop : IAsyncDisposable
{
    private readonly Channel<Action> _work = Channel.CreateUnbounded<Action>();
    private readonly ILogger _logger;
    private readonly Task _running;

    public SipLoop(TimeProvider time, ILogger logger)
    {
        _logger = logger;
        Timers = new TimerQueue(time, Post);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Timers of this loop; to be used on the loop only.</summary>
    public TimerQueue Timers { get; }

    /// <summary>Work that waits; the transports drop datagrams when it grows beyond what can be handled in time.</summary>
    public int Backlog => _work.Reader.Count;

    /// <summary>Queues work from any thread; without effect once the loop is closed.</summary>
    public void Post(Action work) => _work.Writer.TryWrite(work);

    /// <summary>Runs what is queued, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _running;
        Timers.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var work in _work.Reader.ReadAllAsync())
        {
            try
            {
                work();
            }
            catch (Exception defect)
            {
                // A defect met by one message must not end everybody's calls; it is reported with its stack, not hidden.
                LogDefect(defect);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A step of SIP signalling failed; its message or timer is lost")]
    private partial void LogDefect(Exception defect);
}
