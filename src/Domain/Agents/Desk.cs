using System.Text.Json.Serialization;

using CallCenter.Domain.Dialling;

namespace CallCenter.Domain.Agents;

/// <summary>What an agent's phone does by itself, and what it may.</summary>
public sealed record Desk
{
    /// <summary>As long as it is on, nothing rings: no offer of a queue, no colleague, no transfer. The status stays what it is.</summary>
    public bool DoNotDisturb { get; init; }

    /// <summary>The dearest numbers that may be dialled.</summary>
    public DialClass DialClass { get; init; } = DialClass.Internal;

    /// <summary>Where colleagues' calls go at once, without ringing here.</summary>
    public Destination? ForwardAlways { get; init; }

    /// <summary>Where they go while the agent talks, wraps up or is not to be disturbed.</summary>
    public Destination? ForwardBusy { get; init; }

    /// <summary>Where they go when nobody answers here, or the phone is not registered.</summary>
    public Destination? ForwardNoAnswer { get; init; }

    /// <summary>Key (1 to 4 digits) to the number that it dials: colleagues and services, no customers.</summary>
    public IReadOnlyDictionary<string, string> SpeedDials { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The teams whose agents this one supervises.</summary>
    public IReadOnlyList<string> Supervises { get; init; } = [];

    /// <summary>A colleague's call is signalled to the agent who talks, by a tone and at the phone's second line, instead of being told that the agent is busy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CallWaiting { get; init; }

    /// <summary>Longest call, 60 to 86,400 s, with a warning tone before it ends; null for any length.</summary>
    public int? MaxCallSeconds { get; init; }

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    internal string? Fault => this switch
    {
        { MaxCallSeconds: < 60 or > 86_400 } => $"The longest call is 60 to 86400 s, not {MaxCallSeconds}.",
        { SpeedDials.Count: > 100 } => $"There are at most 100 speed dials, not {SpeedDials.Count}.",
        _ when SpeedDials.Keys.FirstOrDefault(key => key.Length is 0 or > 4 || !key.All(char.IsAsciiDigit)) is { } key => $"\"{key}\" is not 1 to 4 digits.",
        _ when SpeedDials.FirstOrDefault(dial => !Dialled.IsNumber(dial.Value)) is { Key: not null } dial => $"\"{dial.Value}\" of speed dial {dial.Key} is not a number that can be dialled.",
        _ when Supervises.FirstOrDefault(string.IsNullOrWhiteSpace) is not null => "A team has a name.",
        _ => new[] { ForwardAlways, ForwardBusy, ForwardNoAnswer }.OfType<Destination>().Select(FaultOf).FirstOrDefault(fault => fault is not null),
    };

    private static string? FaultOf(Destination to) => to switch
    {
        { Kind: DestinationKind.HangUp or DestinationKind.Callback } => $"Calls cannot be forwarded to \"{to}\".",
        { Target: null or "" } => $"A forward to {to.Kind.ToString().ToLowerInvariant()} names which.",
        { Kind: DestinationKind.Number, Target: { } number } when !Dialled.IsNumber(number) => $"\"{number}\" is not a number that can be dialled.",
        _ => null,
    };
}
