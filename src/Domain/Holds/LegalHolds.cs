using System.Diagnostics;

namespace CallCenter.Domain.Holds;

/// <summary>All legal holds of the center, folded from their events.</summary>
/// <param name="All">Released ones included, in the order in which they were set.</param>
public sealed record LegalHolds(IReadOnlyList<LegalHold> All, DateTimeOffset LastAt)
{
    public const string StreamType = "legal_holds";

    public static readonly LegalHolds Initial = new([], DateTimeOffset.MinValue);

    /// <summary>The one stream of them.</summary>
    public static readonly Guid StreamId = new("0194f000-0000-7000-8000-0000000000b1");

    /// <summary>Those that hold.</summary>
    public IEnumerable<LegalHold> Active => All.Where(hold => hold.Release is null);

    /// <summary>The oldest hold on a customer; null for none.</summary>
    /// <param name="family">The customer, and who was merged into it.</param>
    public LegalHold? OnCustomer(IReadOnlyCollection<Guid> family) => Active.FirstOrDefault(hold => hold.CustomerId is { } customer && family.Contains(customer));

    /// <summary>The oldest hold on a batch; null for none.</summary>
    public LegalHold? OnBatch(string batch) => Active.FirstOrDefault(hold => string.Equals(hold.Batch, batch, StringComparison.Ordinal));

    /// <summary>Total over the events of holds.</summary>
    public static LegalHolds Evolve(LegalHolds holds, LegalHoldEvent @event) => @event switch
    {
        LegalHoldSet e => new LegalHolds([.. holds.All, new LegalHold(e.HoldId, e.CustomerId, e.Batch, e.Reason, e.OccurredAt, e.By)], e.OccurredAt),
        LegalHoldReleased e => new LegalHolds([.. holds.All.Select(hold => hold.Id == e.HoldId ? hold with { Release = e } : hold)], e.OccurredAt),
        _ => throw new UnreachableException($"LegalHolds does not evolve {@event.GetType().Name}."),
    };
}
