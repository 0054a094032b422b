using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>Paces everything that an engine's legs play and mix: one thread, one tick every 20 ms. Sleeps while there is nothing to pace.</summary>
/// <remarks>A thread of its own, because audio must not wait until a busy thread pool finds time.</remarks>
internal sealed partial class Player : IDisposable
{
    /// <summary>Samples of 8 kHz in 20 ms.</summary>
    public const int FrameSamples = 160;

    /// <summary>The audio of one packet.</summary>
    public static readonly TimeSpan PacketTime = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<IPaced> _arrivals = new();
    private readonly List<IPaced> _playing = [];
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly TickClock _clock;
    private readonly ILogger _logger;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public Player(TimeProvider time, ILogger logger)
    {
        _logger = logger;
        _clock = new TickClock(time, PacketTime);
        _thread = new Thread(Run) { IsBackground = true, Name = "media player" };
        _thread.Start();
    }

    /// <summary>Ticks this from now on, until its <see cref="IPaced.Tick"/> returns false.</summary>
    public void Add(IPaced paced)
    {
        _arrivals.Enqueue(paced);
        _wake.Set();
    }

    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            if (_playing.Count == 0 && _arrivals.IsEmpty)
            {
                _wake.WaitOne();
                _clock.Restart();
                continue;
            }

            while (_arrivals.TryDequeue(out var arrival))
            {
                _playing.Add(arrival);
            }

            for (var due = _clock.TakeDue(out var skipped); due > 0; due--)
            {
                TickAll(afterSkip: skipped > 0);
                skipped = 0;
            }

            // Rounded up: a wait in whole milliseconds that ends early would spin until the tick.
            var wait = (int)Math.Ceiling(_clock.UntilNext.TotalMilliseconds);
            if (wait > 0)
            {
                _wake.WaitOne(wait);
            }
        }
    }

    private void TickAll(bool afterSkip)
    {
        for (var i = _playing.Count - 1; i >= 0; i--)
        {
            if (!TryTick(_playing[i], afterSkip))
            {
                _playing[i] = _playing[^1];
                _playing.RemoveAt(_playing.Count - 1);
            }
        }
    }

    private bool TryTick(IPaced paced, bool afterSkip)
    {
        try
        {
            return paced.Tick(afterSkip);
        }
        catch (Exception defect)
        {
            // A fault in one call's audio must not take the other calls' with it, and would be met again at every tick.
            LogDefect(defect);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Error, "Something that was played or mixed has failed; it is heard no more")]
    private partial void LogDefect(Exception defect);
}
