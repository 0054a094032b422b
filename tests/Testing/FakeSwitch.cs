using System.Threading.Channels;

using CallCenter.Telephony;
using CallCenter.Telephony.Media;

namespace CallCenter.Testing;

/// <summary>A switch without wires: the test is the phones. Verbs are written down, as <c>Verb leg ...</c>.</summary>
public sealed class FakeSwitch : ISwitch
{
    private Channel<SwitchNotification> _notifications = Channel.CreateUnbounded<SwitchNotification>();
    private readonly List<string> _verbs = [];
    private readonly HashSet<LegId> _gone = [];
    private readonly System.Collections.Concurrent.ConcurrentQueue<OriginateOptions> _options = new();
    private readonly List<(RecordingId, string)> _recordings = [];
    private long _legs;

    public ChannelReader<SwitchNotification> Notifications => _notifications.Reader;

    /// <summary>Called for every new leg to a phone; a simulation answers for the phone here.</summary>
    public Action<LegId, string> Originated { get; set; } = (_, _) => { };

    /// <summary>Called for everything that is played.</summary>
    public Action<LegId, Playlist, Guid> Playing { get; set; } = (_, _, _) => { };

    public Action<LegId> HungUp { get; set; } = _ => { };

    public IReadOnlyList<string> Verbs
    {
        get
        {
            lock (_verbs)
            {
                return [.. _verbs];
            }
        }
    }

    /// <summary>Whoever listened hears no more: the next router does.</summary>
    public void Renew()
    {
        _notifications.Writer.Complete();
        _notifications = Channel.CreateUnbounded<SwitchNotification>();
    }

    /// <summary>How the phones were called, in order.</summary>
    public IReadOnlyCollection<OriginateOptions> Options => _options;

    public LegId NewLeg() => new(Interlocked.Increment(ref _legs));

    public void Notify(SwitchNotification notification)
    {
        if (notification is LegEnded ended)
        {
            lock (_verbs)
            {
                _gone.Add(ended.Leg);
            }
        }

        _notifications.Writer.TryWrite(notification).ShouldBeTrue();
    }

    public LegId Call(string to, string from = "5551234", CallSource? source = null)
    {
        var leg = NewLeg();
        Notify(new IncomingCall(leg, $"sip-{leg.Value}", from, null, to, source ?? new TrunkSource("local"), DateTimeOffset.UtcNow));
        return leg;
    }

    public bool Name(LegId leg, Guid subject) => !IsGone(leg);

    public bool Ring(LegId leg) => Do(leg, $"Ring {leg.Value}");

    public bool Progress(LegId leg) => Do(leg, $"Progress {leg.Value}");

    public bool AcceptTransfer(LegId leg, TransferId transfer) => Do(leg, $"AcceptTransfer {leg.Value} {transfer.Value}");

    public bool RefuseTransfer(LegId leg, TransferId transfer, int status, string reason) => Do(leg, $"RefuseTransfer {leg.Value} {transfer.Value} {status}");

    public bool ReportTransfer(LegId leg, TransferId transfer, int status, string reason) => Do(leg, $"ReportTransfer {leg.Value} {transfer.Value} {status}");

    public bool Answer(LegId leg) => Do(leg, $"Answer {leg.Value}");

    public bool TellToAnswer(LegId leg) => Do(leg, $"TellToAnswer {leg.Value}");

    public bool Reject(LegId leg, int status, string reason) => Do(leg, $"Reject {leg.Value} {status}");

    public LegId Originate(string extension, OriginateOptions options)
    {
        var leg = NewLeg();
        _options.Enqueue(options);
        Do(leg, $"Originate {leg.Value} {extension} from {options.FromUser}");
        Originated(leg, extension);
        return leg;
    }

    public LegId Originate(string number, string trunk, OriginateOptions options)
    {
        var leg = NewLeg();
        Do(leg, $"Originate {leg.Value} {number} over {trunk} from {options.FromUser}");
        Originated(leg, number);
        return leg;
    }

    /// <summary>What has an end has come to it as soon as it is played.</summary>
    public bool PlaysAtOnce { get; set; }

    public bool Play(LegId leg, Playlist playlist, Guid playbackId)
    {
        var done = Do(leg, $"Play {leg.Value}");
        if (done)
        {
            Playing(leg, playlist, playbackId);
        }

        if (done && PlaysAtOnce && playlist.Loop.Count == 0)
        {
            Notify(new PlaybackFinished(leg, playbackId));
        }

        return done;
    }

    public bool PlayFile(LegId leg, string path, Guid playbackId) => Do(leg, $"PlayFile {leg.Value} {path}");

    public bool StopPlaying(LegId leg) => Do(leg, $"StopPlaying {leg.Value}");

    public bool SendDtmf(LegId leg, string digits, TimeSpan duration, TimeSpan gap) => Do(leg, $"SendDtmf {leg.Value} {digits}");

    public bool DetectDtmf(LegId leg, bool always = false) => Do(leg, $"DetectDtmf {leg.Value}");

    public bool IgnoreDtmf(LegId leg) => Do(leg, $"IgnoreDtmf {leg.Value}");

    public bool Join(ConferenceId conference, LegId leg) => Do(leg, $"Join {leg.Value}");

    public bool Supervise(LegId supervisor, LegId target, SupervisionMode mode) => Do(supervisor, $"Supervise {supervisor.Value} {target.Value} {mode}");

    public bool TakeOver(LegId supervisor) => Do(supervisor, $"TakeOver {supervisor.Value}");

    /// <summary>The recordings that were begun, in their order.</summary>
    public IReadOnlyList<(RecordingId Id, string Path)> Recordings
    {
        get
        {
            lock (_verbs)
            {
                return [.. _recordings];
            }
        }
    }

    public bool Record(RecordingId id, string path, params LegId?[] channels) => Record(id, path, RecordingLimits.None, channels);

    public bool Record(RecordingId id, string path, RecordingLimits limits, params LegId?[] channels)
    {
        lock (_verbs)
        {
            _recordings.Add((id, path));
        }

        return Do(channels.OfType<LegId>().First(), $"Record {string.Join(' ', channels.Select(leg => leg?.Value.ToString() ?? "-"))}");
    }

    public bool SetChannel(RecordingId id, int channel, params LegId[] legs) =>
        legs.Length == 0 || Do(legs[0], $"SetChannel {channel} {string.Join(' ', legs.Select(leg => leg.Value))}");

    public void PauseRecording(RecordingId id) => Note($"PauseRecording {id.Value}");

    public void ResumeRecording(RecordingId id) => Note($"ResumeRecording {id.Value}");

    public void StopRecording(RecordingId id) => Note($"StopRecording {id.Value}");

    public bool Bridge(LegId a, LegId b) => Do(a, $"Bridge {a.Value} {b.Value}");

    public bool Unbridge(LegId a) => Do(a, $"Unbridge {a.Value}");

    public bool HangUp(LegId leg, HangUpCause cause)
    {
        var done = Do(leg, $"HangUp {leg.Value}");
        if (done)
        {
            HungUp(leg);
        }

        return done;
    }

    private void Note(string verb)
    {
        lock (_verbs)
        {
            _verbs.Add(verb);
        }
    }

    private bool IsGone(LegId leg)
    {
        lock (_verbs)
        {
            return _gone.Contains(leg);
        }
    }

    private bool Do(LegId leg, string verb)
    {
        lock (_verbs)
        {
            if (_gone.Contains(leg))
            {
                return false;
            }

            _verbs.Add(verb);
            return true;
        }
    }
}
