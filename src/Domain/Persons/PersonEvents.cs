namespace CallCenter.Domain.Persons;

/// <summary>An event about a caller or customer as a person. No state follows from it: it is told for the trail.</summary>
public abstract record PersonEvent(Guid PersonId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt)
{
    /// <summary>Each forgetting is a stream of its own.</summary>
    public const string StreamType = "forgetting";
}

/// <summary>A person was forgotten: what was written of them under these keys can no longer be read by anyone. Who it was is not said.</summary>
/// <param name="Keys">Ids of the destroyed keys, as the tokens of personal texts have them.</param>
public sealed record PersonForgotten(Guid PersonId, IReadOnlyList<Guid> Keys, DateTimeOffset OccurredAt) : PersonEvent(PersonId, OccurredAt);
