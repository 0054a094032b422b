using System.Buffers.Binary;

namespace CallCenter.Telephony.Media;

/// <summary>RIFF/WAVE files of PCM and G.711.</summary>
internal static class WavFile
{
    /// <summary>Half an hour of 16-bit stereo at 48 kHz; a prompt is far below.</summary>
    private const int MaxDataBytes = 30 * 60 * 48_000 * 4;

    private const ushort Pcm = 1;
    private const ushort ALaw = 6;
    private const ushort MuLaw = 7;
    private const ushort Extensible = 0xFFFE;

    /// <summary>What programs write that do not know yet how much will come: the data goes on to the end of the file.</summary>
    private const uint UnknownSize = uint.MaxValue;

    /// <summary>The samples, mixed to one channel, and their rate in Hz.</summary>
    /// <exception cref="InvalidDataException">No such file; the message says what and where.</exception>
    public static (short[] Samples, int Rate) Read(Stream stream)
    {
        var format = ReadHeader(stream, out var size);
        return (ToMono(ReadChunk(stream, size, "'data'"), format), format.Rate);
    }

    /// <summary>Some of the samples of a file, mixed to one channel.</summary>
    /// <param name="file">Can be sought in; at its beginning.</param>
    /// <param name="firstSecond">Where to begin.</param>
    /// <param name="seconds">How much at most; less at the end of the file, and nothing behind it.</param>
    /// <exception cref="InvalidDataException">No such file; the message says what and where.</exception>
    public static (short[] Samples, int Rate) ReadPart(Stream file, long firstSecond, int seconds)
    {
        var format = ReadHeader(file, out var size);
        var data = Math.Min(size, file.Length - file.Position);
        var first = Math.Min(firstSecond * format.BytesPerSecond, data);
        file.Seek(first, SeekOrigin.Current);
        var part = new byte[Math.Min((long)seconds * format.BytesPerSecond, data - first)];
        file.ReadExactly(part);
        return (ToMono(part, format), format.Rate);
    }

