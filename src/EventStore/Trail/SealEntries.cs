using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>The events of a seal, 40 bytes each: the position as 8 bytes, big-endian, and the content hash (<see cref="EventRows"/>).</summary>
/// <remarks>
/// The seal's root is that of RFC 6962, section 2.1, with these 40 bytes as the tree's data entries: a leaf is SHA-256(0x00 || entry), a node SHA-256(0x01 || left || right),
/// and a node without a sibling goes up unchanged. So one event can be proved to be under a root without the others.
/// </remarks>
internal static class SealEntries
{
    public const int Size = sizeof(long) + SHA256.HashSizeInBytes;

    private const int HashSize = SHA256.HashSizeInBytes;

    public static long Position(ReadOnlySpan<byte> entries, int index) => BinaryPrimitives.ReadInt64BigEndian(entries[(index * Size)..]);

    public static ReadOnlySpan<byte> ContentHash(ReadOnlySpan<byte> entries, int index) => entries.Slice((index * Size) + sizeof(long), HashSize);

    /// <summary>Writes an event's entry and gives its bytes.</summary>
    public static void Write(Span<byte> entry, long position, ReadOnlySpan<byte> content)
    {
        BinaryPrimitives.WriteInt64BigEndian(entry, position);
        SHA256.HashData(content, entry[sizeof(long)..Size]);
    }

    /// <summary>The Merkle tree's root over at least one entry.</summary>
    public static byte[] Root(ReadOnlySpan<byte> entries)
    {
        var count = entries.Length / Size;
        var hashes = new byte[count * HashSize];
        Span<byte> leaf = stackalloc byte[1 + Size];
        leaf[0] = 0;
        for (var i = 0; i < count; i++)
        {
            entries.Slice(i * Size, Size).CopyTo(leaf[1..]);
            SHA256.HashData(leaf, hashes.AsSpan(i * HashSize, HashSize));
        }

        Span<byte> node = stackalloc byte[1 + (2 * HashSize)];
        node[0] = 1;
        for (; count > 1; count = (count + 1) / 2)
        {
            for (var pair = 0; pair < count / 2; pair++)
            {
                hashes.AsSpan(pair * 2 * HashSize, 2 * HashSize).CopyTo(node[1..]);
                SHA256.HashData(node, hashes.AsSpan(pair * HashSize, HashSize));
            }

            if (count % 2 != 0)
            {
                hashes.AsSpan((count - 1) * HashSize, HashSize).CopyTo(hashes.AsSpan(count / 2 * HashSize));
            }
        }

        return hashes[..HashSize];
    }
}
