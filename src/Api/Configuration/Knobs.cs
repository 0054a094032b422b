using System.Globalization;
using System.Net;
using System.Net.Mail;

using CallCenter.Telephony;
using CallCenter.Telephony.Sip;

using Npgsql;

namespace CallCenter.Api.Configuration;

/// <summary>What the environment sets. Read once; a bad value is named with what it should be.</summary>
/// <param name="DataFolder">Absolute.</param>
/// <param name="KeyFolder">Where the master key of the persons' keys is; absolute.</param>
/// <param name="Database">Npgsql connection string of a server; null for the embedded one.</param>
/// <param name="TrailFolder">Absolute.</param>
/// <param name="BindAlso">The second address of <c>CALLCENTER_BIND</c>, of the other family.</param>
/// <param name="TlsCertificate">Absolute path of a PEM file; null for a certificate of our own making.</param>
/// <param name="TlsKey">Absolute path of the certificate's key; given with it.</param>
/// <param name="LadderDays">0 keeps no ladders.</param>
/// <param name="MediaTimeout">Seconds; 0 for never.</param>
/// <param name="RecordingFolder">Absolute.</param>
/// <param name="Smtp">Host and port of the mail server; null: nothing is mailed.</param>
/// <param name="MailFrom">Sender of our mail; given with it.</param>
/// <param name="MailAccess">How that server is reached; null: in the open, without sign-in.</param>
/// <param name="ConferenceParties">Caller and agent included.</param>
/// <param name="Connections">Absolute path of a JSON file; null for <c>connections.json</c> in the data folder, if there is one.</param>
/// <param name="AdminPassword">Of user <c>admin</c>; null to keep the present one, or to make one up at the first start.</param>
internal sealed record Knobs(
    IPAddress Bind, int HttpPort, int SipPort, PortRange RtpPorts, string DataFolder, string KeyFolder, string TrailFolder, string? Database, string? AdminPassword, bool Sample, bool ArchivePartitions,
    IReadOnlyList<DigestAlgorithm> SipDigest, IPAddress? BindAlso = null, int SipsPort = 5061, string? TlsCertificate = null, string? TlsKey = null, int LadderDays = 30, int MediaTimeout = 120, string? Connections = null,
    string RecordingFolder = "", DnsEndPoint? Smtp = null, MailAddress? MailFrom = null, MailAccess? MailAccess = null,
    int ParkSeconds = 90, int ConferenceParties = 16, bool ShowsSupervision = false)
{
    /// <summary>Name, default and meaning, for the help text and the README.</summary>
    public static readonly IReadOnlyList<(string Name, string Default, string Meaning)> All =
    [
        ("CALLCENTER_HTTP_PORT", "8080", "TCP port of GraphQL (POST /graphql) and /health"),
        ("CALLCENTER_SIP_PORT", "5060", "UDP and TCP port of SIP"),
        ("CALLCENTER_RTP_PORTS", "20000-29999", "UDP ports of RTP and RTCP, two for each leg of a call"),
        ("CALLCENTER_BIND", "127.0.0.1", "address that all of these listen on, or two, one of each family, like 192.0.2.1,2001:db8::1"),
        ("CALLCENTER_DATA", ".data", "folder of the embedded database, prompts and generated secrets"),
        ("CALLCENTER_KEYS", "<data>/keys", "folder of the master key that opens callers' and customers' data; the same for all nodes, apart from backups of the data"),
        ("CALLCENTER_TRAIL", "<data>/trail", "folder of the key that signs the event trail and of its latest head; best on another disk, and not in the database's backup"),
        ("CALLCENTER_DATABASE", "(embedded)", "Npgsql connection string of a PostgreSQL server to use instead"),
        ("CALLCENTER_ADMIN_PASSWORD", "(generated)", "password of user admin; a generated one is kept in admin-password in the data folder"),
        ("CALLCENTER_SAMPLE", "on", "off: no sample center on an empty database"),
        ("CALLCENTER_ARCHIVE_PARTITIONS", "off", "on: archived streams lie in partitions of their own; chosen when the database is created"),
        ("CALLCENTER_SIPS_PORT", "(SIP port + 1)", "TCP port of SIP over TLS"),
        ("CALLCENTER_TLS_CERTIFICATE", "(self-signed)", "PEM file of the certificate for it, with those that lead to its root; without one, sip-certificate.pem in the data folder is made"),
        ("CALLCENTER_TLS_KEY", "(self-signed)", "PEM file of that certificate's private key"),
        ("CALLCENTER_SIP_DIGEST", "sha-256,md5", "what phones are challenged with, the first preferred; md5,sha-256 or md5 for phones that give up at SHA-256"),
        ("CALLCENTER_SIP_LADDER_DAYS", "30", "how long the SIP messages of each call are kept, in days, 0 to 3650; 0 keeps none"),
        ("CALLCENTER_MEDIA_TIMEOUT", "120", "a connected call from one of whose sides neither RTP nor RTCP comes for so many seconds is ended; 0: never"),
        ("CALLCENTER_CONNECTIONS", "<data>/connections.json", "JSON file of the databases (Npgsql connection strings) and web services (address and header fields) that IVR flows may ask, by name"),
        ("CALLCENTER_RECORDINGS", "<data>/recordings", "folder of the recordings of calls and of callers' messages"),
        ("CALLCENTER_SMTP", "(none)", "mail server, as host:port, that takes callers' messages for the recipients of their mailboxes; without one nothing is mailed"),
        ("CALLCENTER_MAIL_FROM", "(none)", "sender of that mail, an address; given with CALLCENTER_SMTP"),
        .. Configuration.MailAccess.Knobs,
        ("CALLCENTER_PARK_SECONDS", "90", "after so many seconds who parked a call is rung, 5 to 3600"),
        ("CALLCENTER_CONFERENCE_PARTIES", "16", "so many talk in one call at most, caller and agent included, 3 to 16"),
        ("CALLCENTER_SHOW_SUPERVISION", "off", "on: agents are shown that a supervisor hears their call"),
    ];

    /// <summary>What <c>CALLCENTER_SIP_DIGEST</c> can be.</summary>
    internal static readonly IReadOnlyDictionary<string, IReadOnlyList<DigestAlgorithm>> DigestOrders = new Dictionary<string, IReadOnlyList<DigestAlgorithm>>(StringComparer.OrdinalIgnoreCase)
    {
        ["sha-256,md5"] = [DigestAlgorithm.Sha256, DigestAlgorithm.Md5],
        ["md5,sha-256"] = [DigestAlgorithm.Md5, DigestAlgorithm.Sha256],
        ["sha-256"] = [DigestAlgorithm.Sha256],
        ["md5"] = [DigestAlgorithm.Md5],
    };

    /// <exception cref="KnobException">A value is not what it must be.</exception>
    public static Knobs Read(Func<string, string?> get)
    {
        var bind = ParseAddresses(Text("CALLCENTER_BIND")) ?? throw Bad("CALLCENTER_BIND", "an IP address, or an IPv4 and an IPv6 one with a comma between");
        var sip = Port("CALLCENTER_SIP_PORT");
        var (certificate, key) = (Set("CALLCENTER_TLS_CERTIFICATE"), Set("CALLCENTER_TLS_KEY"));
        if ((certificate is null) != (key is null))
        {
            throw new KnobException("CALLCENTER_TLS_CERTIFICATE and CALLCENTER_TLS_KEY go together: set both, or neither for a certificate of our own making.");
        }

        var (smtp, from) = (Set("CALLCENTER_SMTP"), Set("CALLCENTER_MAIL_FROM"));
        if ((smtp is null) != (from is null))
        {
            throw new KnobException("CALLCENTER_SMTP and CALLCENTER_MAIL_FROM go together: set both, or neither where nothing is to be mailed.");
        }

        return new Knobs(
            bind[0],
            Port("CALLCENTER_HTTP_PORT"),
            sip,
            ParseRange(Text("CALLCENTER_RTP_PORTS")) ?? throw Bad("CALLCENTER_RTP_PORTS", "two ports from 1024 to 65535 like 20000-29999, the second higher"),
            Path.GetFullPath(Text("CALLCENTER_DATA")),
            Path.GetFullPath(Set("CALLCENTER_KEYS") ?? Path.Combine(Text("CALLCENTER_DATA"), "keys")),
            Path.GetFullPath(Set("CALLCENTER_TRAIL") ?? Path.Combine(Text("CALLCENTER_DATA"), "trail")),
            Set("CALLCENTER_DATABASE"),
            Set("CALLCENTER_ADMIN_PASSWORD"),
            Switch("CALLCENTER_SAMPLE"),
            Switch("CALLCENTER_ARCHIVE_PARTITIONS"),
            DigestOrders.GetValueOrDefault(Text("CALLCENTER_SIP_DIGEST")) ?? throw Bad("CALLCENTER_SIP_DIGEST", "one of " + string.Join(" | ", DigestOrders.Keys)),
            bind.ElementAtOrDefault(1),
            Set("CALLCENTER_SIPS_PORT") is not null ? Port("CALLCENTER_SIPS_PORT") : sip is 0 or 65535 ? 0 : sip + 1,
            certificate is null ? null : Path.GetFullPath(certificate),
            key is null ? null : Path.GetFullPath(key),
            Number("CALLCENTER_SIP_LADDER_DAYS", "days", 3650),
            Number("CALLCENTER_MEDIA_TIMEOUT", "seconds", 86400),
            Set("CALLCENTER_CONNECTIONS") is { } connections ? Path.GetFullPath(connections) : null,
            Path.GetFullPath(Set("CALLCENTER_RECORDINGS") ?? Path.Combine(Text("CALLCENTER_DATA"), "recordings")),
            smtp is null ? null : ParseHost(smtp) ?? throw Bad("CALLCENTER_SMTP", "host:port, like mail.example.com:25 or [::1]:25"),
            from is null ? null : MailAddress.TryCreate(from, out var sender) ? sender : throw Bad("CALLCENTER_MAIL_FROM", "a mail address"),
            Configuration.MailAccess.Read(get) is var access && access == new MailAccess() ? null : access,
            Number("CALLCENTER_PARK_SECONDS", "seconds", 3600, least: 5),
            Number("CALLCENTER_CONFERENCE_PARTIES", "parties", 16, least: 3),
            Switch("CALLCENTER_SHOW_SUPERVISION"));

        string? Set(string name) => get(name) is { Length: > 0 } value ? value : null;

        string Text(string name) => Set(name) ?? All.First(k => string.Equals(k.Name, name, StringComparison.Ordinal)).Default;

        bool Switch(string name) => Text(name) switch { "on" => true, "off" => false, _ => throw Bad(name, "on or off") };

        int Number(string name, string unit, int most, int least = 0) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Bad(name, $"a number of {unit}, {least} to {most}");

        int Port(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw Bad(name, "a port, 0 (any free one) to 65535");

        KnobException Bad(string name, string wanted) => new($"{name} must be {wanted}, not \"{Text(name)}\".");
    }

    /// <summary>What is set, by name, or what holds where nothing is; of a secret only that it is set.</summary>
    public static IReadOnlyDictionary<string, string> Tell(Func<string, string?> get) => All.ToDictionary(
        knob => knob.Name,
        knob => get(knob.Name) is not { Length: > 0 } value ? knob.Default
            : knob.Name.EndsWith("_PASSWORD", StringComparison.Ordinal) ? "(set)"
            : knob.Name == "CALLCENTER_DATABASE" ? new NpgsqlConnectionStringBuilder(value) { Password = null, SslPassword = null }.ConnectionString
            : value,
        StringComparer.Ordinal);

    // One address, or one of each family.
    private static IPAddress[]? ParseAddresses(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        var addresses = parts.Select(part => IPAddress.TryParse(part, out var address) ? address : null).OfType<IPAddress>().ToArray();
        return addresses.Length == parts.Length && addresses.DistinctBy(address => address.AddressFamily).Count() == parts.Length ? addresses : null;
    }

    private static DnsEndPoint? ParseHost(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            && Uri.CheckHostName(text[..colon]) != UriHostNameType.Unknown
            ? new DnsEndPoint(text[..colon].Trim('[', ']'), port)
            : null;
    }

    private static PortRange? ParseRange(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && first >= 1024 && last <= 65535 && first < last
            ? new PortRange(first, last)
            : null;
    }
}

/// <summary>An environment variable does not hold what it must.</summary>
internal sealed class KnobException(string message) : Exception(message);