    /// <summary>Reads on to the first byte of the samples.</summary>
    private static WavFormat ReadHeader(Stream stream, out uint dataSize)
    {
        Span<byte> riff = stackalloc byte[12];
        ReadExactly(stream, riff, "the RIFF header");
        if (!riff.StartsWith("RIFF"u8) || !riff[8..].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("No WAV file: it does not begin with RIFF....WAVE.");
        }

        WavFormat? format = null;
        Span<byte> chunk = stackalloc byte[8];
        while (true)
        {
            ReadExactly(stream, chunk, format is null ? "a 'fmt ' chunk" : "a 'data' chunk");
            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("fmt "u8))
            {
                format = ReadFormat(ReadChunk(stream, size, "'fmt '"));
            }
            else if (chunk.StartsWith("data"u8))
            {
                dataSize = size;
                return format ?? throw new InvalidDataException("WAV file: the 'data' chunk comes before the 'fmt ' chunk.");
            }
            else
            {
                ReadChunk(stream, size, "an unused");
            }
        }
    }

    /// <summary>Writes mono samples.</summary>
    public static void Write(Stream stream, ReadOnlySpan<short> samples, int rate)
    {
        Span<byte> header = stackalloc byte[44];
        var bytes = samples.Length * sizeof(short);
        WriteHeader(header, 1, rate, (uint)bytes);
        stream.Write(header);

        var data = new byte[bytes];
        for (var i = 0; i < samples.Length; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(2 * i), samples[i]);
        }

        stream.Write(data);
    }

    /// <summary>Fills the 44 bytes before samples of 16-bit PCM.</summary>
    public static void WriteHeader(Span<byte> header, int channels, int rate, uint dataBytes)
    {
        "RIFF"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], 36 + dataBytes);
        "WAVEfmt "u8.CopyTo(header[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], 16);
        BinaryPrimitives.WriteUInt16LittleEndian(header[20..], Pcm);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(header[24..], rate);
        BinaryPrimitives.WriteInt32LittleEndian(header[28..], rate * channels * sizeof(short));
        BinaryPrimitives.WriteUInt16LittleEndian(header[32..], (ushort)(channels * sizeof(short)));
        BinaryPrimitives.WriteUInt16LittleEndian(header[34..], 16);
        "data"u8.CopyTo(header[36..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[40..], dataBytes);
    }

    private static WavFormat ReadFormat(ReadOnlySpan<byte> format)
    {
        if (format.Length < 16)
        {
            throw new InvalidDataException($"WAV file: the 'fmt ' chunk has {format.Length} bytes, at least 16 are needed.");
        }

        // An extensible format carries the real tag as the first two bytes of its sub-format.
        var tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (tag == Extensible && format.Length >= 26)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        var rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        var isKnown = (tag, bits) is (Pcm, 8 or 16 or 24 or 32) or (ALaw or MuLaw, 8);
        return isKnown && channels is 1 or 2 && rate is >= 8_000 and <= 96_000
            ? new WavFormat(tag, bits / 8, channels, (int)rate)
            : throw new InvalidDataException(
                $"WAV file: format {tag}, {bits} bit, {channels} channels, {rate} Hz; only PCM (1) of 8, 16, 24 or 32 bit, A-law (6) and u-law (7), with 1 or 2 channels, 8000 to 96000 Hz, is read.");
    }

    private static short[] ToMono(ReadOnlySpan<byte> data, WavFormat format)
    {
        var samples = new short[data.Length / format.BytesPerFrame];
        for (var i = 0; i < samples.Length; i++)
        {
            var sum = 0;
            for (var channel = 0; channel < format.Channels; channel++)
            {
                sum += Sample(data[((i * format.BytesPerFrame) + (channel * format.BytesPerSample))..], format);
            }

            samples[i] = (short)(sum / format.Channels);
        }

        return samples;
    }

    private static short Sample(ReadOnlySpan<byte> bytes, WavFormat format) => (format.Tag, format.BytesPerSample) switch
    {
        (ALaw, _) => G711.DecodeALaw(bytes[0]),
        (MuLaw, _) => G711.DecodeMuLaw(bytes[0]),

        // 8 bits have no sign; of more than 16 the upper ones are taken.
        (_, 1) => (short)((bytes[0] - 128) << 8),
        (_, var size) => BinaryPrimitives.ReadInt16LittleEndian(bytes[(size - 2)..]),
    };

    private static byte[] ReadChunk(Stream stream, uint size, string name)
    {
        var toTheEnd = size == UnknownSize && name == "'data'";
        if (size > MaxDataBytes && !toTheEnd)
        {
            throw new InvalidDataException($"WAV file: {name} chunk claims {size} bytes, more than the {MaxDataBytes} that are read.");
        }

        // Grown as bytes arrive: a lying size in a short file must not cost its claim in memory.
        using var chunk = new MemoryStream();
        var buffer = new byte[Math.Min(size, 64 * 1024)];
        var left = size;
        while (left > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(left, (uint)buffer.Length));
            if (read == 0 && toTheEnd)
            {
                return chunk.ToArray();
            }

            if (read == 0 || chunk.Length > MaxDataBytes)
            {
                throw new InvalidDataException($"WAV file: it ends {left} bytes before the end of {name} chunk of {size} bytes.");
            }

            chunk.Write(buffer, 0, read);
            left -= (uint)read;
        }

        // Chunks lie on even addresses.
        if ((size & 1) != 0)
        {
            stream.ReadByte();
        }

        return chunk.ToArray();
    }

    private static void ReadExactly(Stream stream, Span<byte> buffer, string what)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw new InvalidDataException($"WAV file: it ends before {what}.");
        }
    }

    private readonly record struct WavFormat(ushort Tag, int BytesPerSample, int Channels, int Rate)
    {
        public int BytesPerFrame => BytesPerSample * Channels;

        public int BytesPerSecond => BytesPerFrame * Rate;
    }
}
