using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>Reads an excerpt line by line, with the hash over all before each.</summary>
internal sealed class ExcerptLines(Stream file) : IDisposable
{
    private const byte LineFeed = (byte)'\n';

    /// <summary>More than an event's JSON can have in PostgreSQL, with what is escaped in it. Bounds what a hostile file can make this hold.</summary>
    private const int LongestLine = 512 * 1024 * 1024;

    private readonly PipeReader _reader = PipeReader.Create(file, new StreamPipeReaderOptions(bufferSize: 128 * 1024, leaveOpen: true));
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Of the line that was read last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>SHA-256 over all before that line.</summary>
    public byte[] HashBeforeLine { get; private set; } = [];

    /// <summary>Reads the next line.</summary>
    /// <exception cref="ExcerptException">There is none, or it is none of an excerpt.</exception>
    public async ValueTask<ExcerptLine> ReadAsync(CancellationToken ct)
    {
        Number++;
        for (var looked = 0L; ;)
        {
            var result = await _reader.ReadAsync(ct);
            if (result.Buffer.Slice(looked).PositionOf(LineFeed) is { } end)
            {
                var line = Take(result.Buffer.Slice(0, end));
                _reader.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line;
            }

            if (result.IsCompleted || result.Buffer.Length > LongestLine)
            {
                throw new ExcerptException(Number, position: null, result.IsCompleted ? "the file ends here, before the end of the excerpt: it was cut off." : "it is longer than any line of an excerpt.");
            }

            looked = result.Buffer.Length;
            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public async ValueTask<bool> IsAtEndAsync(CancellationToken ct)
    {
        var result = await _reader.ReadAsync(ct);
        return result.IsCompleted && result.Buffer.IsEmpty;
    }

    public void Dispose()
    {
        _reader.Complete();
        _hash.Dispose();
    }

    private ExcerptLine Take(ReadOnlySequence<byte> bytes)
    {
        var line = bytes.IsSingleSegment ? bytes.FirstSpan : bytes.ToArray();
        try
        {
            var read = ExcerptLine.Read(line);
            if (read.End is not null)
            {
                HashBeforeLine = _hash.GetCurrentHash();
            }

            _hash.AppendData(line);
            _hash.AppendData([LineFeed]);
            return read;
        }
        catch (TrailException exception)
        {
            throw new ExcerptException(Number, position: null, exception.Message);
        }
    }
}
