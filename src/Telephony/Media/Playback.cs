using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>How far one leg has come in a playlist. Not safe for concurrent use.</summary>
internal sealed class Playback : IPacedSource
{
    private readonly Playlist _playlist;
    private readonly Guid _id;
    private readonly Action<Guid> _finished;
    private readonly bool _loops;

    private bool _inLoop;
    private int _clip;
    private int _offset;
    private int _loopClip;
    private int _loopOffset;

    public Playback(Playlist playlist, Guid id, Action<Guid> finished)
    {
        _playlist = playlist;
        _id = id;
        _finished = finished;

        // A loop without a single sample would be searched for ever.
        _loops = playlist.Loop.Any(c => !c.Samples.IsEmpty);
        SkipFinishedClips();
    }

    /// <summary>Nothing is left to be heard.</summary>
    public bool Ended => !_loops && _clip >= _playlist.Intro.Count;

    /// <summary>When this loops the same clips as the former playback, its loop begins where that one's was left.</summary>
    public void TakeLoopPositionFrom(IPacedSource? source)
    {
        if (source is not Playback former || !_loops || !_playlist.Loop.SequenceEqual(former._playlist.Loop))
        {
            return;
        }

        (_loopClip, _loopOffset) = former._inLoop ? (former._clip, former._offset) : (former._loopClip, former._loopOffset);
        if (_inLoop)
        {
            (_clip, _offset) = (_loopClip, _loopOffset);
        }
    }

    /// <summary>The next samples; after the end, silence.</summary>
    public void Read(AudioEncoding encoding, Span<byte> codes)
    {
        while (!codes.IsEmpty)
        {
            if (Ended)
            {
                codes.Fill(SpeechEncoder.Silence(encoding));
                return;
            }

            var rest = (_inLoop ? _playlist.Loop : _playlist.Intro)[_clip].Encoded(encoding)[_offset..];
            var taken = Math.Min(rest.Length, codes.Length);
            rest[..taken].CopyTo(codes);
            codes = codes[taken..];
            _offset += taken;
            SkipFinishedClips();
        }
    }

    /// <summary>Tells the one who has begun this, on the thread pool: what it does must not hold up the audio of others.</summary>
    public void ReportFinished() => ThreadPool.UnsafeQueueUserWorkItem(static p => p._finished(p._id), this, preferLocal: false);

    private void SkipFinishedClips()
    {
        while (!Ended)
        {
            var clips = _inLoop ? _playlist.Loop : _playlist.Intro;
            if (_clip == clips.Count)
            {
                (_clip, _offset) = _inLoop ? (0, 0) : (_loopClip, _loopOffset);
                _inLoop = true;
            }
            else if (_offset == clips[_clip].Samples.Length)
            {
                _clip++;
                _offset = 0;
            }
            else
            {
                return;
            }
        }
    }
}
