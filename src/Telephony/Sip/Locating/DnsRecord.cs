using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>Record types that locating needs (RFC 1035, RFC 3596, RFC 2782, RFC 3403).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Cname = 5,
    Soa = 6,
    Aaaa = 28,
    Srv = 33,
    Naptr = 35,
}

/// <summary>A resource record. Names are without the dot at their end; the root is empty.</summary>
internal abstract record DnsRecord(string Name, TimeSpan TimeToLive);

internal sealed record AddressRecord(string Name, TimeSpan TimeToLive, IPAddress Address) : DnsRecord(Name, TimeToLive);

internal sealed record AliasRecord(string Name, TimeSpan TimeToLive, string Target) : DnsRecord(Name, TimeToLive);

/// <param name="Name">Owner.</param>
/// <param name="TimeToLive">How long it holds.</param>
/// <param name="Priority">The lowest is tried first.</param>
/// <param name="Weight">Its share among those of one priority.</param>
/// <param name="Port">Where the service listens.</param>
/// <param name="Target">Its host; empty when the service is decidedly not to be had.</param>
internal sealed record ServiceRecord(string Name, TimeSpan TimeToLive, ushort Priority, ushort Weight, ushort Port, string Target) : DnsRecord(Name, TimeToLive);

/// <param name="Name">Owner.</param>
/// <param name="TimeToLive">How long it holds.</param>
/// <param name="Order">The lowest must be taken first.</param>
/// <param name="Preference">Among those of one order, the lowest is best.</param>
/// <param name="Flags">"s": <paramref name="Replacement"/> is the name of an SRV record.</param>
/// <param name="Services">"SIP+D2U" and so on (RFC 3263 section 4.1).</param>
/// <param name="Replacement">What to look up next.</param>
internal sealed record PointerRecord(string Name, TimeSpan TimeToLive, ushort Order, ushort Preference, string Flags, string Services, string Replacement) : DnsRecord(Name, TimeToLive);

/// <summary>The start of a zone of authority: its minimum says how long the absence of a record holds (RFC 2308 section 5).</summary>
internal sealed record ZoneRecord(string Name, TimeSpan TimeToLive, TimeSpan Minimum) : DnsRecord(Name, TimeToLive);
