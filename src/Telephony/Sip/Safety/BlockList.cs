using System.Collections.Concurrent;
using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>A source that is not listened to.</summary>
/// <param name="Source">Who.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Until">When it ends by itself.</param>
internal sealed record Block(SourceKey Source, string Reason, DateTimeOffset Until);

/// <summary>The blocked sources. Changes on the loop; asked by the transports' threads for every datagram and connection, before anything is parsed.</summary>
/// <param name="loop">Whose timers end the blocks.</param>
/// <param name="time">The clock of <see cref="Block.Until"/>.</param>
/// <param name="expired">Told when a block has ended by itself.</param>
internal sealed class BlockList(SipLoop loop, TimeProvider time, Action<Block> expired)
{
    private readonly ConcurrentDictionary<SourceKey, Block> _blocks = new();
    private readonly Dictionary<SourceKey, TimerHandle> _timers = [];

    public int Count => _timers.Count;

    public bool Contains(IPAddress source) => !_blocks.IsEmpty && _blocks.ContainsKey(SourceKey.Of(source));

    public bool Contains(SourceKey source) => _blocks.ContainsKey(source);

    /// <summary>Blocks a source, in place of an earlier block of it.</summary>
    public void Set(Block block)
    {
        loop.Timers.Cancel(_timers.GetValueOrDefault(block.Source));
        _blocks[block.Source] = block;
        var left = block.Until - time.GetUtcNow();
        _timers[block.Source] = loop.Timers.Start(left > TimeSpan.Zero ? left : TimeSpan.Zero, () => Expire(block));
    }

    /// <summary>Lifts a block; false when there is none.</summary>
    public bool Remove(SourceKey source)
    {
        if (!_timers.Remove(source, out var timer))
        {
            return false;
        }

        loop.Timers.Cancel(timer);
        return _blocks.TryRemove(source, out _);
    }

    private void Expire(Block block)
    {
        if (Remove(block.Source))
        {
            expired(block);
        }
    }
}
