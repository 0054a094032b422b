using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Tickets.SlaEvent>;

namespace CallCenter.Domain.Tickets;

public abstract record SlaEvent(Guid PolicyId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>What is promised of tickets from now on.</summary>
public sealed record SlaConfigured(Guid PolicyId, SlaSettings Settings, DateTimeOffset OccurredAt) : SlaEvent(PolicyId, OccurredAt);

public sealed record ConfigureSla(SlaSettings Settings, DateTimeOffset At);

/// <summary>The center's one policy for tickets.</summary>
public sealed record SlaPolicy(SlaSettings Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "sla_policy";

    /// <summary>Its stream.</summary>
    public static readonly Guid Id = new("8d7c3a52-7f0e-5d3c-9c41-52c1b8f0a640");

    public static readonly SlaPolicy Initial = new(SlaSettings.Default, DateTimeOffset.MinValue);

    /// <summary>Total over the events of the policy.</summary>
    public static SlaPolicy Evolve(SlaPolicy policy, SlaEvent @event) => @event switch
    {
        SlaConfigured e => new SlaPolicy(e.Settings, e.OccurredAt),
        _ => throw new UnreachableException($"SlaPolicy does not evolve {@event.GetType().Name} after {policy.LastAt:O}."),
    };

    public static Decision<SlaEvent> Decide(ConfigureSla command, SlaPolicy policy) => command.Settings.Fault is { } fault
        ? Refuse("SLA_SETTINGS", fault)
        : Accept(new SlaConfigured(Id, command.Settings, command.At.NotBefore(policy.LastAt)));
}
