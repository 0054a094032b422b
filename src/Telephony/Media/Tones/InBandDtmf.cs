using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Listens to a leg for digits in its audio. Runs on the receiving thread: a packet costs it 1 to 2 us, and G.722 ten more.</summary>
internal sealed class InBandDtmf : IAudioTap
{
    /// <summary>A lost packet within a digit must not make two of it: gaps up to 60 ms are filled with what was before.</summary>
    private const int LongestFill = 480;

    private readonly SpeechDecoder _decoder = new();
    private readonly DtmfDetector _detector;
    private readonly short[] _samples = new short[LongestFill];
    private int _length;
    private uint _ssrc;
    private uint _next;

    /// <param name="found">Told each digit and how long it lasted, on the receiving thread.</param>
    public InBandDtmf(Action<char, TimeSpan> found) => _detector = new DtmfDetector(found);

    public void OnAudio(ReadOnlySpan<byte> payload, in RtpHeader header, AudioEncoding encoding)
    {
        if (!SpeechDecoder.Knows(encoding))
        {
            return;
        }

        var gap = unchecked((int)(header.Timestamp - _next));
        if (header.Ssrc != _ssrc || gap is < -AudioClip.SampleRate or > LongestFill)
        {
            _detector.Break();
        }
        else if (gap < 0)
        {
            // Late: its place is filled already.
            return;
        }
        else if (gap > 0 && _length > 0)
        {
            Fill(gap);
        }

        _ssrc = header.Ssrc;
        _next = unchecked(header.Timestamp + (uint)payload.Length);
        while (!payload.IsEmpty)
        {
            _length = Math.Min(payload.Length, _samples.Length);
            _decoder.Decode(encoding, payload[.._length], _samples);
            _detector.Feed(_samples.AsSpan(0, _length));
            payload = payload[_length..];
        }
    }

    private void Fill(int gap)
    {
        while (gap > 0)
        {
            var part = Math.Min(gap, _length);
            _detector.Feed(_samples.AsSpan(0, part));
            gap -= part;
        }
    }
}
