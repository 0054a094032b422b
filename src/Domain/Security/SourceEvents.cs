namespace CallCenter.Domain.Security;

/// <summary>An event of one address that sends SIP. Addresses of callers' and agents' equipment are not told here: only those that are blocked are.</summary>
/// <param name="Address">An IPv4 address, or the /64 network of an IPv6 address.</param>
public abstract record SourceEvent(string Address, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <summary>What comes from the address is dropped unread from now on. Also a change of an earlier block's end.</summary>
/// <param name="Reason">For people.</param>
/// <param name="Until">When the block ends by itself.</param>
/// <param name="By">User name of who blocked it; null when the telephony did.</param>
public sealed record SourceBlocked(string Address, string Reason, DateTimeOffset Until, DateTimeOffset OccurredAt, string? By = null) : SourceEvent(Address, OccurredAt);

/// <param name="By">User name of who lifted the block.</param>
public sealed record SourceUnblocked(string Address, string By, DateTimeOffset OccurredAt) : SourceEvent(Address, OccurredAt);

/// <summary>The block has come to its end.</summary>
public sealed record SourceBlockExpired(string Address, DateTimeOffset OccurredAt) : SourceEvent(Address, OccurredAt);
