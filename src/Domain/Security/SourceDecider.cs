using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Security.SourceEvent>;

namespace CallCenter.Domain.Security;

public static class SourceDecider
{
    /// <summary>A block is for a time: who moves in at the address later is somebody else.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromDays(30);

    public static Decision<SourceEvent> Decide(SourceCommand command, Source source)
    {
        var at = command.At.NotBefore(source.LastAt);
        return command switch
        {
            BlockSource c when string.IsNullOrWhiteSpace(c.Reason) => Refuse("REASON_EMPTY", "Say why, for those who look at the block later."),
            BlockSource c when Whole(c.Until) <= at => Refuse("BLOCK_LENGTH", "The block would have ended before it begins."),
            BlockSource c when Whole(c.Until) > at + LongestBlock => Refuse("BLOCK_LENGTH", $"A block lasts {LongestBlock.TotalDays:0} days at most."),
            BlockSource c => Accept(new SourceBlocked(c.Address, c.Reason, Whole(c.Until), at, c.By)),
            UnblockSource when source.Block is null => Refuse("SOURCE_NOT_BLOCKED", "There is no block to lift."),
            UnblockSource c => Accept(new SourceUnblocked(source.Address, c.By, at)),

            // Lifted meanwhile, or made longer: that counts.
            ExpireSourceBlock when source.Block is not { } block || block.Until > at => Accept(),
            ExpireSourceBlock => Accept(new SourceBlockExpired(source.Address, at)),
            _ => throw new UnreachableException($"Source does not decide {command.GetType().Name}."),
        };
    }

    // To the millisecond, as all instants.
    private static DateTimeOffset Whole(DateTimeOffset instant) => instant.NotBefore(DateTimeOffset.MinValue);
}
