using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>Proves an excerpt of the trail (<see cref="TrailExcerpts"/>) by nothing but itself, or names the first line that does not hold. Streams: one seal is held at a time.</summary>
/// <remarks>Each event's line is bound by hashes to its seal, and each seal's line by its signature to the key. What the first line says beside the key is not proved.</remarks>
public sealed class ExcerptVerifier
{
    private readonly ExcerptLines _lines;
    private readonly ECDsa? _given;
    private ECDsa? _key;
    private Seal? _seal;
    private byte[]? _entries;
    private byte[]? _sealHash;
    private int _next;
    private long _events;
    private long _seals;
    private bool _isComplete = true;
    private (long Position, DateTimeOffset RecordedAt)? _first;
    private (long Position, DateTimeOffset From, DateTimeOffset To) _last;

    private ExcerptVerifier(ExcerptLines lines, ECDsa? given) => (_lines, _given) = (lines, given);

    /// <param name="excerpt">The file; read once, to its end.</param>
    /// <param name="key">The trail's <c>verifying-key.pem</c>, from somebody who is trusted; null to take the file's own, which proves nothing about who signed.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="TrailException">The given key is none.</exception>
    public static async Task<ExcerptReport> VerifyAsync(Stream excerpt, string? key, CancellationToken ct = default)
    {
        using var given = key is null ? null : ExcerptKey.ReadPem(key);
        using var lines = new ExcerptLines(excerpt);
        var verifier = new ExcerptVerifier(lines, given);
        try
        {
            await verifier.RunAsync(ct);
            return verifier.Report(broken: null);
        }
        catch (ExcerptException broken)
        {
            return verifier.Report(broken);
        }
        finally
        {
            verifier._key?.Dispose();
        }
    }

    private async Task RunAsync(CancellationToken ct)
    {
        Begin(await _lines.ReadAsync(ct));
        while (true)
        {
            switch (await _lines.ReadAsync(ct))
            {
                case { Seal: { } seal, Signature: { } signature } line when line == new ExcerptLine(Seal: seal, Signature: signature, Entries: line.Entries):
                    Take(new SignedSeal(seal, signature), line.Entries);
                    break;
                case { Event: { } found } line when line == new ExcerptLine(Event: found, Index: line.Index, Proof: line.Proof):
                    Take(found, line);
                    break;
                case { End: { } end } line when line == new ExcerptLine(End: end):
                    await EndAsync(end, ct);
                    return;
                default:
                    throw Broken("it is neither a seal, nor an event, nor the end.");
            }
        }
    }

    private void Begin(ExcerptLine line)
    {
        if (line.Excerpt is not { } beginning || line != new ExcerptLine(beginning))
        {
            throw Broken("it is not the beginning of an excerpt of a trail.");
        }

        if (beginning.Format != ExcerptBeginning.CurrentFormat)
        {
            throw Broken($"its format is {beginning.Format}, and this program knows {ExcerptBeginning.CurrentFormat}.");
        }

        try
        {
            _key = ExcerptKey.Read(beginning.Key);
        }
        catch (TrailException exception)
        {
            throw Broken(exception.Message);
        }

        if (_given is not null && ExcerptKey.Fingerprint(_given) != ExcerptKey.Fingerprint(_key))
        {
            throw Broken($"its key ({ExcerptKey.Fingerprint(_key)}) is not the one that was given ({ExcerptKey.Fingerprint(_given)}).");
        }
    }

    private void Take(SignedSeal signed, byte[]? entries)
    {
        CheckAllTaken();
        var seal = signed.Seal;
        if (seal.Events < 1 || seal.SealedAt != DatabaseTime.Truncate(seal.SealedAt) || seal.SealedAt.Offset != TimeSpan.Zero || !signed.IsSignedBy(_given ?? _key!))
        {
            throw Broken($"seal {seal.Number} is not signed by the key.");
        }

        if (_seal is { } before)
        {
            var follows = seal.Number == before.Number + 1;
            if (seal.Number <= before.Number || seal.FirstPosition <= before.LastPosition || (follows && !seal.Previous.AsSpan().SequenceEqual(_sealHash)))
            {
                throw Broken($"seal {seal.Number} does not follow seal {before.Number}.");
            }

            _isComplete &= follows;
        }

        if (entries is not null && (entries.Length != (long)seal.Events * SealEntries.Size || !SealEntries.Root(entries).AsSpan().SequenceEqual(seal.Root)))
        {
            throw Broken($"the entries of seal {seal.Number} are not those under its root.");
        }

        _isComplete &= entries is not null;
        (_seal, _sealHash, _entries, _next, _seals) = (seal, seal.Hash(), entries, 0, _seals + 1);
    }

    private void Take(SealedEvent found, ExcerptLine line)
    {
        if (_seal is not { } seal)
        {
            throw Broken("no seal stands before it.", found.Position);
        }

        // What hashes alike must read alike.
        if (found.RecordedAt.Offset != TimeSpan.Zero || found.RecordedAt != DatabaseTime.Truncate(found.RecordedAt))
        {
            throw Broken("its instant is not as the trail keeps instants.", found.Position);
        }

        Span<byte> entry = stackalloc byte[SealEntries.Size];
        SealEntries.Write(entry, found.Position, found.Content());
        var index = line.Index ?? _next;
        var holds = (_entries, line.Index, line.Proof) switch
        {
            ({ } entries, null, null) => index < seal.Events && entry.SequenceEqual(entries.AsSpan(index * SealEntries.Size, SealEntries.Size)),
            (null, not null, { } proof) => index >= _next && SealTree.Root(entry, index, seal.Events, proof) is { } root && root.AsSpan().SequenceEqual(seal.Root),
            _ => false,
        };
        if (!holds)
        {
            throw Broken($"it is not the event that was sealed there (seal {seal.Number}).", found.Position);
        }

        (_next, _events) = (index + 1, _events + 1);
        _first ??= (found.Position, found.RecordedAt);
        _last = _events == 1
            ? (found.Position, found.RecordedAt, found.RecordedAt)
            : (found.Position, Earlier(_last.From, found.RecordedAt), found.RecordedAt > _last.To ? found.RecordedAt : _last.To);
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private async Task EndAsync(ExcerptEnd end, CancellationToken ct)
    {
        CheckAllTaken();
        if (end.Events != _events || end.Seals != _seals)
        {
            throw Broken($"it counts {end.Events} events and {end.Seals} seals, but {_events} and {_seals} stand before it.");
        }

        if (!end.Sha256.AsSpan().SequenceEqual(_lines.HashBeforeLine))
        {
            throw Broken("the file is not as it was written: this line, or what line 1 says of the excerpt, is another.");
        }

        if (!await _lines.IsAtEndAsync(ct))
        {
            throw Broken("more follows after the end.");
        }
    }

    private void CheckAllTaken()
    {
        if (_entries is { } entries && _next < _seal!.Events)
        {
            throw Broken($"an event of seal {_seal.Number} is missing before this line.", SealEntries.Position(entries, _next));
        }
    }

    private ExcerptException Broken(string reason, long? position = null) => new(_lines.Number, position, reason);

    private ExcerptReport Report(ExcerptException? broken) => new(
        _events, _seals, _first?.Position, _first is null ? null : _last.Position, _first is null ? null : _last.From, _first is null ? null : _last.To, _isComplete && _events > 0,
        (_given ?? _key) is { } key ? ExcerptKey.Fingerprint(key) : null, _given is not null, broken?.Line, broken?.Position, broken?.Message);
}
