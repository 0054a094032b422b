namespace CallCenter.Import;

/// <summary>What is noted while a file is read.</summary>
public sealed class ImportNotes
{
    private readonly List<Judgement> _judgements = [];
    private readonly List<ImportFault> _faults = [];

    /// <summary>Whole rows read so far.</summary>
    public int Rows { get; set; }

    /// <summary>Where and why the file ended early; null while it is whole.</summary>
    public string? StoppedAt { get; set; }

    /// <summary>What was judged, in the order of the file.</summary>
    public IReadOnlyList<Judgement> Judgements => [.. _judgements.OrderBy(judgement => judgement.Line)];

    /// <summary>What cannot be taken, in the order of the file.</summary>
    public IReadOnlyList<ImportFault> Faults => [.. _faults.OrderBy(fault => fault.Line)];

    /// <summary>How many rows cannot be taken.</summary>
    public int FaultyRows => _faults.DistinctBy(fault => fault.Line).Count();

    /// <inheritdoc cref="Judgement"/>
    public void Judge(int line, string reason, string detail) => _judgements.Add(new Judgement(line, reason, detail));

    /// <inheritdoc cref="ImportFault"/>
    public void Refuse(int line, string column, string value, string message) => _faults.Add(new ImportFault(line, column, value, message));
}
