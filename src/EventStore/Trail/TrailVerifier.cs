using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Proves that the sealed log is what it was when it was sealed, or names what is not. Reads only; works beside appends and sealing.</summary>
/// <remarks>
/// The chain of seals is looked at whole: signatures, links, the head outside the database. Then the events are read anew and compared with the entries under each seal's root.
/// Sealed events never change, so no snapshot is held: the log is read in pieces, several at a time.
/// </remarks>
public sealed class TrailVerifier(NpgsqlDataSource dataSource, TrailFolder folder)
{
    // Large enough that beginning a piece costs nothing beside it; the seals bound it where they are small, as those of a quiet center.
    private const int EventsPerPiece = 65_536;
    private const int SealsPerPiece = 1_000;

    // A piece keeps one server process and one thread here busy, about evenly.
    private static readonly int Parallelism = Math.Max(1, Environment.ProcessorCount / 2);

    /// <summary>Verifies the events that were recorded between two instants, or all.</summary>
    /// <param name="from">Seals with an event recorded at or after; null for the first.</param>
    /// <param name="to">Seals with an event recorded before; null for the last.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="TrailException">The columns of the events' table are not those that were sealed.</exception>
    public async Task<TrailReport> VerifyAsync(DateTimeOffset? from = null, DateTimeOffset? to = null, CancellationToken ct = default)
    {
        var findings = new TrailFindings();
        using var key = await ReadKeyAsync(findings, ct);
        if (key is null)
        {
            return await WithoutKeyAsync(findings, ct);
        }

        // The head before the seals: it may only be behind them.
        var head = await ReadHeadAsync(key, findings, ct);
        var chain = new SealChain(dataSource, key, head, findings);
        var check = new RangeCheck(dataSource, findings);
        var sealedEvents = 0L;
        var options = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = ct };
        await Parallel.ForEachAsync(PiecesAsync(Within(chain.ReadAsync(ct))), options, async (piece, cancel) =>
        {
            await check.RunAsync(piece, cancel);
            Interlocked.Add(ref sealedEvents, piece.Sum(range => (long)range.Seal.Events));
        });

        var (last, unsealed) = await EndAsync(Math.Max(chain.LastTrusted.LastPosition, head?.Seal.LastPosition ?? Seal.BeforeAll), ct);
        var (damage, count) = findings.Conclude(last);
        return new TrailReport(sealedEvents, unsealed, chain.Count, damage, count);

        async IAsyncEnumerable<SealRange> Within(IAsyncEnumerable<SealRange> ranges)
        {
            await foreach (var range in ranges)
            {
                if ((from is not { } first || range.Seal.RecordedTo >= DatabaseTime.Of(first)) && (to is not { } end || range.Seal.RecordedFrom < DatabaseTime.Of(end)))
                {
                    yield return range;
                }
            }
        }
    }

    /// <summary>Consecutive ranges, to be read by one query.</summary>
    private static async IAsyncEnumerable<List<SealRange>> PiecesAsync(IAsyncEnumerable<SealRange> ranges, [EnumeratorCancellation] CancellationToken ct = default)
    {
        var (piece, events) = (new List<SealRange>(), 0L);
        await foreach (var range in ranges.WithCancellation(ct))
        {
            if (piece.Count > 0 && (piece.Count == SealsPerPiece || events + range.Seal.Events > EventsPerPiece || range.After != piece[^1].Seal.LastPosition))
            {
                yield return piece;
                (piece, events) = ([], 0);
            }

            piece.Add(range);
            events += range.Seal.Events;
        }

        if (piece.Count > 0)
        {
            yield return piece;
        }
    }

    /// <summary>Before the first event is sealed there is no key and nothing to verify; after that its absence is a finding.</summary>
    private async Task<ECDsa?> ReadKeyAsync(TrailFindings findings, CancellationToken ct)
    {
        try
        {
            var key = folder.ReadVerifyingKey();
            if (key is null && (File.Exists(folder.HeadPath) || await LastSealAsync(ct) > 0))
            {
                findings.Add(position: null, TrailDamageKind.KeyMissing, $"There is no key of the trail in {folder.Path}, so nothing could be verified.");
            }

            return key;
        }
        catch (TrailException exception)
        {
            findings.Add(position: null, TrailDamageKind.KeyMissing, exception.Message);
            return null;
        }
    }

    private async Task<SignedSeal?> ReadHeadAsync(ECDsa key, TrailFindings findings, CancellationToken ct)
    {
        try
        {
            var head = folder.ReadHead();
            if (head is null && await LastSealAsync(ct) > 0)
            {
                findings.Add(position: null, TrailDamageKind.HeadMissing, $"The head file {folder.HeadPath} is missing, so a cut tail could not be seen.");
            }

            if (head?.IsSignedBy(key) is not false)
            {
                return head;
            }

            findings.Add(position: null, TrailDamageKind.HeadRewritten, $"The head file {folder.HeadPath} is not signed by the trail's key, so a cut tail could not be seen.");
        }
        catch (TrailException exception)
        {
            findings.Add(position: null, TrailDamageKind.HeadRewritten, exception.Message);
        }

        return null;
    }

    private async Task<TrailReport> WithoutKeyAsync(TrailFindings findings, CancellationToken ct)
    {
        var seals = await LastSealAsync(ct);
        var (last, unsealed) = await EndAsync(Seal.BeforeAll, ct);
        var (damage, count) = findings.Conclude(last);
        return new TrailReport(SealedEvents: 0, unsealed, seals, damage, count);
    }

    private async Task<long> LastSealAsync(CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return (await SealTable.LastAsync(connection, ct))?.Seal.Number ?? 0;
    }

    private async Task<(long LastPosition, long Unsealed)> EndAsync(long lastSealed, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            "select coalesce((select max(seq_id) from public.mt_events), $2), (select count(*) from public.mt_events where seq_id > $1)");
        command.Parameters.Add(new NpgsqlParameter { Value = lastSealed });
        command.Parameters.Add(new NpgsqlParameter { Value = Seal.BeforeAll });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
