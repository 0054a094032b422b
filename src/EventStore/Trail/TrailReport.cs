namespace CallCenter.EventStore;

/// <summary>What a verification found.</summary>
/// <param name="SealedEvents">Under the seals that were looked at.</param>
/// <param name="UnsealedEvents">After the last seal: nothing vouches for them yet.</param>
/// <param name="Seals">All that are there; their chain is always looked at whole.</param>
/// <param name="Damage">In the order of positions, the first <see cref="TrailFindings.Kept"/>; what has no position comes last.</param>
/// <param name="DamageCount">Of all damage.</param>
public sealed record TrailReport(long SealedEvents, long UnsealedEvents, long Seals, IReadOnlyList<TrailDamage> Damage, long DamageCount)
{
    private const int Told = 10;

    /// <summary>Whether everything is as it was sealed.</summary>
    public bool Intact => DamageCount == 0;

    /// <summary>The lowest position where something is wrong; null when nothing is, or nothing in the log.</summary>
    public long? FirstBrokenPosition => Damage.Count > 0 ? Damage[0].Position : null;

    /// <summary>One line.</summary>
    public string Verdict => Intact
        ? $"The trail is intact: {SealedEvents:N0} events under {Seals:N0} seals verified, {UnsealedEvents:N0} not sealed yet."
        : $"The trail is DAMAGED{(FirstBrokenPosition is { } position ? $" from position {position} on" : "")}: {Name(Damage[0].Kind)}.";

    /// <summary>The first damages, one a line; null when there is none.</summary>
    public string? Detail => Intact
        ? null
        : string.Join('\n', [.. Damage.Take(Told).Select(damage => damage.Detail), .. DamageCount > Told ? [$"... and {DamageCount - Told:N0} more"] : Array.Empty<string>()]);

    private static string Name(TrailDamageKind kind) => kind switch
    {
        TrailDamageKind.Changed => "changed",
        TrailDamageKind.Removed => "removed",
        TrailDamageKind.Inserted => "inserted",
        TrailDamageKind.Reordered => "reordered",
        TrailDamageKind.SealRewritten => "seal rewritten",
        TrailDamageKind.SealRemoved => "seal removed",
        TrailDamageKind.TailCut => "tail cut",
        TrailDamageKind.HeadMissing => "head file missing",
        TrailDamageKind.HeadRewritten => "head file rewritten",
        TrailDamageKind.KeyMissing => "key missing",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, message: null),
    };
}
