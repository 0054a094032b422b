using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Dialling.DialPlanEvent>;

namespace CallCenter.Domain.Dialling;

/// <summary>What a number costs at most. Who may dial a class may dial all before it.</summary>
public enum DialClass
{
    /// <summary>Extensions and queues; and the numbers that everybody may dial, as emergency calls.</summary>
    Internal,
    Local,
    National,
    International,
}

/// <summary>Which numbers go where. The rule with the longest prefix decides.</summary>
/// <param name="Prefix">What the dialled number begins with: digits, after a + perhaps; empty for all numbers.</param>
/// <param name="Class">Who may dial it.</param>
/// <param name="Trunk">Name of the trunk.</param>
/// <param name="Strip">So many characters are taken from the front, 0 up to the prefix's length.</param>
/// <param name="Prepend">What is put before the rest.</param>
public sealed record NumberRule(string Prefix, DialClass Class, string Trunk, int Strip = 0, string Prepend = "");

/// <summary>A call over a trunk.</summary>
/// <param name="Trunk">Its name.</param>
/// <param name="Number">What is dialled there.</param>
public sealed record OutsideCall(string Trunk, string Number);

public abstract record DialPlanEvent(DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>The rules as they are from now on.</summary>
public sealed record DialPlanChanged(IReadOnlyList<NumberRule> Rules, DateTimeOffset OccurredAt) : DialPlanEvent(OccurredAt);

public sealed record ChangeDialPlan(IReadOnlyList<NumberRule> Rules, DateTimeOffset At);

/// <summary>The center's one dial plan.</summary>
public sealed record DialPlan(IReadOnlyList<NumberRule> Rules, DateTimeOffset LastAt)
{
    public const string StreamType = "dial_plan";
    public static readonly Guid Id = new("5b0b7d2e-3c11-5e53-9d7e-7f1d7c2f6a01");
    public static readonly DialPlan Initial = new([], DateTimeOffset.MinValue);

    /// <summary>Total over the events of a dial plan.</summary>
    public static DialPlan Evolve(DialPlan plan, DialPlanEvent @event) => @event switch
    {
        DialPlanChanged e => new DialPlan(e.Rules, e.OccurredAt),
        _ => throw new UnreachableException($"DialPlan does not evolve {@event.GetType().Name}."),
    };

    public static Decision<DialPlanEvent> Decide(ChangeDialPlan command, DialPlan plan)
    {
        var rules = command.Rules;
        var twice = rules.GroupBy(rule => rule.Prefix, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return (twice is null ? rules.Select(Fault).FirstOrDefault(fault => fault is not null) : $"Prefix \"{twice.Key}\" has {twice.Count()} rules.") is { } wrong
            ? Refuse("DIAL_PLAN", wrong)
            : Accept(new DialPlanChanged(rules, command.At.NotBefore(plan.LastAt)));
    }

    /// <summary>Over which trunk, and what is dialled there.</summary>
    /// <param name="dialled">As it was dialled or written.</param>
    /// <param name="allowed">What the one who calls may dial.</param>
    public (OutsideCall? Call, Refusal? Refusal) Route(string dialled, DialClass allowed)
    {
        if (!Dialled.IsNumber(dialled))
        {
            return (null, new Refusal("NUMBER", $"\"{dialled}\" is not a number that can be dialled."));
        }

        var number = Dialled.Compact(dialled);
        return Rules.Where(rule => number.StartsWith(rule.Prefix, StringComparison.Ordinal)).MaxBy(rule => rule.Prefix.Length) switch
        {
            null => (null, new Refusal("NO_ROUTE", $"No rule of the dial plan is about {number}.")),
            { Class: var needed } when needed > allowed => (null, new Refusal("NOT_PERMITTED", $"{number} is {needed.ToString().ToLowerInvariant()}; permitted is {allowed.ToString().ToLowerInvariant()}.")),
            var rule when rule.Prepend.Length + number.Length - rule.Strip is var length && length is 0 or > Dialled.Longest => (null, new Refusal("NUMBER", $"{number} leaves {length} digits to dial.")),
            var rule => (new OutsideCall(rule.Trunk, rule.Prepend + number[rule.Strip..]), null),
        };
    }

    private static string? Fault(NumberRule rule) => rule switch
    {
        { Prefix: { Length: > 0 } prefix } when !Dialled.IsNumber(prefix) && prefix != "+" => $"\"{prefix}\" is not the beginning of a number.",
        _ when rule.Prefix != Dialled.Compact(rule.Prefix) => $"\"{rule.Prefix}\" is to be written without spaces and punctuation.",
        { Trunk: var trunk } when string.IsNullOrWhiteSpace(trunk) => $"The rule of \"{rule.Prefix}\" names no trunk.",
        _ when rule.Strip < 0 || rule.Strip > rule.Prefix.Length => $"The rule of \"{rule.Prefix}\" strips 0 to {rule.Prefix.Length} characters, not {rule.Strip}.",
        { Prepend: { Length: > 0 } prepend } when !Dialled.IsNumber(prepend) && prepend != "+" => $"\"{prepend}\" is not the beginning of a number.",
        _ => Enum.IsDefined(rule.Class) ? null : $"The rule of \"{rule.Prefix}\" has no class.",
    };
}
