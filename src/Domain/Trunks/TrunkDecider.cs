using System.Diagnostics;
using System.Net;

using static CallCenter.Domain.Decision<CallCenter.Domain.Trunks.TrunkEvent>;

namespace CallCenter.Domain.Trunks;

public static class TrunkDecider
{
    private static readonly string[] Transports = ["UDP", "TCP", "TLS"];

    public static Decision<TrunkEvent> Decide(TrunkCommand command, Trunk trunk)
    {
        var at = command.At.NotBefore(trunk.LastAt);
        return command switch
        {
            ConfigureTrunk { Settings: var s } when Fault(s) is { } fault => Refuse("TRUNK_SETTINGS", fault),
            ConfigureTrunk c => Accept(new TrunkConfigured(c.TrunkId, c.Settings, at)),
            RemoveTrunk when !trunk.Exists => Refuse("TRUNK_NOT_FOUND", "There is no such trunk."),
            RemoveTrunk => Accept(new TrunkRemoved(trunk.Id, at)),
            _ => throw new UnreachableException($"Trunk does not decide {command.GetType().Name}."),
        };
    }

    private static string? Fault(TrunkSettings settings) => settings switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) || name.Length > 64 => "A trunk needs a name of 1 to 64 characters.",
        { Networks.Count: 0, Gateways.Count: 0 } => "A trunk needs a network to be called from, or a gateway to call over.",
        { MaxCalls: < 1 } => $"A trunk takes at least 1 call, not {settings.MaxCalls}.",
        { ProbeSeconds: < 1 or > 3600 } => $"Gateways are asked every 1 to 3600 s, not {settings.ProbeSeconds}.",
        { Registrar: not null, Gateways.Count: 0 } => "A trunk registers over a gateway; it has none.",
        { Registrar: { } registrar } when !IsHost(registrar.Domain) || !IsUser(registrar.User) => "A registration needs a domain and a user.",
        { Registrar: { ExpiresSeconds: < 60 or > 86_400 } registrar } => $"A registration lasts 60 to 86400 s, not {registrar.ExpiresSeconds}.",
        { Domain: { } domain } when !IsHost(domain) => $"\"{domain}\" is not a host name.",
        { FromUser: { } user } when !IsUser(user) => $"\"{user}\" is not the user part of an address.",
        _ => settings.Networks.Select(Fault).Concat(settings.Gateways.Select(Fault)).FirstOrDefault(fault => fault is not null),
    };

    private static string? Fault(string network) => IPNetwork.TryParse(network, out _) ? null : $"\"{network}\" is not a network like 192.0.2.0/28.";

    private static string? Fault(TrunkGateway gateway) => gateway switch
    {
        _ when Uri.CheckHostName(gateway.Host) is not (UriHostNameType.IPv4 or UriHostNameType.IPv6 or UriHostNameType.Dns) => $"\"{gateway.Host}\" is neither an IP address nor a name.",
        { Port: < 0 or > 65535 } => $"A port is 1 to 65535, or 0 for a name, not {gateway.Port}.",
        { Port: 0 } when IPAddress.TryParse(gateway.Host, out _) => "An IP address needs a port; only of a name can DNS tell it.",
        _ when !Transports.Contains(gateway.Transport, StringComparer.Ordinal) => $"A transport is one of {string.Join(", ", Transports)}, not \"{gateway.Transport}\".",
        { Priority: < 0 or > 65535 } or { Weight: < 0 or > 65535 } => "Priority and weight are 0 to 65535.",
        _ => null,
    };

    private static bool IsHost(string text) => text.Length is > 0 and <= 253 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or ':' or '[' or ']');

    private static bool IsUser(string text) => text.Length is > 0 and <= 128 && !text.Any(char.IsControl);
}
