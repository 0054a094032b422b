using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CallCenter.EventStore;

/// <summary>One line of an excerpt: its beginning, a seal, an event under the last seal, or its end.</summary>
/// <param name="Seal">With its <paramref name="Signature"/>. With <paramref name="Entries"/> (<see cref="SealEntries"/>) all its events follow; without, those that were chosen.</param>
/// <param name="Event">Where not all events of its seal follow, with its <paramref name="Index"/> among them and the <paramref name="Proof"/> that it is in the seal's tree (<see cref="SealTree.Path"/>).</param>
internal sealed record ExcerptLine(
    ExcerptBeginning? Excerpt = null, Seal? Seal = null, byte[]? Signature = null, byte[]? Entries = null, SealedEvent? Event = null, int? Index = null, IReadOnlyList<byte[]>? Proof = null,
    ExcerptEnd? End = null)
{
    // One form of each line, so that a line with another byte anywhere is another line or none: nulls are left out, and nothing is escaped that need not be.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
        PropertyNameCaseInsensitive = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Its bytes, without the line feed that ends it.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="TrailException">It is not a line as <see cref="Write"/> makes it; the message says why.</exception>
    public static ExcerptLine Read(ReadOnlySpan<byte> line)
    {
        try
        {
            var read = JsonSerializer.Deserialize<ExcerptLine>(line, Json);
            return read is not null && read.Write().AsSpan().SequenceEqual(line) ? read : throw new TrailException("it is not as it was written, though it means the same: was the file formatted anew?");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new TrailException($"it cannot be read: {exception.Message}", exception);
        }
    }
}

/// <summary>What an excerpt says of itself; nothing but its key is proved.</summary>
/// <param name="Format"><see cref="CurrentFormat"/>.</param>
/// <param name="Selection">Which events were asked for.</param>
/// <param name="Key">That verifies the seals: a SubjectPublicKeyInfo, DER.</param>
internal sealed record ExcerptBeginning(int Format, DateTimeOffset WrittenAt, TrailFilter Selection, byte[] Key)
{
    public const int CurrentFormat = 1;
}

/// <param name="Sha256">Over all bytes of the file before this line: tells that the file came over whole. Nothing rests on it but that.</param>
internal sealed record ExcerptEnd(long Events, long Seals, byte[] Sha256);
