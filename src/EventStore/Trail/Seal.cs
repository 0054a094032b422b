using System.Buffers.Binary;
using System.Security.Cryptography;

namespace CallCenter.EventStore;

/// <summary>What is signed of one sealed range of the global log.</summary>
/// <param name="Number">From 1, without gaps; 0 for <see cref="Genesis"/>.</param>
/// <param name="FirstPosition">Of its first event. It speaks for every position after its predecessor's last one, so for the gap before this one too.</param>
/// <param name="LastPosition">Of its last event.</param>
/// <param name="Events">In it, at least 1.</param>
/// <param name="TotalEvents">In it and all before it.</param>
/// <param name="RecordedFrom">The earliest <c>timestamp</c> of its events, in microseconds from 2000-01-01 UTC, as PostgreSQL counts them.</param>
/// <param name="RecordedTo">The latest.</param>
/// <param name="SealedAt">When it was closed, to the microsecond.</param>
/// <param name="Root">Of the Merkle tree over its events (<see cref="SealEntries"/>).</param>
/// <param name="Previous">The predecessor's <see cref="Hash"/>; that of <see cref="Genesis"/> for the first.</param>
internal sealed record Seal(
    long Number, long FirstPosition, long LastPosition, int Events, long TotalEvents, long RecordedFrom, long RecordedTo, DateTimeOffset SealedAt, byte[] Root, byte[] Previous)
{
    /// <summary>Below every position that there can be.</summary>
    public const long BeforeAll = long.MinValue;

    /// <summary>Seal 0, that of no events: it is in no table, and every chain begins on it.</summary>
    public static readonly Seal Genesis = new(
        0, BeforeAll, BeforeAll, 0, 0, 0, 0, DateTimeOffset.UnixEpoch, new byte[SHA256.HashSizeInBytes], new byte[SHA256.HashSizeInBytes]);

    /// <summary>SHA-256 over <c>CallCenter seal 1\n</c> and all members in their order: numbers as 8 bytes, big-endian, the instant as microseconds from 2000-01-01 UTC.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("CallCenter seal 1\n"u8);
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (var value in (ReadOnlySpan<long>)[Number, FirstPosition, LastPosition, Events, TotalEvents, RecordedFrom, RecordedTo, DatabaseTime.Of(SealedAt)])
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            hash.AppendData(number);
        }

        hash.AppendData(Root);
        hash.AppendData(Previous);
        return hash.GetHashAndReset();
    }
}

/// <summary>A seal and the signature over its hash: ECDSA, P-256, SHA-256, in DER.</summary>
internal sealed record SignedSeal(Seal Seal, byte[] Signature)
{
    public static SignedSeal Sign(Seal seal, ECDsa key) => new(seal, key.SignHash(seal.Hash(), DSASignatureFormat.Rfc3279DerSequence));

    /// <summary>Whether the key's owner has signed all of it.</summary>
    public bool IsSignedBy(ECDsa key) => key.VerifyHash(Seal.Hash(), Signature, DSASignatureFormat.Rfc3279DerSequence);
}

/// <summary>A seal with the entries (<see cref="SealEntries"/>) that are kept beside it.</summary>
internal sealed record KeptSeal(SignedSeal Signed, byte[] Entries);
