using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>What a contact needs of whoever takes it, beside what its queue asks: by the number that was dialled, or by a step of a flow.</summary>
public sealed record ContactNeeds
{
    public const int UsualPatienceSeconds = 30;

    public IReadOnlyList<SkillNeed> Skills { get; init; } = [];

    /// <summary>Who is waited for first; null for anybody.</summary>
    public Guid? AgentId { get; init; }

    /// <summary>How long that agent is waited for, 1..3600; then anybody will do.</summary>
    public int AgentPatienceSeconds { get; init; } = UsualPatienceSeconds;

    /// <summary>What is wrong with them, as a sentence; null when nothing is.</summary>
    public string? Fault() => AgentPatienceSeconds is < 1 or > 3600 ? $"An agent is waited for 1 to 3600 s, not {AgentPatienceSeconds}." : SkillNeedFaults.Of(Skills);
}
