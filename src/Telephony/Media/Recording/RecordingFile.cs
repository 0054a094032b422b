using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.Telephony.Media;

/// <summary>A growing RIFF/WAVE file of 16-bit PCM at 8 kHz. Its header is right after each <see cref="Append"/>, so a process that is killed leaves a file that can be played.</summary>
internal sealed class RecordingFile : IDisposable
{
    private const int HeaderLength = 44;

    /// <summary>RIFF's sizes have 32 bits: 37 hours of two channels.</summary>
    private const long LongestData = uint.MaxValue - HeaderLength;

    private readonly FileStream _file;
    private readonly int _channels;
    private readonly byte[] _header = new byte[HeaderLength];
    private long _data;

    /// <summary>Writes the header of an empty file.</summary>
    /// <param name="file">Not buffered; closed with this, also when it cannot be written.</param>
    /// <param name="channels">How many.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public RecordingFile(FileStream file, int channels)
    {
        _file = file;
        _channels = channels;
        try
        {
            WriteHeader();
        }
        catch (IOException)
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Bytes of the whole file.</summary>
    public long Length => HeaderLength + _data;

    /// <summary>Makes a new file, and the folders on the way to it. Nobody but the process's own user may read it: people speak in it.</summary>
    /// <exception cref="IOException">The file exists, or cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public static FileStream Create(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
        {
            Directory.CreateDirectory(folder);
        }

        return new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    /// <summary>Writes samples behind those that are there, channels interleaved, then the header that counts them.</summary>
    /// <exception cref="IOException">They cannot be written, or the file would be larger than its format allows.</exception>
    public void Append(ReadOnlySpan<byte> samples)
    {
        if (_data + samples.Length > LongestData)
        {
            throw new IOException($"The file has reached the largest size of a WAV file, {LongestData} bytes.");
        }

        RandomAccess.Write(_file.SafeFileHandle, samples, Length);
        _data += samples.Length;
        WriteHeader();
    }

    /// <summary>Brings the file to the disk, and reads it again for its hash: what is hashed is what is there.</summary>
    /// <returns>SHA-256 of all bytes, in hexadecimal.</returns>
    /// <exception cref="IOException">The disk fails.</exception>
    public string Seal()
    {
        if (RandomAccess.GetLength(_file.SafeFileHandle) > Length)
        {
            // A disk that became full in the middle of a block took a part of it, which the header does not count.
            RandomAccess.SetLength(_file.SafeFileHandle, Length);
        }

        RandomAccess.FlushToDisk(_file.SafeFileHandle);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        for (long at = 0; ;)
        {
            var read = RandomAccess.Read(_file.SafeFileHandle, buffer, at);
            if (read == 0)
            {
                return Convert.ToHexStringLower(hash.GetHashAndReset());
            }

            hash.AppendData(buffer, 0, read);
            at += read;
        }
    }

    public void Dispose() => _file.Dispose();

    private void WriteHeader()
    {
        WavFile.WriteHeader(_header, _channels, AudioClip.SampleRate, (uint)_data);
        RandomAccess.Write(_file.SafeFileHandle, _header, 0);
    }
}
