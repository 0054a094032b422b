namespace CallCenter.Import;

/// <summary>A row that could not be taken as it stands.</summary>
/// <param name="Line">Line in the file, 1 is the first.</param>
/// <param name="Reason">What was wrong, the same words for the same fault.</param>
/// <param name="Detail">What was found and what was done.</param>
public sealed record Judgement(int Line, string Reason, string Detail);

/// <summary>A row that cannot be taken at all.</summary>
/// <param name="Line">Line in the file, 1 is the first.</param>
/// <param name="Column">What it calls the part that is wrong.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Message">Why it cannot be taken.</param>
public sealed record ImportFault(int Line, string Column, string Value, string Message)
{
    public override string ToString() => $"line {Line}, {Column} \"{Value}\": {Message}";
}

/// <param name="Rows">Whole rows read.</param>
/// <param name="RowsPerSecond">Over the import so far.</param>
public sealed record ImportProgress(int Rows, double RowsPerSecond);

/// <summary>How an import went.</summary>
/// <param name="Batch">The batch that the calls belong to.</param>
/// <param name="Generation">1, and one more each time that the batch came again after it was reverted.</param>
/// <param name="Rows">Whole rows read.</param>
/// <param name="Imported">Calls that are new.</param>
/// <param name="AlreadyThere">Calls that an earlier import had brought.</param>
/// <param name="OfOtherBatches">Those of them that belong to other batches, and go with those.</param>
/// <param name="ToldOtherwise">Calls and shifts that were there already and that this file tells longer or shorter; they stay as they were told first.</param>
/// <param name="Shifts">Agents' shifts that are new.</param>
/// <param name="LeftOut">Rows that are wrong, each among the faults.</param>
/// <param name="Events">Events appended.</param>
/// <param name="LastPosition">Global position of the last of them; 0 when there were none.</param>
/// <param name="Elapsed">From the first look at the file to the last append.</param>
/// <param name="Judgements">In the order of the file.</param>
/// <param name="Faults">In the order of the file.</param>
/// <param name="StoppedAt">Where and why the file ended early; null when it was whole.</param>
public sealed record ImportReport(
    string Batch, int Generation, int Rows, int Imported, int AlreadyThere, int OfOtherBatches, int ToldOtherwise, int Shifts, int LeftOut, long Events, long LastPosition, TimeSpan Elapsed,
    IReadOnlyList<Judgement> Judgements, IReadOnlyList<ImportFault> Faults, string? StoppedAt);

/// <summary>The file is not what it was said to be, or the batch cannot be; the message names which and what is wrong.</summary>
public class ImportException(string message) : Exception(message);

/// <summary>Rows of the file are wrong, so nothing of it was imported.</summary>
public sealed class ImportFaultsException(string path, IReadOnlyList<ImportFault> faults) : ImportException($"{path}: {Count(faults)}, so nothing was imported. The first is {faults[0]}")
{
    /// <summary>All of them, in the order of the file.</summary>
    public IReadOnlyList<ImportFault> Faults => faults;

    private static string Count(IReadOnlyList<ImportFault> faults) => faults.DistinctBy(fault => fault.Line).Count() is 1 ? "a row is wrong" : $"{faults.DistinctBy(fault => fault.Line).Count()} rows are wrong";
}
