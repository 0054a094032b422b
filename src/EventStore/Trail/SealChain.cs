using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>A seal that is signed and stands where it should, and where its range begins: after the predecessor's last position.</summary>
internal readonly record struct SealRange(Seal Seal, long After);

/// <summary>Reads all seals in order, holds each against its signature, its predecessor and the head, and passes on those that can be trusted.</summary>
internal sealed class SealChain(NpgsqlDataSource dataSource, ECDsa key, SignedSeal? head, TrailFindings findings)
{
    // Pages, because one long query would keep the database from clearing up all that time.
    private const int PageSize = 1_000;

    private Seal? _predecessor = Seal.Genesis;
    private long _expected = 1;

    /// <summary>The last seal that could be trusted.</summary>
    public Seal LastTrusted { get; private set; } = Seal.Genesis;

    /// <summary>All that are there.</summary>
    public long Count { get; private set; }

    private long NextPosition => Math.Max(LastTrusted.LastPosition, 0) + 1;

    public async IAsyncEnumerable<SealRange> ReadAsync([EnumeratorCancellation] CancellationToken ct)
    {
        for (var after = long.MinValue; ;)
        {
            var page = await PageAsync(after, ct);
            foreach (var signed in page)
            {
                Count++;
                if (Take(signed) is { } range)
                {
                    yield return range;
                }
            }

            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Seal.Number;
        }

        await CheckEndAsync(ct);
    }

    private async Task<List<SignedSeal>> PageAsync(long after, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await SealTable.PageAsync(connection, after, PageSize, ct);
    }

    private SealRange? Take(SignedSeal signed)
    {
        var seal = signed.Seal;
        if (!signed.IsSignedBy(key) || seal.Number < _expected)
        {
            findings.Add(NextPosition, TrailDamageKind.SealRewritten, $"Position {NextPosition}: seal {seal.Number} is not signed by the trail's key, or stands there twice.");
            if (seal.Number == _expected)
            {
                (_expected, _predecessor) = (seal.Number + 1, null);
            }

            return null;
        }

        if (seal.Number > _expected)
        {
            var gone = seal.Number == _expected + 1 ? $"seal {_expected} is gone" : $"seals {_expected} to {seal.Number - 1} are gone";
            findings.Add(NextPosition, TrailDamageKind.SealRemoved, $"Position {NextPosition}: {gone}, and nothing vouches for the events up to position {seal.FirstPosition - 1}.");
            _predecessor = null;
        }

        var hash = seal.Hash();
        if ((_predecessor is { } before && !Same(before.Hash(), seal.Previous)) || (head?.Seal.Number == seal.Number && !Same(head.Seal.Hash(), hash)))
        {
            findings.Add(
                seal.FirstPosition, TrailDamageKind.SealRewritten,
                $"Position {seal.FirstPosition}: seal {seal.Number} is signed, but does not follow the one before it or is not the one that the head file names: another past was sealed.");
        }

        var range = new SealRange(seal, _predecessor?.LastPosition ?? (seal.FirstPosition - 1));
        (_predecessor, LastTrusted, _expected) = (seal, seal, seal.Number + 1);
        return range;
    }

    /// <summary>The head outside the database says how far the seals must reach at least.</summary>
    private async Task CheckEndAsync(CancellationToken ct)
    {
        if (head is null || head.Seal.Number < _expected)
        {
            return;
        }

        var lost = head.Seal;
        await using var command = dataSource.CreateCommand("select count(*) from public.mt_events where seq_id > $1 and seq_id <= $2");
        command.Parameters.Add(new NpgsqlParameter { Value = LastTrusted.LastPosition });
        command.Parameters.Add(new NpgsqlParameter { Value = lost.LastPosition });
        var (there, due) = ((long)(await command.ExecuteScalarAsync(ct))!, lost.TotalEvents - LastTrusted.TotalEvents);
        findings.Add(
            NextPosition,
            there < due ? TrailDamageKind.TailCut : TrailDamageKind.SealRemoved,
            $"Position {NextPosition}: the head file names seal {lost.Number}, up to position {lost.LastPosition}, but the database has no seal from {_expected} on, "
            + $"and of the {due:N0} events under the lost ones {there:N0} are there.");
    }

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);
}
