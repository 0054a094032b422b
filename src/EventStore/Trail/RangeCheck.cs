using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Holds the events of consecutive seals against what was sealed.</summary>
internal sealed class RangeCheck(NpgsqlDataSource dataSource, TrailFindings findings)
{
    public async Task RunAsync(IReadOnlyList<SealRange> ranges, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var entries = await SealTable.EntriesAsync(connection, ranges[0].Seal.Number, ranges[^1].Seal.Number, ct);
        await using var rows = await EventRows.OpenAsync(connection, ranges[0].After, ranges[^1].Seal.LastPosition, limit: null, ct);
        var more = await rows.ReadAsync(ct);
        foreach (var (seal, _) in ranges)
        {
            var known = Known(seal, entries);
            var next = 0;
            for (; more && rows.Position <= seal.LastPosition; more = await rows.ReadAsync(ct))
            {
                if (known is not null)
                {
                    next = Compare(seal, known, next, rows);
                }
            }

            Missing(seal, known ?? [], next, long.MaxValue);
        }
    }

    private byte[]? Known(Seal seal, Dictionary<long, byte[]> entries)
    {
        if (entries.TryGetValue(seal.Number, out var known) && known.Length == seal.Events * SealEntries.Size && SealEntries.Root(known).AsSpan().SequenceEqual(seal.Root))
        {
            return known;
        }

        findings.Add(
            seal.FirstPosition, TrailDamageKind.SealRewritten,
            $"Position {seal.FirstPosition}: the entries of seal {seal.Number} are not those under its root, so nothing vouches for the events up to position {seal.LastPosition}.");
        return null;
    }

    private int Compare(Seal seal, byte[] known, int next, EventRows rows)
    {
        Span<byte> found = stackalloc byte[SealEntries.Size];
        SealEntries.Write(found, rows.Position, rows.Content);
        next = Missing(seal, known, next, rows.Position);
        var expected = next * SealEntries.Size < known.Length && SealEntries.Position(known, next) == rows.Position ? SealEntries.ContentHash(known, next) : [];
        var content = SealEntries.ContentHash(found, 0);
        if (!content.SequenceEqual(expected))
        {
            findings.Add(rows.Position, seal.Number, expected, content);
        }

        return expected.IsEmpty ? next : next + 1;
    }

    /// <summary>Names the entries before a position, of which no event was found.</summary>
    private int Missing(Seal seal, byte[] known, int next, long before)
    {
        for (; next * SealEntries.Size < known.Length && SealEntries.Position(known, next) < before; next++)
        {
            findings.Add(SealEntries.Position(known, next), seal.Number, SealEntries.ContentHash(known, next), []);
        }

        return next;
    }
}
