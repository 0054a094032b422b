namespace CallCenter.Import;

/// <summary>A row that could not be taken as it stands.</summary>
/// <param name="Line">Line in the file, 1 is the header.</param>
/// <param name="Reason">What was wrong, the same words for the same fault.</param>
/// <param name="Detail">What was found and what was done.</param>
public sealed record Judgement(int Line, string Reason, string Detail);

/// <param name="Rows">Whole rows read.</param>
/// <param name="RowsPerSecond">Over the import so far.</param>
public sealed record ImportProgress(int Rows, double RowsPerSecond);

/// <summary>How an import went.</summary>
/// <param name="Rows">Whole rows read.</param>
/// <param name="Imported">Calls that are new.</param>
/// <param name="AlreadyThere">Calls that an earlier import had brought.</param>
/// <param name="NotPlaced">Rows that name no instant at which to put the call; each is among the judgements.</param>
/// <param name="Events">Events appended.</param>
/// <param name="LastPosition">Global position of the last of them; 0 when there were none.</param>
/// <param name="Judgements">In the order of the file.</param>
/// <param name="StoppedAt">Where and why the file ended early; null when it was whole.</param>
public sealed record ImportReport(
    int Rows, int Imported, int AlreadyThere, int NotPlaced, long Events, long LastPosition, TimeSpan Elapsed, IReadOnlyList<Judgement> Judgements, string? StoppedAt);

/// <summary>The file is not what it was said to be; the message names the file and what is wrong.</summary>
public sealed class ImportException(string message) : Exception(message);
