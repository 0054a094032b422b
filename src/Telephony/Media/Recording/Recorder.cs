using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>Writes all recordings of an engine: one thread, which waits for disks so that nobody else has to.</summary>
internal sealed partial class Recorder : IAsyncDisposable
{
    public const int MostChannels = 16;

    /// <summary>How often what was heard is written.</summary>
    private static readonly TimeSpan Pass = TimeSpan.FromMilliseconds(200);

    /// <summary>A packet is stamped a little before it can be read from its queue.</summary>
    private static readonly TimeSpan HoldBack = TimeSpan.FromMilliseconds(40);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Func<string, int, RecordingFile> _open;
    private readonly ConcurrentQueue<Action> _commands = new();
    private readonly ConcurrentDictionary<RecordingId, byte> _known = new();
    private readonly Dictionary<RecordingId, (Recording Recording, Action<RecordingFinished> Finished)> _live = [];
    private readonly List<Task> _sealing = [];
    private readonly byte[] _block = new byte[Recording.BlockBytes(MostChannels)];
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Lazy<Thread> _thread;
    private volatile bool _stopping;

    public Recorder(TimeProvider time, ILogger logger)
        : this(time, logger, (path, channels) => new RecordingFile(RecordingFile.Create(path), channels))
    {
    }

    internal Recorder(TimeProvider time, ILogger logger, Func<string, int, RecordingFile> open)
    {
        _time = time;
        _logger = logger;
        _open = open;
        _thread = new Lazy<Thread>(() =>
        {
            var thread = new Thread(Run) { IsBackground = true, Name = "media recorder" };
            thread.Start();
            return thread;
        });
    }

    /// <summary>Begins a recording.</summary>
    /// <param name="id">A new one.</param>
    /// <param name="path">A file that does not exist yet.</param>
    /// <param name="legs">Who speaks in each channel; null for a channel that is silent for now.</param>
    /// <param name="finished">Called once, on the thread pool, when the file is closed or could not be made.</param>
    /// <param name="limits">When it ends by itself, a fifth of a second later at most.</param>
    /// <returns>False when the id is known already, or the engine has ended.</returns>
    public bool Start(RecordingId id, string path, IReadOnlyList<MediaLeg?> legs, Action<RecordingFinished> finished, RecordingLimits? limits = null)
    {
        if (_stopping || !_known.TryAdd(id, 0))
        {
            return false;
        }

        var start = _time.GetTimestamp();
        List<RecordingSpeaker>[] channels = [.. legs.Select(leg => leg is null ? [] : new List<RecordingSpeaker> { new(leg, _time) })];
        _commands.Enqueue(() => _live[id] = (new Recording(id, path, channels, limits ?? RecordingLimits.None, _time, start, p => _open(p, channels.Length)), finished));
        _ = _thread.Value;
        return true;
    }

    /// <summary>Lets these legs, and nobody else, speak in a channel from now on; one that does not exist is left alone.</summary>
    public void Set(RecordingId id, int channel, params MediaLeg[] legs)
    {
        RecordingSpeaker[] speakers = [.. legs.Select(leg => new RecordingSpeaker(leg, _time))];
        Command(id, recording => recording.Set(channel, speakers), otherwise: () => Array.ForEach(speakers, speaker => speaker.Close()));
    }

    public void Pause(RecordingId id, bool paused) => Command(id, recording => recording.Pause(paused));

    /// <summary>Ends a recording; what was heard until now is in it.</summary>
    public void Stop(RecordingId id) => Command(id, recording => Finish(recording.Id));

    /// <summary>Ends all recordings, and returns when their files are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping)
        {
            return;
        }

        _stopping = true;
        if (_thread.IsValueCreated)
        {
            _wake.Set();
            _thread.Value.Join();
            await Task.WhenAll(_sealing);
        }

        _wake.Dispose();
    }

    /// <summary>Does something to a recording that is live then, after all that it has heard until now is written.</summary>
    private void Command(RecordingId id, Action<Recording> act, Action? otherwise = null)
    {
        var at = _time.GetTimestamp();
        _commands.Enqueue(() =>
        {
            if (_live.TryGetValue(id, out var found))
            {
                found.Recording.Advance(at, _block);
                act(found.Recording);
            }
            else
            {
                otherwise?.Invoke();
            }
        });
    }

    private void Run()
    {
        while (!_stopping)
        {
            _wake.WaitOne(Pass);
            RunCommands();
            var until = _time.GetTimestamp() - (long)(HoldBack.TotalSeconds * _time.TimestampFrequency);
            foreach (var (recording, _) in _live.Values)
            {
                recording.Advance(until, _block);
            }

            foreach (var over in _live.Values.Where(live => live.Recording.IsOver).Select(live => live.Recording.Id).ToArray())
            {
                Finish(over);
            }
        }

        RunCommands();
        foreach (var id in _live.Keys.ToArray())
        {
            Finish(id);
        }
    }

    private void RunCommands()
    {
        while (_commands.TryDequeue(out var command))
        {
            command();
        }
    }

    /// <summary>Reading the file again for its hash must not keep the others' audio waiting.</summary>
    private void Finish(RecordingId id)
    {
        _live.Remove(id, out var ended);
        _sealing.RemoveAll(sealing => sealing.IsCompleted);
        _sealing.Add(Task.Run(() =>
        {
            var finished = ended.Recording.Finish();
            if (finished.Failure is { } failure)
            {
                LogFailure(id, finished.Path, failure);
            }

            _known.TryRemove(id, out _);
            ended.Finished(finished);
        }));
    }

    [LoggerMessage(LogLevel.Error, "{Recording} in {Path} is not whole: {Failure}")]
    private partial void LogFailure(RecordingId recording, string path, string failure);
}
