using System.Security.Cryptography;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Writes excerpts of the sealed trail: JSON Lines that prove by themselves, without the database, that each event is what was sealed and signed (<see cref="ExcerptVerifier"/>).</summary>
/// <remarks>
/// Of a time, or of all, whole seals are written, so their events just before and after that time too: then no event between the first and the last can be missing.
/// Of any other selection each event comes with the proof that it is under its seal; that no other event would have matched is not proved by it.
/// </remarks>
public sealed class TrailExcerpts(NpgsqlDataSource dataSource, EventTrail trail, TrailFolder folder, TimeProvider time)
{
    // What is held at once: the entries of so many seals, 160 kB each at most.
    private const int SealsAtOnce = 64;
    private const int ChosenAtOnce = 256;

    /// <summary>Writes what matches and is sealed; what came after the last seal is not in it.</summary>
    /// <exception cref="TrailException">There is no key, or an event or a seal is not what was sealed. What was written until then has no end, and does not verify.</exception>
    public async Task<ExcerptSummary> WriteAsync(TrailFilter selection, Stream output, CancellationToken ct = default)
    {
        using var key = folder.ReadVerifyingKey() ?? throw new TrailException($"There is no key of the trail in {folder.Path}: nothing is sealed yet, or CALLCENTER_TRAIL names another folder.");
        var (sealedUpTo, unsealed) = await EndAsync(ct);
        using var writer = new ExcerptWriter(output, key);
        await writer.WriteAsync(new ExcerptLine(new ExcerptBeginning(ExcerptBeginning.CurrentFormat, time.GetUtcNow(), selection, key.ExportSubjectPublicKeyInfo())), ct);
        var isWhole = selection == new TrailFilter(From: selection.From, To: selection.To);
        if (isWhole)
        {
            await WriteWholeAsync(writer, selection, ct);
        }
        else
        {
            await WriteChosenAsync(writer, selection, sealedUpTo, ct);
        }

        await writer.EndAsync(ct);
        return new ExcerptSummary(writer.Events, writer.Seals, unsealed, isWhole, ExcerptKey.Fingerprint(key));
    }

    private async Task WriteWholeAsync(ExcerptWriter writer, TrailFilter selection, CancellationToken ct)
    {
        if (await WithinAsync(selection, ct) is not { } range)
        {
            return;
        }

        for (var number = range.First; number <= range.Last; number += SealsAtOnce)
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            var until = Math.Min(number + SealsAtOnce - 1, range.Last);
            var seals = await SealTable.WithEntriesAsync(connection, number, until, ct);
            if (seals.Count != until - number + 1)
            {
                throw Damaged($"Of the seals {number} to {until} only {seals.Count} are there.");
            }

            await using var rows = await EventRows.OpenAsync(connection, writer.LastSeal?.LastPosition ?? (seals[0].Signed.Seal.FirstPosition - 1), seals[^1].Signed.Seal.LastPosition, limit: null, ct);
            var more = await rows.ReadAsync(ct);
            foreach (var kept in seals)
            {
                await writer.WriteAsync(kept, withEntries: true, ct);
                var next = 0;
                for (; more && rows.Position <= kept.Signed.Seal.LastPosition; more = await rows.ReadAsync(ct))
                {
                    await writer.WriteAsync(new ExcerptLine(Event: Take(rows, kept, next++)), ct);
                }

                if (next < kept.Signed.Seal.Events)
                {
                    throw Damaged($"Position {SealEntries.Position(kept.Entries, next)} (seal {kept.Signed.Seal.Number}): the sealed event is gone.");
                }
            }
        }
    }

    private async Task WriteChosenAsync(ExcerptWriter writer, TrailFilter selection, long sealedUpTo, CancellationToken ct)
    {
        var (tree, treeOf) = ((SealTree?)null, 0L);
        var positions = await trail.PositionsAsync(selection, Seal.BeforeAll, sealedUpTo, ChosenAtOnce, ct);
        for (; positions.Count > 0; positions = await trail.PositionsAsync(selection, positions[^1], sealedUpTo, ChosenAtOnce, ct))
        {
            await using var connection = await dataSource.OpenConnectionAsync(ct);
            var seals = await SealTable.OverAsync(connection, positions, ct);
            await using var rows = await EventRows.OpenAsync(connection, positions, ct);
            var more = await rows.ReadAsync(ct);
            foreach (var kept in seals)
            {
                var seal = kept.Signed.Seal;
                if (treeOf != seal.Number)
                {
                    await writer.WriteAsync(kept, withEntries: false, ct);
                    (tree, treeOf) = (new SealTree(kept.Entries), seal.Number);
                }

                var next = 0;
                for (; more && rows.Position <= seal.LastPosition; more = await rows.ReadAsync(ct))
                {
                    while (next < seal.Events && SealEntries.Position(kept.Entries, next) < rows.Position)
                    {
                        next++;
                    }

                    var line = new ExcerptLine(Event: Take(rows, kept, next), Index: next, Proof: tree!.Path(next));
                    await writer.WriteAsync(line, ct);
                }
            }
        }
    }

    /// <summary>The event that stands there, if it is the one that was sealed as the seal's entry of this index.</summary>
    private static SealedEvent Take(EventRows rows, KeptSeal kept, int index)
    {
        Span<byte> found = stackalloc byte[SealEntries.Size];
        SealEntries.Write(found, rows.Position, rows.Content);
        return index < kept.Signed.Seal.Events && found.SequenceEqual(kept.Entries.AsSpan(index * SealEntries.Size, SealEntries.Size))
            ? SealedEvent.Read(rows.Position, rows.Content)
            : throw Damaged($"Position {rows.Position} (seal {kept.Signed.Seal.Number}): the events there are not those that were sealed.");
    }

    private static TrailException Damaged(string what) => new($"{what} The trail is damaged, and an excerpt of it would not hold: ./run verify names all that is wrong.");

    private async Task<(long First, long Last)?> WithinAsync(TrailFilter selection, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await SealTable.WithinAsync(
            connection, selection.From is { } from ? DatabaseTime.Of(from) : long.MinValue, selection.To is { } to ? DatabaseTime.Of(to) : long.MaxValue, ct);
    }

    private async Task<(long SealedUpTo, long Unsealed)> EndAsync(CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var last = (await SealTable.LastAsync(connection, ct))?.Seal.LastPosition ?? Seal.BeforeAll;
        await using var command = new NpgsqlCommand("select count(*) from public.mt_events where seq_id > $1", connection) { Parameters = { new() { Value = last } } };
        return (last, (long)(await command.ExecuteScalarAsync(ct))!);
    }
}

/// <summary>What was written.</summary>
/// <param name="UnsealedEvents">After the last seal: no excerpt has them yet.</param>
/// <param name="IsWhole">Whether it is of whole seals, one after another, so that no event between them can be missing.</param>
/// <param name="KeyFingerprint">SHA-256 over the key's SubjectPublicKeyInfo, in hexadecimal.</param>
public sealed record ExcerptSummary(long Events, long Seals, long UnsealedEvents, bool IsWhole, string KeyFingerprint);
