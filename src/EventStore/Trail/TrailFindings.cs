namespace CallCenter.EventStore;

/// <summary>Collects what a verification finds, from several threads, and says in the end what it amounts to.</summary>
internal sealed class TrailFindings
{
    /// <summary>So many are kept and named, whatever their number.</summary>
    public const int Kept = 10_000;

    private readonly Lock _gate = new();
    private readonly List<TrailDamage> _told = [];
    private readonly List<Difference> _differences = [];
    private long _count;

    public void Add(long? position, TrailDamageKind kind, string detail)
    {
        lock (_gate)
        {
            _count++;
            _told.Add(new TrailDamage(position, kind, detail));
        }
    }

    /// <summary>An event that is not as sealed: without a sealed hash it should not be there, without a found one it is not.</summary>
    public void Add(long position, long seal, ReadOnlySpan<byte> sealedHash, ReadOnlySpan<byte> foundHash)
    {
        lock (_gate)
        {
            _count++;
            if (_differences.Count < Kept)
            {
                _differences.Add(new Difference(position, seal, Hex(sealedHash), Hex(foundHash)));
            }
        }

        static string? Hex(ReadOnlySpan<byte> hash) => hash.IsEmpty ? null : Convert.ToHexString(hash);
    }

    /// <param name="lastPosition">Of all events that are there: from the first gap behind it on, the tail is cut.</param>
    public (IReadOnlyList<TrailDamage> Damage, long Count) Conclude(long lastPosition)
    {
        lock (_gate)
        {
            var sealedAt = Places(difference => difference.Sealed);
            var foundAt = Places(difference => difference.Found);
            var damage = _differences.Select(difference => Judge(difference, sealedAt, foundAt, lastPosition)).Concat(_told)
                .OrderBy(found => found.Position ?? long.MaxValue).Take(Kept).ToList();
            return (damage, _count);
        }
    }

    private Dictionary<string, long> Places(Func<Difference, string?> hash) =>
        _differences.Where(difference => hash(difference) is not null).DistinctBy(hash, StringComparer.Ordinal)
            .ToDictionary(difference => hash(difference)!, difference => difference.Position, StringComparer.Ordinal);

    private static TrailDamage Judge(Difference difference, Dictionary<string, long> sealedAt, Dictionary<string, long> foundAt, long lastPosition)
    {
        var position = difference.Position;
        if (difference.Found is { } found && sealedAt.TryGetValue(found, out var home))
        {
            return Damage(TrailDamageKind.Reordered, $"here lies the event that was sealed at position {home}");
        }

        if (difference.Sealed is { } was && foundAt.TryGetValue(was, out var now))
        {
            return Damage(TrailDamageKind.Reordered, $"the event that was sealed here lies at position {now}");
        }

        return (difference.Sealed, difference.Found) switch
        {
            (null, _) => Damage(TrailDamageKind.Inserted, "the seal knows no event here"),
            (_, null) when position > lastPosition => Damage(TrailDamageKind.TailCut, "the sealed event is gone, and all after it"),
            (_, null) => Damage(TrailDamageKind.Removed, "the sealed event is gone"),
            _ => Damage(TrailDamageKind.Changed, "the event is not as it was sealed"),
        };

        TrailDamage Damage(TrailDamageKind kind, string detail) => new(position, kind, $"Position {position} (seal {difference.Seal}): {detail}.");
    }

    private sealed record Difference(long Position, long Seal, string? Sealed, string? Found);
}
