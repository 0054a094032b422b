namespace CallCenter.Telephony.Media;

/// <summary>How good the line is, and whether anybody is still there.</summary>
public sealed partial class MediaLeg
{
    private readonly TimeProvider _time;

    /// <summary>What can be said of the line now; stays readable after <see cref="Dispose"/>.</summary>
    public MediaQuality Quality
    {
        get
        {
            var sent = _sender.Counts;
            var received = _receiver.Counts;
            var (reception, roundTrip) = _control.Remote;
            var codec = _receiver.Codec ?? _sender.Codec;
            var expected = received.Packets + received.Lost;
            TimeSpan? remoteJitter = reception is { } heard ? TimeSpan.FromSeconds((double)heard.Jitter / _sender.Clock) : null;
            var remoteLost = reception is { } told ? Math.Max(0, told.Lost) : (long?)null;
            return new MediaQuality(
                codec,
                sent.Packets,
                received.Packets,
                received.Lost,
                remoteLost,
                received.Jitter,
                remoteJitter,
                roundTrip,
                expected == 0 ? null : VoiceQuality.Mos(codec, (double)received.Lost / expected, received.Jitter, roundTrip),
                remoteLost is null ? null : VoiceQuality.Mos(_sender.Codec, (double)remoteLost.Value / Math.Max(1, sent.Packets), remoteJitter!.Value, roundTrip),
                _receiver.Pauses);
        }
    }

    /// <summary>How long neither audio nor a report has come; null when nothing ever came.</summary>
    public TimeSpan? SilentFor
    {
        get
        {
            var audio = _receiver.LastHeard;
            var control = _control.LastHeard;
            return (audio, control) switch
            {
                (null, null) => null,
                _ => _time.GetElapsedTime(Math.Max(audio ?? long.MinValue, control ?? long.MinValue)),
            };
        }
    }

    /// <summary>Its audio goes to another leg.</summary>
    public bool IsBridged => _peer is not null || Conference is { IsMixing: true };

    internal void OnTimer()
    {
        _control.SendIfDue();
        _receiver.OnTimer();
    }
}
