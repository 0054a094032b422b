using System.Diagnostics;

namespace CallCenter.Domain.Trunks;

/// <summary>What an administrator sets on a trunk. The password of its account is no event (adr/0006).</summary>
/// <param name="Name">Unique among the trunks; shown as the source of calls.</param>
/// <param name="Networks">Source addresses whose calls are taken, as CIDR.</param>
/// <param name="Gateways">Where calls go out.</param>
public sealed record TrunkSettings(string Name, IReadOnlyList<string> Networks, IReadOnlyList<TrunkGateway> Gateways)
{
    /// <summary>Our name at the provider, for the challenges of its gateways and its registrar.</summary>
    public string? AccountUser { get; init; }

    /// <summary>Null for a provider that knows us by our address.</summary>
    public TrunkRegistrar? Registrar { get; init; }

    /// <summary>Names of codecs, the preferred one first; empty for the switch's own order.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = [];

    /// <summary>Calls at a time, in and out, 1 up; null for any number.</summary>
    public int? MaxCalls { get; init; }

    /// <summary>Host part of the addresses that we call from; null for our own.</summary>
    public string? Domain { get; init; }

    /// <summary>User part of every From; null for the caller's number.</summary>
    public string? FromUser { get; init; }

    /// <summary>The provider is told the caller's number in P-Asserted-Identity.</summary>
    public bool AssertsIdentity { get; init; }

    /// <summary>From one OPTIONS to the next, 1 to 3600 s; null for none.</summary>
    public int? ProbeSeconds { get; init; } = 30;
}

/// <summary>A gateway: host (an IP address or a name), port (for a name also 0, which leaves it to DNS), transport (UDP, TCP or TLS), priority (the lowest first) and weight within it.</summary>
public sealed record TrunkGateway(string Host, int Port = 5060, string Transport = "UDP", int Priority = 1, int Weight = 1);

/// <summary>Where and as whom we register, and for how long we ask (60 to 86400 s).</summary>
public sealed record TrunkRegistrar(string Domain, string User, int ExpiresSeconds = 600);

public abstract record TrunkEvent(Guid TrunkId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>The trunk is new, or has these settings from now on.</summary>
public sealed record TrunkConfigured(Guid TrunkId, TrunkSettings Settings, DateTimeOffset OccurredAt) : TrunkEvent(TrunkId, OccurredAt);

public sealed record TrunkRemoved(Guid TrunkId, DateTimeOffset OccurredAt) : TrunkEvent(TrunkId, OccurredAt);

public abstract record TrunkCommand(DateTimeOffset At);

public sealed record ConfigureTrunk(Guid TrunkId, TrunkSettings Settings, DateTimeOffset At) : TrunkCommand(At);

public sealed record RemoveTrunk(DateTimeOffset At) : TrunkCommand(At);

/// <summary>State of one trunk's configuration. How its gateways do is telephony's knowledge, not history.</summary>
public sealed record Trunk(Guid Id, TrunkSettings? Settings, DateTimeOffset LastAt)
{
    public const string StreamType = "trunk";

    public static readonly Trunk Initial = new(Guid.Empty, Settings: null, DateTimeOffset.MinValue);

    /// <summary>Configured, and not removed since.</summary>
    public bool Exists => Settings is not null;

    /// <summary>Total over the events of a trunk.</summary>
    public static Trunk Evolve(Trunk trunk, TrunkEvent @event) => @event switch
    {
        TrunkConfigured e => new Trunk(e.TrunkId, e.Settings, e.OccurredAt),
        TrunkRemoved e => trunk with { Settings = null, LastAt = e.OccurredAt },
        _ => throw new UnreachableException($"Trunk does not evolve {@event.GetType().Name}."),
    };
}
