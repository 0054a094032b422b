using System.Collections.ObjectModel;

namespace CallCenter.Domain.Agents;

/// <summary>What an agent can do and where the agent belongs: distribution and supervision go by it.</summary>
public sealed record AgentAttributes
{
    public static readonly AgentAttributes None = new();

    /// <summary>Proficiency by skill, 1..10; a skill that is absent is none.</summary>
    public IReadOnlyDictionary<string, int> Skills { get; init; } = ReadOnlyDictionary<string, int>.Empty;

    /// <summary>Groups that tiers of queues name.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>The team whose supervisors oversee the agent; null for none.</summary>
    public string? Team { get; init; }
}
