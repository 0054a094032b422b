namespace CallCenter.Domain.Customers;

/// <summary>An event of one customer's stream.</summary>
public abstract record CustomerEvent(Guid CustomerId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <param name="Person">The customer's id as a text: the customer's key is known by it, and everything that is written of the customer lies under that key.</param>
/// <param name="Segment">E.g. <c>gold</c>; null for none.</param>
/// <param name="Value">What the customer is worth, in the center's currency; null when nobody has said.</param>
/// <param name="By">User name, or what part of the system.</param>
public sealed record CustomerCreated(Guid CustomerId, string Person, DateTimeOffset OccurredAt, string? Name = null, string? Segment = null, decimal? Value = null, string? By = null)
    : CustomerEvent(CustomerId, OccurredAt);

/// <summary>The profile as it is from now on.</summary>
public sealed record CustomerChanged(Guid CustomerId, DateTimeOffset OccurredAt, string? Name = null, string? Segment = null, decimal? Value = null, string? By = null)
    : CustomerEvent(CustomerId, OccurredAt);

/// <summary>The customer is known by this, too: one of the three.</summary>
/// <param name="Number">A telephone number, as <see cref="PhoneNumbers.Normalise"/> writes it.</param>
/// <param name="Email">In lower case.</param>
/// <param name="Reference">The customer's number in another system's books.</param>
public sealed record CustomerIdentified(Guid CustomerId, DateTimeOffset OccurredAt, string? Number = null, string? Email = null, string? Reference = null, string? By = null)
    : CustomerEvent(CustomerId, OccurredAt);

/// <summary>The customer is known by this no more: one of the three.</summary>
public sealed record CustomerUnidentified(Guid CustomerId, DateTimeOffset OccurredAt, string? Number = null, string? Email = null, string? Reference = null, string? By = null)
    : CustomerEvent(CustomerId, OccurredAt);

/// <summary>What the customer allows, or allows no more.</summary>
/// <param name="Purpose">What for, e.g. <c>marketing</c>, <c>recording</c>.</param>
/// <param name="Source">How that is known, e.g. <c>call</c>, <c>web-form</c>.</param>
public sealed record CustomerConsentSet(Guid CustomerId, string Purpose, bool Given, string Source, DateTimeOffset OccurredAt, string? By = null) : CustomerEvent(CustomerId, OccurredAt);

public sealed record CustomerNoted(Guid CustomerId, string Text, DateTimeOffset OccurredAt, string? By = null) : CustomerEvent(CustomerId, OccurredAt);

/// <summary>It was the same customer twice: the other one goes on, with all that this one was known by, all its contacts and tickets.</summary>
public sealed record CustomerMerged(Guid CustomerId, Guid IntoId, DateTimeOffset OccurredAt, string? By = null) : CustomerEvent(CustomerId, OccurredAt);
