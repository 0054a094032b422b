using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>What a leg does about its audio: keys either way, how good it was, and whether anybody is still there.</summary>
internal abstract partial class Leg
{
    /// <summary>What a detector of tones is sure to take (ITU-T Q.24 asks for 40 ms), and no slower than a quick thumb.</summary>
    private static readonly TimeSpan ShortestPress = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestPress = TimeSpan.FromSeconds(5);

    private TimerHandle? _watch;
    private TimerHandle? _nextInfo;
    private Queue<InfoDigit>? _infos;
    private long _watchedSince;

    /// <summary>Presses keys for the other side, in the way that it takes.</summary>
    public void SendDtmf(string digits, TimeSpan duration, TimeSpan gap)
    {
        if (!HasMedia)
        {
            return;
        }

        if (!Media!.TakesEvents && Session is not null && TryPressByInfo(digits, duration, gap))
        {
            return;
        }

        Media.Press(new KeyPresses(digits, duration, gap, asTones: false));
    }

    /// <summary>From now on something must be heard of the other side every now and then.</summary>
    public void WatchMedia()
    {
        _watchedSince = Host.Time.GetTimestamp();
        if (_watch is null && Host.Options.MediaTimeout is { } timeout)
        {
            _watch = Host.Loop.Timers.Start(timeout, CheckMedia);
        }
    }

    private void StopWatching()
    {
        Host.Loop.Timers.Cancel(_watch);
        Host.Loop.Timers.Cancel(_nextInfo);
        _watch = null;
        _nextInfo = null;
    }

    private void CheckMedia()
    {
        _watch = null;
        if (IsEnded)
        {
            return;
        }

        // Waiting in a queue nobody has to speak; the next bridge begins a new watch.
        var isHeld = _holds || Media!.RemoteHolds;
        var allowed = isHeld ? Host.Options.HeldMediaTimeout : Host.Options.MediaTimeout;
        if (allowed is null || !(isHeld || Media!.IsBridged))
        {
            return;
        }

        var watched = Host.Time.GetElapsedTime(_watchedSince);
        var silent = Media!.SilentFor is { } heard && heard < watched ? heard : watched;
        if (silent < allowed)
        {
            // Retrieved from hold meanwhile, the shorter time counts.
            var next = Host.Options.MediaTimeout is { } shorter && isHeld && shorter < allowed - silent ? shorter : allowed.Value - silent;
            _watch = Host.Loop.Timers.Start(next, CheckMedia);
            return;
        }

        Session?.HangUp(HangUpCause.Failure.ToReasonHeader());
        End(LegEndReason.MediaTimeout, text: $"neither audio nor RTCP for {silent.TotalSeconds:0} s");
    }

    private void ListenForKeys()
    {
        if (Media is not { } media)
        {
            return;
        }

        // These come on the threads of audio.
        media.DigitReceived = digit => Host.Loop.Post(() =>
        {
            if (!IsEnded)
            {
                Host.Notify(new DtmfReceived(Id, digit.Digit, digit.Duration, DtmfMethod.TelephoneEvent));
            }
        });
        media.DigitToConvert = digit => Host.Loop.Post(() =>
        {
            if (!IsEnded)
            {
                var duration = digit.Duration < ShortestPress ? ShortestPress : digit.Duration > LongestPress ? LongestPress : digit.Duration;
                SendDtmf($"{digit.Digit}", duration, ShortestPress);
            }
        });
    }

    private void NotifyQuality()
    {
        if (Media?.Quality is { } quality && quality.PacketsSent + quality.PacketsReceived > 0)
        {
            Host.Notify(new LegMeasured(Id, quality));
        }
    }

    /// <summary>False when the other side does not take INFO: nothing has been sent then.</summary>
    private bool TryPressByInfo(string digits, TimeSpan duration, TimeSpan gap)
    {
        if (_infos is { Count: > 0 })
        {
            EnqueueInfos(digits, duration);
            return true;
        }

        if (!Session!.SendInfo(new InfoDigit(digits[0], duration)))
        {
            return false;
        }

        if (digits.Length > 1)
        {
            EnqueueInfos(digits[1..], duration);
            _nextInfo = Host.Loop.Timers.Start(duration + gap, () => SendNextInfo(gap));
        }

        return true;
    }

    private void EnqueueInfos(string digits, TimeSpan duration)
    {
        _infos ??= new Queue<InfoDigit>();
        foreach (var digit in digits)
        {
            _infos.Enqueue(new InfoDigit(digit, duration));
        }
    }

    private void SendNextInfo(TimeSpan gap)
    {
        if (IsAnswered && _infos!.TryDequeue(out var digit))
        {
            Session!.SendInfo(digit);
            _nextInfo = Host.Loop.Timers.Start((digit.Duration ?? ShortestPress) + gap, () => SendNextInfo(gap));
        }
    }
}
