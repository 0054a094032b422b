using System.Net;
using System.Net.Sockets;

namespace CallCenter.Telephony.Sip;

/// <summary>RFC 3263 section 4 over our DNS client: the transport by NAPTR, host and port by SRV, the addresses by AAAA and A.</summary>
/// <param name="dns">Asked for what the hosts do not tell.</param>
/// <param name="hosts">Addresses that are known without asking.</param>
/// <param name="protocols">What we can send over: of UDP, TCP and TLS.</param>
/// <param name="families">The address families that we have, the preferred one first.</param>
/// <param name="random">Gives a number from 0 to its argument, that one included: the weighing of SRV records.</param>
internal sealed class SipLocator(DnsClient dns, ILookup<string, IPAddress> hosts, IReadOnlySet<string> protocols, IReadOnlyList<AddressFamily> families, Func<int, int> random) : ISipLocator
{
    private const int MostTargets = 32;

    // Without NAPTR records (section 4.1), and by RFC 3263's and 7118's service names.
    private static readonly (string Service, string Prefix, string Protocol)[] Services =
    [
        ("SIPS+D2T", "_sips._tcp.", "TLS"),
        ("SIP+D2U", "_sip._udp.", "UDP"),
        ("SIP+D2T", "_sip._tcp.", "TCP"),
    ];

    /// <summary>The place that a URI with an address stands for (sections 4.1 and 4.2); null when it has a name.</summary>
    public static SipTarget? OfAddress(SipUri uri)
    {
        var protocol = uri.Protocol ?? "UDP";
        return uri.Address is { } address ? new SipTarget(protocol, new IPEndPoint(address, uri.Port is > 0 and { } port ? port : PortOf(protocol))) : null;
    }

    public async Task<IReadOnlyList<SipTarget>> LocateAsync(SipUri uri, CancellationToken cancellationToken)
    {
        if (!uri.IsSip)
        {
            return [];
        }

        var secure = uri.Scheme == "sips";
        var wanted = uri.Protocol;
        var byDefault = wanted ?? (secure ? "TLS" : "UDP");
        if (OfAddress(uri) is { } target)
        {
            return Usable([target]);
        }

        if (!protocols.Contains(byDefault))
        {
            return [];
        }

        if (uri.Port is > 0 and { } port)
        {
            return Usable(await AddressesAsync(uri.Host, uri.Host, byDefault, port, cancellationToken));
        }

        List<SipTarget> found = [];
        foreach (var (name, protocol) in await ServicesAsync(uri.Host, wanted, secure, cancellationToken))
        {
            found.AddRange(await ByServiceAsync(uri.Host, name, protocol, cancellationToken));
        }

        return Usable(found.Count > 0 ? found : await AddressesAsync(uri.Host, uri.Host, byDefault, PortOf(byDefault), cancellationToken));
    }

    private static int PortOf(string protocol) => protocol is "TLS" or "WSS" ? 5061 : 5060;

    private IReadOnlyList<SipTarget> Usable(IEnumerable<SipTarget> targets) =>
        [.. targets.Where(target => protocols.Contains(target.Protocol) && families.Contains(target.EndPoint.AddressFamily)).Distinct().Take(MostTargets)];

    // Section 4.1: the names of SRV records to look up, the best transport first.
    private async Task<IReadOnlyList<(string Name, string Protocol)>> ServicesAsync(string domain, string? wanted, bool secure, CancellationToken cancellationToken)
    {
        if (wanted is not null && !secure)
        {
            return [.. Services.Where(service => service.Protocol == wanted).Select(service => (service.Prefix + domain, wanted))];
        }

        var pointers = (await dns.AskAsync(domain, DnsType.Naptr, cancellationToken)).Records.OfType<PointerRecord>()
            .Where(pointer => pointer.Flags.Equals("s", StringComparison.OrdinalIgnoreCase))
            .OrderBy(pointer => pointer.Order).ThenBy(pointer => pointer.Preference)
            .Select(pointer => (pointer.Replacement, Array.Find(Services, service => service.Service.Equals(pointer.Services, StringComparison.OrdinalIgnoreCase)).Protocol))
            .Where(service => service.Protocol is not null && IsFit(service.Protocol, secure))
            .ToList();
        return pointers.Count > 0
            ? pointers
            : [.. Services.Where(service => IsFit(service.Protocol, secure)).Select(service => (service.Prefix + domain, service.Protocol))];
    }

    private bool IsFit(string protocol, bool secure) => protocols.Contains(protocol) && (!secure || protocol == "TLS");

    private async Task<IEnumerable<SipTarget>> ByServiceAsync(string domain, string name, string protocol, CancellationToken cancellationToken)
    {
        List<SipTarget> targets = [];
        var records = (await dns.AskAsync(name, DnsType.Srv, cancellationToken)).Records.OfType<ServiceRecord>().Where(record => record.Target.Length > 0);
        foreach (var record in ServiceOrder.Of(records, random))
        {
            targets.AddRange(await AddressesAsync(domain, record.Target, protocol, record.Port, cancellationToken));
        }

        return targets;
    }

    private async Task<IEnumerable<SipTarget>> AddressesAsync(string domain, string host, string protocol, int port, CancellationToken cancellationToken)
    {
        List<SipTarget> targets = [];
        foreach (var family in families)
        {
            var known = hosts[host].Where(address => address.AddressFamily == family).ToList();
            if (known.Count == 0 && !hosts.Contains(host))
            {
                var type = family == AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
                known = [.. (await dns.AskAsync(host, type, cancellationToken)).Records.OfType<AddressRecord>().Select(record => record.Address)];
            }

            targets.AddRange(known.Select(address => new SipTarget(protocol, new IPEndPoint(address, port), domain)));
        }

        return targets;
    }
}
