using System.Net;

namespace CallCenter.Telephony;

/// <summary>One registered contact of an extension.</summary>
/// <param name="Contact">The contact URI as registered.</param>
/// <param name="Source">The address that the REGISTER came from.</param>
/// <param name="RegisteredAt">When it was last refreshed.</param>
/// <param name="ExpiresAt">When it lapses unless refreshed.</param>
public sealed record Binding(string Contact, IPEndPoint Source, DateTimeOffset RegisteredAt, DateTimeOffset ExpiresAt);
