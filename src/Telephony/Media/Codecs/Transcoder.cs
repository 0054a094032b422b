using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Turns one relayed stream into another encoding, packet by packet, in place. Not safe for concurrent use.</summary>
/// <remarks>
/// A byte stands for 125 us in every encoding known here, so packets keep their length, their numbers and their times: the receiver's jitter buffer sees
/// losses as they are, and nothing is delayed.
/// </remarks>
internal sealed class Transcoder
{
    /// <summary>Samples turned at once: a packet of 20 ms.</summary>
    private const int Step = 160;

    private readonly SpeechDecoder _decoder = new();
    private readonly SpeechEncoder _encoder = new();

    /// <summary>Turns the codes; they are left alone when either encoding cannot be decoded here.</summary>
    public bool TryTranscode(AudioEncoding from, AudioEncoding to, Span<byte> codes)
    {
        if (!SpeechDecoder.Knows(from) || !SpeechDecoder.Knows(to))
        {
            return false;
        }

        if (from != AudioEncoding.G722 && to != AudioEncoding.G722)
        {
            G711.Transcode(from, codes);
            return true;
        }

        Span<short> samples = stackalloc short[Step];
        while (!codes.IsEmpty)
        {
            var part = codes[..Math.Min(Step, codes.Length)];
            _decoder.Decode(from, part, samples);
            _encoder.Encode(to, samples[..part.Length], part);
            codes = codes[part.Length..];
        }

        return true;
    }
}
