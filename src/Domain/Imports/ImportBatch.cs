using System.Diagnostics;

namespace CallCenter.Domain.Imports;

public enum ImportPhase
{
    None,

    /// <summary>A file is being read, or its reading was interrupted.</summary>
    Running,
    Completed,

    /// <summary>It is being withdrawn, or that was interrupted.</summary>
    Reverting,
    Reverted,
}

/// <summary>State of one batch, folded from its events.</summary>
/// <param name="Generation">Of what is there, or was last; 0 before the first.</param>
public sealed record ImportBatch(Guid Id, string Name, string Format, int Generation, ImportPhase Phase, DateTimeOffset LastAt)
{
    public const string StreamType = "import";

    public static readonly ImportBatch Initial = new(Guid.Empty, "", "", 0, ImportPhase.None, DateTimeOffset.MinValue);

    private static readonly Guid Space = new("7c0f0a52-8a0d-4b52-8a3e-2f6b5d4c9e10");

    /// <summary>A name is one batch for ever.</summary>
    public static Guid IdOf(string name) => NameBasedGuid.Of(Space, name);

    /// <summary>Total over the events of a batch.</summary>
    public static ImportBatch Evolve(ImportBatch batch, ImportEvent @event) => @event switch
    {
        ImportStarted e => new ImportBatch(e.BatchId, e.Name, e.Format, e.Generation, ImportPhase.Running, e.OccurredAt),
        ImportCompleted e => batch with { Phase = ImportPhase.Completed, LastAt = e.OccurredAt },
        ImportReversalStarted e => batch with { Phase = ImportPhase.Reverting, LastAt = e.OccurredAt },
        ImportReverted e => batch with { Phase = ImportPhase.Reverted, LastAt = e.OccurredAt },
        _ => throw new UnreachableException($"ImportBatch does not evolve {@event.GetType().Name}."),
    };
}
