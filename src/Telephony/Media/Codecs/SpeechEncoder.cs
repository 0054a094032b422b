using CallCenter.Telephony.Sdp;

namespace CallCenter.Telephony.Media;

/// <summary>Turns 8 kHz samples into one stream of an encoding that <see cref="SpeechDecoder"/> knows. Not safe for concurrent use.</summary>
internal sealed class SpeechEncoder
{
    private G722.Encoder? _g722;

    /// <summary>A code that is heard as silence, whatever was before.</summary>
    public static byte Silence(AudioEncoding encoding) => encoding == AudioEncoding.G722 ? G722.Silence : G711.Silence(encoding);

    /// <summary>Encodes as many codes as there are samples, which follow those of the call before.</summary>
    public void Encode(AudioEncoding encoding, ReadOnlySpan<short> samples, Span<byte> codes)
    {
        if (encoding == AudioEncoding.G722)
        {
            (_g722 ??= new G722.Encoder()).Encode(samples, codes);
        }
        else
        {
            G711.Encode(encoding, samples, codes);
        }
    }
}
