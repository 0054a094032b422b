namespace CallCenter.Domain.Holds;

/// <summary>An event of one legal hold. All holds of a center are told in one stream: they are few, and whoever is about to erase something reads them all.</summary>
public abstract record LegalHoldEvent(Guid HoldId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>From now on nothing of this customer, or of this import batch, is erased or forgotten.</summary>
/// <param name="Reason">For those who look later; names nobody.</param>
/// <param name="CustomerId">Null for a hold on a batch.</param>
/// <param name="Batch">The batch's name; null for a hold on a customer.</param>
/// <param name="By">User name of who set it.</param>
public sealed record LegalHoldSet(Guid HoldId, string Reason, DateTimeOffset OccurredAt, Guid? CustomerId = null, string? Batch = null, string? By = null) : LegalHoldEvent(HoldId, OccurredAt);

/// <summary>The hold is over; others of the same customer or batch go on.</summary>
/// <param name="By">User name of who released it.</param>
public sealed record LegalHoldReleased(Guid HoldId, string Reason, DateTimeOffset OccurredAt, string? By = null) : LegalHoldEvent(HoldId, OccurredAt);
