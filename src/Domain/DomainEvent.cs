namespace CallCenter.Domain;

/// <summary>Something that happened to a call, an agent or a queue. Written once, never changed.</summary>
/// <param name="OccurredAt">When it happened, UTC. When it was stored is the envelope's affair.</param>
public abstract record DomainEvent(DateTimeOffset OccurredAt);
