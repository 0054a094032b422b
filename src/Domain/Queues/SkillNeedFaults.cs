namespace CallCenter.Domain.Queues;

/// <summary>What is wrong with the skills that a queue, a number or a flow asks for, as a sentence that names it.</summary>
internal static class SkillNeedFaults
{
    private const int Day = 86_400;

    /// <summary>The first fault; null when there is none.</summary>
    public static string? Of(IReadOnlyList<SkillNeed> needs) => needs.Select(need => Of(need, needs)).FirstOrDefault(fault => fault is not null);

    private static string? Of(SkillNeed need, IReadOnlyList<SkillNeed> needs) => need switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) => "A skill needs a name.",
        { Minimum: < 1 or > 10 } => $"Skill {need.Name}: proficiency is 1 to 10, not {need.Minimum}.",
        _ when !Enum.IsDefined(need.Strength) => $"Skill {need.Name}: {need.Strength} is neither required nor preferred.",
        _ when needs.Count(other => string.Equals(other.Name, need.Name, StringComparison.Ordinal)) > 1 => $"Skill {need.Name} is named twice.",
        _ when need.Relaxations.FirstOrDefault(r => r.AfterSeconds is < 1 or > Day) is { } r => $"Skill {need.Name} is relaxed after 1 to {Day} s, not {r.AfterSeconds}.",
        _ when need.Relaxations.FirstOrDefault(r => r.Minimum is < 0 or > 10) is { } r => $"Skill {need.Name} is relaxed to 0 to 10, not {r.Minimum}.",
        _ when !Ascends(need.Relaxations.Select(r => r.AfterSeconds)) => $"The relaxations of skill {need.Name} must come one after the other.",
        _ when !Ascends(need.Relaxations.Select(r => -r.Minimum).Prepend(-need.Minimum)) => $"Each relaxation of skill {need.Name} must ask for less than before.",
        _ => null,
    };

    private static bool Ascends(IEnumerable<int> numbers) => numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);
}
