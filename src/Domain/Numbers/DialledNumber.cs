using System.Diagnostics;
using System.Text.Json.Serialization;

using CallCenter.Domain.Floor;

namespace CallCenter.Domain.Numbers;

/// <summary>What a number of ours means to who dials it.</summary>
/// <param name="To">Where its calls go.</param>
public sealed record NumberSettings(Destination To)
{
    /// <summary>The voice that speaks to its callers, as espeak-ng names it; null for the flow's own.</summary>
    public string? Language { get; init; }

    /// <summary>How much more its callers matter: 0 to 9, 9 the most.</summary>
    public int Priority { get; init; }

    /// <summary>What its callers call about; null for none.</summary>
    public string? Topic { get; init; }

    /// <summary>Attributes that its calls begin with, by name.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What its calls need of agents in whatever queue they come to; null for what the queue asks alone.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContactNeeds? Needs { get; init; }
}

public abstract record NumberEvent(Guid NumberId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>The number is new, or means this from now on.</summary>
public sealed record NumberConfigured(Guid NumberId, string Number, NumberSettings Settings, DateTimeOffset OccurredAt) : NumberEvent(NumberId, OccurredAt);

public sealed record NumberRemoved(Guid NumberId, DateTimeOffset OccurredAt) : NumberEvent(NumberId, OccurredAt);

public abstract record NumberCommand(DateTimeOffset At);

public sealed record ConfigureNumber(string Number, NumberSettings Settings, DateTimeOffset At) : NumberCommand(At);

public sealed record RemoveNumber(DateTimeOffset At) : NumberCommand(At);

/// <summary>State of one dialled number's configuration.</summary>
/// <param name="Settings">Null for one that is not configured, or was removed.</param>
public sealed record DialledNumber(Guid Id, string Number, NumberSettings? Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "dialled-number";

    public static readonly DialledNumber Initial = new(Guid.Empty, "", Settings: null, DateTimeOffset.MinValue);

    private static readonly Guid Space = new("5b0d6a4e-6f9c-4f0e-9f0a-3c5b1c7a1d02");

    /// <summary>The stream of a number follows from the number.</summary>
    public static Guid IdOf(string number) => NameBasedGuid.Of(Space, number);

    /// <summary>Total over the events of a number.</summary>
    public static DialledNumber Evolve(DialledNumber number, NumberEvent @event) => @event switch
    {
        NumberConfigured e => new DialledNumber(e.NumberId, e.Number, e.Settings, e.OccurredAt),
        NumberRemoved e => number with { Settings = null, LastAt = e.OccurredAt },
        _ => throw new UnreachableException($"DialledNumber does not evolve {@event.GetType().Name}."),
    };
}
