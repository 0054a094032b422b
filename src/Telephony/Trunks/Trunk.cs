using System.Net;

namespace CallCenter.Telephony;

/// <summary>A way to and from the telephone network: who may call in without credentials, and over which gateways calls go out. Immutable.</summary>
public sealed record Trunk
{
    /// <summary>Unique; shown as the source of calls.</summary>
    public required string Name { get; init; }

    /// <summary>Source addresses whose calls are taken and whose statements about callers are believed, e.g. <c>192.0.2.0/28</c>.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Where calls go out; none for a trunk that only calls in.</summary>
    public IReadOnlyList<Gateway> Gateways { get; init; } = [];

    /// <summary>Answers the challenges of gateways and of the provider's registrar; null when they make none.</summary>
    public TrunkAccount? Account { get; init; }

    /// <summary>Keeps us registered at the provider; null for a trunk that knows us by our address.</summary>
    public TrunkRegistration? Registration { get; init; }

    /// <summary>Names of codecs, the preferred one first; empty for the switch's own order.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = [];

    /// <summary>Calls at a time, in and out together; null for any number.</summary>
    public int? MaxCalls { get; init; }

    /// <summary>Host part of From and P-Asserted-Identity, as the provider wants it; null for our own address.</summary>
    public string? Domain { get; init; }

    /// <summary>User part of every From, for providers that want the account there; null for the caller's number.</summary>
    public string? FromUser { get; init; }

    /// <summary>The trunk belongs to our trust domain (RFC 3325): it is told the caller's number in P-Asserted-Identity, withheld ones with Privacy.</summary>
    public bool AssertsIdentity { get; init; }

    /// <summary>From one OPTIONS to each gateway to the next; null sends none, and gateways count as up.</summary>
    public TimeSpan? ProbeInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a gateway may say nothing at all to an INVITE or OPTIONS before the next one is tried.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>The lists compare by what they hold.</summary>
    public bool Equals(Trunk? other) =>
        other is not null
        && (Name, Account, Registration, MaxCalls, Domain, FromUser, AssertsIdentity, ProbeInterval, Patience)
            == (other.Name, other.Account, other.Registration, other.MaxCalls, other.Domain, other.FromUser, other.AssertsIdentity, other.ProbeInterval, other.Patience)
        && Networks.SequenceEqual(other.Networks) && Gateways.SequenceEqual(other.Gateways) && Codecs.SequenceEqual(other.Codecs, StringComparer.Ordinal);

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    /// <exception cref="ArgumentException">Two have one name, or one makes no sense; the message names it.</exception>
    internal static void Validate(IReadOnlyList<Trunk> trunks)
    {
        foreach (var trunk in trunks)
        {
            if (Fault(trunk) is { } fault)
            {
                throw new ArgumentException($"Trunk {trunk.Name}: {fault}", nameof(trunks));
            }
        }

        if (trunks.GroupBy(trunk => trunk.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two trunks have the name {twice.Key}", nameof(trunks));
        }
    }

    private static string? Fault(Trunk trunk) => trunk switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) => "it has no name",
        { MaxCalls: < 1 } => $"MaxCalls {trunk.MaxCalls} is below 1",
        { ProbeInterval: { } interval } when interval <= TimeSpan.Zero => $"ProbeInterval {interval} is not positive",
        { Patience: var patience } when patience <= TimeSpan.Zero => $"Patience {patience} is not positive",
        { Codecs: { Count: > 0 } codecs } when !CodecPreference.CanPlay(codecs) => $"none of its codecs {string.Join(", ", codecs)} can be played here",
        { Registration: not null, Gateways.Count: 0 } => "it registers, but has no gateway to do so at",
        { Registration: { } registration } when registration.Expires < TimeSpan.FromSeconds(1) => $"Expires {registration.Expires} is below 1 s",
        _ => trunk.Gateways.Select(Gateway.Fault).FirstOrDefault(fault => fault is not null),
    };
}

/// <summary>Where calls of a trunk can go out.</summary>
/// <param name="Host">An IP address, IPv6 without brackets, or a name.</param>
/// <param name="Port">1 to 65535; for a name also 0, which leaves it to DNS (SRV, RFC 3263).</param>
/// <param name="Transport">As Via names it: UDP, TCP, TLS.</param>
/// <param name="Priority">The lowest is tried first.</param>
/// <param name="Weight">Share of the first tries among those of one priority, 0 up.</param>
public sealed record Gateway(string Host, int Port = 5060, string Transport = "UDP", int Priority = 1, int Weight = 1)
{
    public override string ToString() => $"{Transport} {Host}:{Port}";

    internal static string? Fault(Gateway gateway) =>
        Uri.CheckHostName(gateway.Host) is not (UriHostNameType.IPv4 or UriHostNameType.IPv6 or UriHostNameType.Dns) ? $"gateway {gateway} is no IP address and no name"
        : gateway.Port is < 0 or > 65535 || (gateway.Port == 0 && IPAddress.TryParse(gateway.Host, out _)) ? $"gateway {gateway} has no port from 1 to 65535"
        : gateway.Weight < 0 ? $"gateway {gateway} has a weight below 0"
        : null;
}

/// <summary>Our name and password at a provider.</summary>
public sealed record TrunkAccount(string UserName, string Password)
{
    /// <summary>Without the password: records are logged.</summary>
    public override string ToString() => UserName;
}

/// <summary>How we register at a provider.</summary>
/// <param name="Domain">Host of the address of record, and of the Request-URI.</param>
/// <param name="User">User part of the address of record and of our Contact; calls to it come in for the number that their To names.</param>
/// <param name="Expires">What we ask for; 423 may ask for more.</param>
public sealed record TrunkRegistration(string Domain, string User, TimeSpan Expires);
