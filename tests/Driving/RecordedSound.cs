using System.Buffers.Binary;

namespace CallCenter.Driving;

/// <summary>What is in a WAV file of 16-bit samples at 8 kHz, channel by channel.</summary>
internal sealed record RecordedSound(short[][] Channels)
{
    private const int HeaderLength = 44;

    public static RecordedSound Read(ReadOnlySpan<byte> file)
    {
        file[..4].SequenceEqual("RIFF"u8).ShouldBeTrue();
        BinaryPrimitives.ReadInt32LittleEndian(file[24..]).ShouldBe(Sound.SampleRate);
        BinaryPrimitives.ReadInt32LittleEndian(file[40..]).ShouldBe(file.Length - HeaderLength);
        var count = BinaryPrimitives.ReadInt16LittleEndian(file[22..]);
        var channels = new short[count][];
        var frames = (file.Length - HeaderLength) / 2 / count;
        for (var channel = 0; channel < count; channel++)
        {
            channels[channel] = new short[frames];
            for (var frame = 0; frame < frames; frame++)
            {
                channels[channel][frame] = BinaryPrimitives.ReadInt16LittleEndian(file[(HeaderLength + (2 * ((frame * count) + channel)))..]);
            }
        }

        return new RecordedSound(channels);
    }
}
