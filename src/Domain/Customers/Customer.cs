using System.Diagnostics;

namespace CallCenter.Domain.Customers;

/// <summary>State of one customer, folded from its events as they are revealed: texts are plain.</summary>
/// <param name="MergedInto">Who goes on for this duplicate; null for none.</param>
public sealed record Customer(Guid Id, CustomerProfile Profile, IReadOnlyList<CustomerIdentifier> Identifiers, Guid? MergedInto, DateTimeOffset LastAt)
{
    public const string StreamType = "customer";

    public static readonly Customer Initial = new(Guid.Empty, new CustomerProfile(), [], null, DateTimeOffset.MinValue);

    public bool Exists => Id != Guid.Empty;

    /// <summary>What was said last, by purpose.</summary>
    public IReadOnlyList<CustomerConsent> Consents { get; init; } = [];

    /// <summary>Total over the events of a customer.</summary>
    public static Customer Evolve(Customer customer, CustomerEvent @event)
    {
        var next = customer with { LastAt = @event.OccurredAt };
        return @event switch
        {
            CustomerCreated e => next with { Id = e.CustomerId, Profile = new CustomerProfile(e.Name, e.Segment, e.Value) },
            CustomerChanged e => next with { Profile = new CustomerProfile(e.Name, e.Segment, e.Value) },
            CustomerIdentified e => next with { Identifiers = [.. customer.Identifiers, CustomerIdentifier.Of(e.Number, e.Email, e.Reference)] },
            CustomerUnidentified e => next with { Identifiers = [.. customer.Identifiers.Where(known => known != CustomerIdentifier.Of(e.Number, e.Email, e.Reference))] },
            CustomerConsentSet e => next with { Consents = [.. customer.Consents.Where(said => said.Purpose != e.Purpose), new CustomerConsent(e.Purpose, e.Given)] },

            // Ignored: a note changes nothing of what may happen.
            CustomerNoted => next,
            CustomerMerged e => next with { MergedInto = e.IntoId },
            _ => throw new UnreachableException($"Customer does not evolve {@event.GetType().Name}."),
        };
    }
}

/// <summary>What a customer allows, or does not.</summary>
public sealed record CustomerConsent(string Purpose, bool Given);
