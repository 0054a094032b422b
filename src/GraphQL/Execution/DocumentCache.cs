using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CallCenter.GraphQL.Execution;

/// <summary>Valid documents by the SHA-256 of their text, the least recently used dropped first. Safe for concurrent use.</summary>
internal sealed class DocumentCache(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Key, LinkedListNode<(Key Key, ValidDocument Document)>> _entries = [];
    private readonly LinkedList<(Key Key, ValidDocument Document)> _byUse = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    public bool TryGet(string text, [NotNullWhen(true)] out ValidDocument? document)
    {
        var key = Key.Of(text);
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                document = null;
                return false;
            }

            _byUse.Remove(entry);
            _byUse.AddFirst(entry);
            document = entry.Value.Document;
            return true;
        }
    }

    public void Add(string text, ValidDocument document)
    {
        var key = Key.Of(text);
        lock (_gate)
        {
            if (capacity == 0 || _entries.ContainsKey(key))
            {
                return;
            }

            if (_entries.Count >= capacity && _byUse.Last is { } oldest)
            {
                _byUse.RemoveLast();
                _entries.Remove(oldest.Value.Key);
            }

            _entries[key] = _byUse.AddFirst((key, document));
        }
    }

    /// <summary>Not the string's own hash: an attacker must not be able to make another's document answer for his, nor chains of collisions.</summary>
    private readonly record struct Key(UInt128 First, UInt128 Second)
    {
        public static Key Of(string text)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(MemoryMarshal.AsBytes(text.AsSpan()), hash);
            return MemoryMarshal.Read<Key>(hash);
        }
    }
}
