using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Turns what a remote party sends into 8 kHz samples, as far as it can be decoded here. Not safe for concurrent use.</summary>
internal sealed class SpeechDecoder
{
    private G722.Decoder? _g722;

    /// <summary>The encodings that are decoded and encoded here. One byte of each stands for one sample.</summary>
    public static bool Knows(AudioEncoding encoding) => encoding is AudioEncoding.Pcmu or AudioEncoding.Pcma or AudioEncoding.G722;

    /// <summary>Decodes as many samples as there are codes, which follow those of the call before.</summary>
    public void Decode(AudioEncoding encoding, ReadOnlySpan<byte> codes, Span<short> samples)
    {
        if (encoding == AudioEncoding.G722)
        {
            (_g722 ??= new G722.Decoder()).Decode(codes, samples);
        }
        else
        {
            G711.Decode(encoding, codes, samples);
        }
    }

    /// <summary>The next codes begin a new stream.</summary>
    public void Reset() => _g722 = null;
}
