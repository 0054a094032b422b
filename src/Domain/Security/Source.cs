using System.Diagnostics;

namespace CallCenter.Domain.Security;

/// <summary>An address that was blocked once.</summary>
/// <param name="Block">The block that holds; null when none does.</param>
public sealed record Source(string Address, SourceBlock? Block, DateTimeOffset LastAt)
{
    public const string StreamType = "source";

    public static readonly Source Initial = new("", null, DateTimeOffset.MinValue);

    // Of the ids of sources, so that they meet no other name's.
    private static readonly Guid Space = new("3f1c6a52-6f0a-5f7e-9a8e-2b7d1c9e4a10");

    /// <summary>The stream of an address, which must be written as the switch writes it.</summary>
    public static Guid IdOf(string address) => NameBasedGuid.Of(Space, address);

    /// <summary>Total over the events of a source.</summary>
    public static Source Evolve(Source source, SourceEvent @event) => @event switch
    {
        SourceBlocked e => new Source(e.Address, new SourceBlock(e.Reason, e.OccurredAt, e.Until, e.By), e.OccurredAt),
        SourceUnblocked or SourceBlockExpired => source with { Block = null, LastAt = @event.OccurredAt },
        _ => throw new UnreachableException($"Source does not evolve {@event.GetType().Name}."),
    };
}

/// <param name="By">User name of who blocked it; null when the telephony did.</param>
public sealed record SourceBlock(string Reason, DateTimeOffset Since, DateTimeOffset Until, string? By);
