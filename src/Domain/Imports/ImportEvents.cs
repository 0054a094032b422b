namespace CallCenter.Domain.Imports;

/// <summary>An event of one batch of imported records.</summary>
public abstract record ImportEvent(Guid BatchId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>A file begins to be taken over, or goes on to be: the first of the batch, the same again after an interruption, or one more.</summary>
/// <param name="Name">What people call the batch.</param>
/// <param name="Format">How the file is written.</param>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Generation">1, and one more each time that the batch comes again after it was reverted.</param>
public sealed record ImportStarted(Guid BatchId, string Name, string Format, string File, int Generation, DateTimeOffset OccurredAt) : ImportEvent(BatchId, OccurredAt);

/// <summary>The file was read to its end.</summary>
/// <param name="Rows">Whole rows read.</param>
/// <param name="Calls">Calls of this generation that are there now, those of earlier files included.</param>
/// <param name="Shifts">The same of agents' shifts.</param>
/// <param name="LeftOut">Rows that are wrong and were left out because whoever imported wanted it so.</param>
public sealed record ImportCompleted(Guid BatchId, int Generation, int Rows, int Calls, int Shifts, int LeftOut, DateTimeOffset OccurredAt) : ImportEvent(BatchId, OccurredAt);

/// <summary>What the batch brought begins to be withdrawn.</summary>
public sealed record ImportReversalStarted(Guid BatchId, int Generation, DateTimeOffset OccurredAt) : ImportEvent(BatchId, OccurredAt);

/// <summary>Nothing of the batch counts any more.</summary>
/// <param name="Calls">Calls that were withdrawn.</param>
/// <param name="Shifts">Agents' shifts that were withdrawn.</param>
public sealed record ImportReverted(Guid BatchId, int Generation, int Calls, int Shifts, DateTimeOffset OccurredAt) : ImportEvent(BatchId, OccurredAt);
