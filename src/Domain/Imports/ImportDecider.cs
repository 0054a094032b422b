using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Imports.ImportEvent>;

namespace CallCenter.Domain.Imports;

public abstract record ImportCommand(DateTimeOffset At);

/// <summary>Also goes on where an interrupted import stopped, and takes one more file of the same format into the batch.</summary>
public sealed record StartImport(string Name, string Format, string File, DateTimeOffset At) : ImportCommand(At);

public sealed record CompleteImport(int Rows, int Calls, int Shifts, int LeftOut, DateTimeOffset At) : ImportCommand(At);

/// <summary>Also goes on where an interrupted reversal stopped.</summary>
public sealed record StartReversal(DateTimeOffset At) : ImportCommand(At);

public sealed record CompleteReversal(int Calls, int Shifts, DateTimeOffset At) : ImportCommand(At);

/// <summary>What may happen to a batch: it comes whole, goes whole, and may come again.</summary>
public static class ImportDecider
{
    private const int LongestName = 100;

    public static Decision<ImportEvent> Decide(ImportCommand command, ImportBatch batch)
    {
        var at = command.At.NotBefore(batch.LastAt);
        return (command, batch.Phase) switch
        {
            (StartImport { Name: var name }, _) when !IsName(name) =>
                Refuse("IMPORT_NAME", $"\"{name}\" is no name of a batch: 1 to {LongestName} letters, digits, and . - _, a letter or digit first."),
            (StartImport, ImportPhase.Reverting) =>
                Refuse("IMPORT_REVERTING", $"Batch {batch.Name} is half reverted: revert it again to the end, then it can come again."),
            (StartImport c, ImportPhase.Running or ImportPhase.Completed) when c.Format != batch.Format =>
                Refuse("IMPORT_FORMAT", $"Batch {batch.Name} is of format {batch.Format}: a file of format {c.Format} is another batch."),
            (StartImport c, ImportPhase.None or ImportPhase.Reverted) => Started(c, batch.Generation + 1),
            (StartImport c, _) => Started(c, batch.Generation),
            (_, ImportPhase.None) => Refuse("IMPORT_NOT_FOUND", "There is no such batch."),

            (CompleteImport c, ImportPhase.Running) => Accept(new ImportCompleted(batch.Id, batch.Generation, c.Rows, c.Calls, c.Shifts, c.LeftOut, at)),
            (StartReversal, ImportPhase.Running or ImportPhase.Completed) => Accept(new ImportReversalStarted(batch.Id, batch.Generation, at)),
            (StartReversal, ImportPhase.Reverting) => Accept(),
            (StartReversal, ImportPhase.Reverted) => Refuse("IMPORT_REVERTED", $"Batch {batch.Name} has been reverted already."),
            (CompleteReversal c, ImportPhase.Reverting) => Accept(new ImportReverted(batch.Id, batch.Generation, c.Calls, c.Shifts, at)),
            (CompleteImport or CompleteReversal, _) => Refuse("IMPORT_STATE", $"{command.GetType().Name} is not possible while batch {batch.Name} is {batch.Phase.ToString().ToLowerInvariant()}."),
            _ => throw new UnreachableException($"ImportBatch does not decide {command.GetType().Name}."),
        };

        Decision<ImportEvent> Started(StartImport c, int generation) => Accept(new ImportStarted(ImportBatch.IdOf(c.Name), c.Name, c.Format, c.File, generation, at));
    }

    private static bool IsName(string name) => name.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
}
