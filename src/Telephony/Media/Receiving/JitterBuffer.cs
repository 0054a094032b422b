using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>
/// Makes an even stream of 20 ms frames out of the packets of one remote party: puts them in the order of their timestamps, waits as long as their
/// jitter asks for (20 to 200 ms), and fills what is missing. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// It knows no clock but its reader's: how far a packet lies ahead of the place that is read when it comes (its margin) says all. A packet that comes late moves the
/// reading back; when for a while no packet was close to late, frames are left out, in a pause of the talk if there is one. A sender's clock that runs
/// faster or slower than ours shows in the same margins. Codes are decoded in order when they are read, so a reordered packet does not disturb
/// G.722. A pause of the sender is filled like a loss: 60 ms of fading, then silence.
/// </remarks>
/// <param name="patience">What the latest packet of a while may have in hand, in samples, before frames are left out. Short where a person waits for the audio, long where nobody does.</param>
internal sealed class JitterBuffer(int patience)
{
    /// <summary>Most samples between a packet and the place that is read: a power of two, so that timestamps may wrap.</summary>
    private const int Capacity = 4096;

    private const int Frame = Player.FrameSamples;
    private const int InitialDelay = 2 * Frame;
    private const int LongestDelay = 10 * Frame;

    /// <summary>The reading moves back by no more than this between two frames: one burst after a stall must not cost 200 ms of delay.</summary>
    private const int LargestStepBack = 2 * Frame;

    /// <summary>What a packet like the late one should have in hand after the reading has moved back.</summary>
    private const int Reserve = Frame / 2;

    /// <summary>Frames over which margins are watched before frames are left out: 4 s.</summary>
    private const int Window = 200;

    /// <summary>So many packets in a row that come too late are no stragglers: the sender has begun anew.</summary>
    private const int StragglersToRestart = 5;

    /// <summary>A frame softer than this is a pause of the talk: -50 dB.</summary>
    private const int Quiet = 100;

    private readonly byte[] _codes = new byte[Capacity];
    private readonly bool[] _present = new bool[Capacity];
    private readonly SpeechDecoder _decoder = new();
    private readonly Concealment _concealment = new();
    private readonly short[] _dropped = new short[Frame];

    private bool _started;
    private uint _ssrc;
    private AudioEncoding _encoding;
    private uint _next;
    private bool _steppedBack;
    private int _stragglers;

    private int _windowFrames;
    private int _leastMargin;
    private int _largestMargin;
    private int _framesToDrop;
    private int _sinceDrop;

    /// <summary>Takes a packet whose encoding <see cref="SpeechDecoder"/> knows.</summary>
    public void Put(in QueuedPacket packet, ReadOnlySpan<byte> payload)
    {
        if (payload.Length is 0 or > Capacity / 2)
        {
            return;
        }

        if (!_started || packet.Ssrc != _ssrc || packet.Encoding != _encoding)
        {
            _decoder.Reset();
            _concealment.Clear();
            _ssrc = packet.Ssrc;
            _encoding = packet.Encoding;
            Restart(packet.Timestamp);
        }

        var margin = unchecked((int)(packet.Timestamp - _next));
        if (margin + payload.Length > Capacity || margin < -Capacity)
        {
            Restart(packet.Timestamp);
            margin = InitialDelay;
        }
        else if (margin < 0)
        {
            margin = StepBack(packet.Timestamp, margin);
        }

        if (margin < 0)
        {
            // Its beginning is past; what is left of it may still be heard.
            if (margin + payload.Length <= 0)
            {
                return;
            }

            payload = payload[-margin..];
            margin = 0;
        }

        _stragglers = 0;
        _leastMargin = Math.Min(_leastMargin, margin);
        _largestMargin = Math.Max(_largestMargin, margin);
        Store(unchecked(_next + (uint)margin), payload);
    }

    /// <summary>The next 20 ms.</summary>
    /// <returns>False when it is nothing but silence of our own.</returns>
    public bool Read(Span<short> frame)
    {
        if (!_started)
        {
            frame.Clear();
            return false;
        }

        _steppedBack = false;
        var heard = ReadNext(frame);
        _sinceDrop++;
        if (_framesToDrop > 0 && (IsQuiet(frame) || _sinceDrop >= 25))
        {
            DropAFrame(frame);
        }

        if (++_windowFrames == Window)
        {
            CloseWindow();
        }

        return heard;
    }

    private void Restart(uint timestamp)
    {
        _started = true;
        _present.AsSpan().Clear();
        _next = unchecked(timestamp - InitialDelay);
        _stragglers = 0;
        OpenWindow();
    }

    /// <summary>Makes room for a late packet and its like, within limits.</summary>
    private int StepBack(uint timestamp, int margin)
    {
        if (!_steppedBack && _largestMargin < LongestDelay)
        {
            var step = Math.Min(Reserve - margin, LargestStepBack);
            _steppedBack = true;
            _next = unchecked(_next - (uint)step);
            _largestMargin += step;
            _framesToDrop = 0;
            margin += step;
        }

        if (margin < 0 && ++_stragglers >= StragglersToRestart)
        {
            Restart(timestamp);
            margin = InitialDelay;
        }

        return margin;
    }

    private void Store(uint timestamp, ReadOnlySpan<byte> payload)
    {
        var at = (int)(timestamp % Capacity);
        var first = Math.Min(payload.Length, Capacity - at);
        payload[..first].CopyTo(_codes.AsSpan(at));
        payload[first..].CopyTo(_codes);
        _present.AsSpan(at, first).Fill(value: true);
        _present.AsSpan(0, payload.Length - first).Fill(value: true);
    }

    private bool ReadNext(Span<short> frame)
    {
        var heard = false;
        while (!frame.IsEmpty)
        {
            var at = (int)(_next % Capacity);
            var there = _present.AsSpan(at, Math.Min(frame.Length, Capacity - at));
            var isPresent = there[0];
            var length = there.IndexOf(!isPresent) is var end and >= 0 ? end : there.Length;
            var part = frame[..length];
            if (isPresent)
            {
                _decoder.Decode(_encoding, _codes.AsSpan(at, length), part);
                _concealment.Heard(part);
                there[..length].Clear();
                heard = true;
            }
            else
            {
                heard |= !_concealment.Faded;
                _concealment.Fill(part);
            }

            _next = unchecked(_next + (uint)length);
            frame = frame[length..];
        }

        return heard;
    }

    /// <summary>Goes over from this frame to the one after it within the time of one.</summary>
    private void DropAFrame(Span<short> frame)
    {
        ReadNext(_dropped);
        for (var i = 0; i < Frame; i++)
        {
            frame[i] = (short)(((frame[i] * (Frame - i)) + (_dropped[i] * i)) / Frame);
        }

        _framesToDrop--;
        _sinceDrop = 0;
    }

    private void CloseWindow()
    {
        if (_leastMargin != int.MaxValue)
        {
            _framesToDrop = Math.Max(0, _leastMargin - patience) / Frame;
        }

        OpenWindow();
    }

    private void OpenWindow()
    {
        _windowFrames = 0;
        _leastMargin = int.MaxValue;
        _largestMargin = 0;
        _sinceDrop = 0;
    }

    private static bool IsQuiet(ReadOnlySpan<short> frame) => !frame.ContainsAnyExceptInRange((short)-Quiet, (short)Quiet);
}
