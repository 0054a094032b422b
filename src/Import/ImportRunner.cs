using CallCenter.Domain.Imports;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Import;

/// <summary>What is to be imported, and how.</summary>
/// <param name="Path">The file, plain or .gz.</param>
/// <param name="Format">How it is written.</param>
/// <param name="Batch">The batch's name; null for the file's.</param>
public sealed record ImportOrder(string Path, IHistoryFormat Format, string? Batch = null)
{
    /// <summary>Wrong rows are left out; else one of them keeps the whole file away.</summary>
    public bool SkipBad { get; init; }

    /// <summary>The file is read and nothing is written.</summary>
    public bool CheckOnly { get; init; }

    /// <summary>Who is there already.</summary>
    public KnownNames Known { get; init; } = KnownNames.None;
}

/// <summary>
/// Appends the histories of a file as one batch. An import that was interrupted goes on when it is run again, and one that was not adds nothing: what a row says makes the ids of its stream and events.
/// </summary>
public sealed class ImportRunner(PostgresEventStore store, NpgsqlDataSource source, TimeProvider clock)
{
    private const int HistoriesPerAppend = 1_000;

    /// <exception cref="ImportException">The file cannot be read or is of another format, or the batch cannot take it now.</exception>
    /// <exception cref="ImportFaultsException">Rows are wrong; nothing was written.</exception>
    public async Task<ImportReport> RunAsync(ImportOrder order, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var name = order.Batch ?? Path.GetFileName(order.Path);
        var origins = new StreamOrigins(source);
        var first = await ReadAllAsync(order, cancellationToken);
        if (order.CheckOnly)
        {
            return Report(name, 0, first, null, clock.GetElapsedTime(start));
        }

        var stream = new BatchStream(store, origins, name, clock);
        await using var hold = await stream.HoldAsync(source, cancellationToken);
        var user = $"import:{order.Format.Name}:{Path.GetFileName(order.Path)}";
        var batch = (await stream.DoAsync(at => new StartImport(name, order.Format.Name, Path.GetFileName(order.Path), at), user, cancellationToken)).Batch;
        var writer = new HistoryWriter(store, origins, new EventMetadata(stream.Correlation(batch.Generation), null, user), order.Known);
        var notes = new ImportNotes();
        await foreach (var history in order.Format.ReadAsync(order.Path, notes, cancellationToken))
        {
            await writer.AddAsync(history, cancellationToken);
            if (writer.Pending >= HistoriesPerAppend)
            {
                await writer.FlushAsync(cancellationToken);
                progress?.Report(new ImportProgress(notes.Rows, notes.Rows / clock.GetElapsedTime(start).TotalSeconds));
            }
        }

        await writer.FlushAsync(cancellationToken);
        var elapsed = clock.GetElapsedTime(start);
        progress?.Report(new ImportProgress(notes.Rows, notes.Rows / elapsed.TotalSeconds));
        var (calls, shifts) = await stream.CountAsync(batch.Generation, withdrawn: false, cancellationToken);
        var (_, position) = await stream.DoAsync(at => new CompleteImport(notes.Rows, calls, shifts, notes.FaultyRows, at), user, cancellationToken);
        return Report(name, batch.Generation, notes, writer, elapsed) with { LastPosition = position };
    }

    // Read twice: whether a row far down is wrong is known before the first is written.
    private static async Task<ImportNotes> ReadAllAsync(ImportOrder order, CancellationToken cancellationToken)
    {
        var notes = new ImportNotes();
        await foreach (var _ in order.Format.ReadAsync(order.Path, notes, cancellationToken))
        {
        }

        return notes.FaultyRows == 0 || order.SkipBad ? notes : throw new ImportFaultsException(order.Path, notes.Faults);
    }

    private static ImportReport Report(string batch, int generation, ImportNotes notes, HistoryWriter? writer, TimeSpan elapsed) => new(
        batch, generation, notes.Rows, writer?.Calls ?? 0, writer?.CallsThere ?? 0, writer?.CallsOfOthers ?? 0, writer?.ToldOtherwise ?? 0, writer?.Shifts ?? 0, notes.FaultyRows,
        writer?.Events ?? 0, writer?.LastPosition ?? 0, elapsed, notes.Judgements, notes.Faults, notes.StoppedAt);
}
