using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>Writes an excerpt's lines and counts and hashes them.</summary>
internal sealed class ExcerptWriter(Stream output, ECDsa key) : IDisposable
{
    private static readonly ReadOnlyMemory<byte> LineFeed = "\n"u8.ToArray();

    private readonly BufferedStream _output = new(output, 64 * 1024);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public long Events { get; private set; }

    public long Seals { get; private set; }

    /// <summary>The last that was written; null before the first.</summary>
    public Seal? LastSeal { get; private set; }

    /// <exception cref="TrailException">It is not signed by the key, or its entries are not those under its root.</exception>
    public async Task WriteAsync(KeptSeal kept, bool withEntries, CancellationToken ct)
    {
        var (signed, seal) = (kept.Signed, kept.Signed.Seal);
        if (!signed.IsSignedBy(key) || kept.Entries.Length != seal.Events * SealEntries.Size || !SealEntries.Root(kept.Entries).AsSpan().SequenceEqual(seal.Root))
        {
            throw new TrailException($"Seal {seal.Number} (from position {seal.FirstPosition} on) is not the one that was signed: ./run verify names all that is wrong.");
        }

        (LastSeal, Seals) = (seal, Seals + 1);
        await WriteAsync(new ExcerptLine(Seal: seal, Signature: signed.Signature, Entries: withEntries ? kept.Entries : null), ct);
    }

    public async Task WriteAsync(ExcerptLine line, CancellationToken ct)
    {
        Events += line.Event is null ? 0 : 1;
        await WriteAsync(line.Write(), ct);
        await WriteAsync(LineFeed, ct);
    }

    public async Task EndAsync(CancellationToken ct)
    {
        await WriteAsync(new ExcerptLine(End: new ExcerptEnd(Events, Seals, _hash.GetCurrentHash())), ct);
        await _output.FlushAsync(ct);
    }

    /// <summary>The stream below stays open, and has only what was written whole.</summary>
    public void Dispose() => _hash.Dispose();

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        _hash.AppendData(bytes.Span);
        await _output.WriteAsync(bytes, ct);
    }
}
