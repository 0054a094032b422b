using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>The Merkle tree over a seal's entries (<see cref="SealEntries"/>), for proofs that one of them is in it: RFC 6962, section 2.1.1.</summary>
internal sealed class SealTree
{
    private const int HashSize = SHA256.HashSizeInBytes;

    // From the leaves up to the root, which is alone.
    private readonly List<byte[][]> _levels = [];

    public SealTree(ReadOnlySpan<byte> entries)
    {
        var level = new byte[entries.Length / SealEntries.Size][];
        for (var i = 0; i < level.Length; i++)
        {
            level[i] = Leaf(entries.Slice(i * SealEntries.Size, SealEntries.Size));
        }

        for (; level.Length > 1; level = Above(level))
        {
            _levels.Add(level);
        }

        _levels.Add(level);
    }

    /// <summary>The hashes that lead from an entry to the root, the lowest first: those of its siblings, where it has one.</summary>
    public IReadOnlyList<byte[]> Path(int index)
    {
        var path = new List<byte[]>(_levels.Count);
        foreach (var level in _levels)
        {
            var sibling = index ^ 1;
            if (sibling < level.Length)
            {
                path.Add(level[sibling]);
            }

            index /= 2;
        }

        return path;
    }

    /// <summary>The root of a tree of <paramref name="count"/> entries that has this one at <paramref name="index"/>, as its path tells; null when no path of such a tree is so long or holds such hashes.</summary>
    public static byte[]? Root(ReadOnlySpan<byte> entry, int index, int count, IReadOnlyList<byte[]> path)
    {
        if (index < 0 || index >= count)
        {
            return null;
        }

        var (hash, next) = (Leaf(entry), 0);
        for (; count > 1; (index, count) = (index / 2, (count + 1) / 2))
        {
            if ((index ^ 1) >= count)
            {
                continue;
            }

            if (next == path.Count || path[next] is not { Length: HashSize } sibling)
            {
                return null;
            }

            hash = index % 2 == 0 ? Node(hash, sibling) : Node(sibling, hash);
            next++;
        }

        return next == path.Count ? hash : null;
    }

    private static byte[][] Above(byte[][] level)
    {
        var above = new byte[(level.Length + 1) / 2][];
        for (var i = 0; i < above.Length; i++)
        {
            above[i] = (2 * i) + 1 < level.Length ? Node(level[2 * i], level[(2 * i) + 1]) : level[2 * i];
        }

        return above;
    }

    private static byte[] Leaf(ReadOnlySpan<byte> entry)
    {
        Span<byte> leaf = stackalloc byte[1 + SealEntries.Size];
        leaf[0] = 0;
        entry.CopyTo(leaf[1..]);
        return SHA256.HashData(leaf);
    }

    private static byte[] Node(byte[] left, byte[] right)
    {
        Span<byte> node = stackalloc byte[1 + (2 * HashSize)];
        node[0] = 1;
        left.CopyTo(node[1..]);
        right.CopyTo(node[(1 + HashSize)..]);
        return SHA256.HashData(node);
    }
}
