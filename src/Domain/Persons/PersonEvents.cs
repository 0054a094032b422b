namespace CallCenter.Domain.Persons;

/// <summary>An event about a caller or customer as a person. No state follows from it: it is told for the trail.</summary>
public abstract record PersonEvent(Guid PersonId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt)
{
    /// <summary>Each forgetting is a stream of its own.</summary>
    public const string StreamType = "forgetting";

    private static readonly Guid Space = new("5d0c3d1e-5c1f-4b6a-9a51-8f0f4f9d2c17");

    /// <summary>The stream in which the forgetting of a customer is told.</summary>
    public static Guid StreamOf(Guid customerId) => NameBasedGuid.Of(Space, customerId.ToString("N"));
}

/// <summary>Somebody is to be forgotten: from here on it comes to its end, whatever happens meanwhile.</summary>
/// <param name="PersonId">The customer, or the first of the persons.</param>
/// <param name="Persons">All whose keys are destroyed: the customer, who was merged into it, and whoever was known by its numbers without being a customer.</param>
/// <param name="Reason">For those who look later. It is kept for ever and names nobody.</param>
/// <param name="CustomerId">Null where somebody was forgotten by a number, customer or not.</param>
/// <param name="By">User name, or what part of the system.</param>
public sealed record ForgettingStarted(Guid PersonId, IReadOnlyList<Guid> Persons, string Reason, DateTimeOffset OccurredAt, Guid? CustomerId = null, string? By = null) : PersonEvent(PersonId, OccurredAt);

/// <summary>A person was forgotten: what was written of them under these keys can no longer be read by anyone. Who it was is not said.</summary>
/// <param name="Keys">Ids of the destroyed keys, as the tokens of personal texts have them.</param>
public sealed record PersonForgotten(Guid PersonId, IReadOnlyList<Guid> Keys, DateTimeOffset OccurredAt) : PersonEvent(PersonId, OccurredAt);
