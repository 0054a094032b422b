using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>What this machine is told about names: its DNS servers (resolv.conf) and the addresses that it knows by itself (hosts).</summary>
internal sealed record SystemNames(IReadOnlyList<IPEndPoint> Servers, ILookup<string, IPAddress> Hosts)
{
    private const int DnsPort = 53;
    private const int MostServers = 3;

    /// <summary>Reads /etc/resolv.conf and /etc/hosts; a file that is missing says nothing.</summary>
    public static SystemNames Read() => Parse(Lines("/etc/resolv.conf"), Lines("/etc/hosts"));

    /// <summary>Lines that say nothing known are passed over. Without a server, 127.0.0.1 is asked, as resolv.conf(5) has it.</summary>
    public static SystemNames Parse(IEnumerable<string> resolvConf, IEnumerable<string> hosts)
    {
        var servers = Words(resolvConf)
            .Where(words => words is ["nameserver", ..] && words.Length > 1)
            .Select(words => IPAddress.TryParse(words[1], out var address) ? new IPEndPoint(address, DnsPort) : null)
            .OfType<IPEndPoint>().Take(MostServers).ToList();
        var known = Words(hosts)
            .Where(words => words.Length > 1 && IPAddress.TryParse(words[0], out _))
            .SelectMany(words => words.Skip(1).Select(name => (Name: name, Address: IPAddress.Parse(words[0]))))
            .ToLookup(entry => entry.Name, entry => entry.Address, StringComparer.OrdinalIgnoreCase);
        return new SystemNames(servers.Count > 0 ? servers : [new IPEndPoint(IPAddress.Loopback, DnsPort)], known);
    }

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    private static IEnumerable<string[]> Words(IEnumerable<string> lines) =>
        lines.Select(line => line.Split('#', ';')[0].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
}
