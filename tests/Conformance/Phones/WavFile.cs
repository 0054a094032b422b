using System.Buffers.Binary;
using CallCenter.Driving;

namespace CallCenter.Conformance.Tests.Phones;

/// <summary>What the phones play and record: 16-bit mono at 8000 Hz.</summary>
internal static class WavFile
{
    private const int HeaderBytes = 44;

    /// <summary>Writes a tone.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="frequency">In Hz.</param>
    /// <param name="length">Of the whole file.</param>
    public static void WriteTone(string file, int frequency, TimeSpan length)
    {
        var samples = (int)(length.TotalSeconds * Sound.SampleRate);
        var bytes = new byte[HeaderBytes + (2 * samples)];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), Sound.SampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), 2 * Sound.SampleRate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), 2 * samples);
        for (var i = 0; i < samples; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(HeaderBytes + (2 * i)), (short)(10_000 * Math.Sin(2 * Math.PI * frequency * i / Sound.SampleRate)));
        }

        File.WriteAllBytes(file, bytes);
    }

    /// <summary>The last samples of a recording that may still grow: all that follows the header counts, whatever length that names. None while it is shorter than asked.</summary>
    public static short[] ReadLast(string file, TimeSpan time)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var samples = new short[(int)(time.TotalSeconds * Sound.SampleRate)];
        var start = (stream.Length - (2 * samples.Length)) & ~1L;
        if (start < HeaderBytes)
        {
            return [];
        }

        var bytes = new byte[2 * samples.Length];
        stream.Position = start;
        stream.ReadExactly(bytes);
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(2 * i));
        }

        return samples;
    }
}
