using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace CallCenter.EventStore;

/// <summary>All of one event that a seal vouches for, in a form that people read and from which its sealed bytes (<see cref="EventRows"/>) can be made again.</summary>
/// <param name="Position">In the global log.</param>
/// <param name="RecordedAt"><c>timestamp</c>: UTC, to the microsecond.</param>
/// <param name="Data">The event's JSON exactly as PostgreSQL gives it: every byte counts.</param>
/// <param name="Headers">As <paramref name="Data"/>.</param>
internal sealed record SealedEvent(
    long Position, DateTimeOffset RecordedAt, Guid? Id = null, Guid? Stream = null, long? Version = null, string? Type = null, string? User = null, string? CorrelationId = null,
    string? CausationId = null, string? Data = null, byte[]? Binary = null, string? Tenant = null, string? DotnetType = null, string? Headers = null)
{
    private const byte JsonbVersion = 1;

    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="TrailException">The bytes are not those of an event's columns.</exception>
    public static SealedEvent Read(long position, ReadOnlySpan<byte> content)
    {
        var rest = content;
        var id = Uuid(Field(ref rest, position));
        var stream = Uuid(Field(ref rest, position));
        var version = Number(Field(ref rest, position));
        var data = Json(Field(ref rest, position), position);
        var binary = Field(ref rest, position);
        var type = Text(Field(ref rest, position));
        var recordedAt = DatabaseTime.At(Number(Field(ref rest, position)) ?? long.MaxValue) ?? throw new TrailException($"Position {position}: the event's timestamp is none of the calendar.");
        var tenant = Text(Field(ref rest, position));
        var dotnetType = Text(Field(ref rest, position));
        var correlation = Text(Field(ref rest, position));
        var causation = Text(Field(ref rest, position));
        var headers = Json(Field(ref rest, position), position);
        var user = Text(Field(ref rest, position));
        return new SealedEvent(position, recordedAt, id, stream, version, type, user, correlation, causation, data, binary, tenant, dotnetType, headers);
    }

    /// <summary>The bytes whose SHA-256 is the event's content hash.</summary>
    public ReadOnlySpan<byte> Content()
    {
        var content = new ArrayBufferWriter<byte>(256 + (Data?.Length ?? 0));
        Write(content, Id);
        Write(content, Stream);
        Write(content, Version);
        WriteJson(content, Data);
        Write(content, Binary);
        Write(content, Type);
        Write(content, DatabaseTime.Of(RecordedAt));
        Write(content, Tenant);
        Write(content, DotnetType);
        Write(content, CorrelationId);
        Write(content, CausationId);
        WriteJson(content, Headers);
        Write(content, User);
        return content.WrittenSpan;
    }

    private static byte[]? Field(ref ReadOnlySpan<byte> rest, long position)
    {
        var length = rest.Length < sizeof(int) ? int.MinValue : BinaryPrimitives.ReadInt32BigEndian(rest);
        if (length < -1 || length > rest.Length - sizeof(int))
        {
            throw new TrailException($"Position {position}: the event's columns are not those that are sealed.");
        }

        var field = length < 0 ? null : rest.Slice(sizeof(int), length).ToArray();
        rest = rest[(sizeof(int) + Math.Max(length, 0))..];
        return field;
    }

    private static Guid? Uuid(byte[]? field) => field is null ? null : new Guid(field, bigEndian: true);

    private static long? Number(byte[]? field) => field is null ? null : BinaryPrimitives.ReadInt64BigEndian(field);

    private static string? Text(byte[]? field) => field is null ? null : Utf8.GetString(field);

    private static string? Json(byte[]? field, long position) => field switch
    {
        null => null,
        [JsonbVersion, ..] => Utf8.GetString(field.AsSpan(1)),
        _ => throw new TrailException($"Position {position}: this PostgreSQL sends jsonb in another form than the one that is sealed."),
    };

    private static void Write(ArrayBufferWriter<byte> content, Guid? id) => Write(content, id?.ToByteArray(bigEndian: true));

    private static void Write(ArrayBufferWriter<byte> content, string? text) => Write(content, text is null ? null : Utf8.GetBytes(text));

    private static void WriteJson(ArrayBufferWriter<byte> content, string? json)
    {
        byte[]? field = json is null ? null : [JsonbVersion, .. Utf8.GetBytes(json)];
        Write(content, field);
    }

    private static void Write(ArrayBufferWriter<byte> content, long? number)
    {
        var field = number is null ? null : new byte[sizeof(long)];
        if (number is { } value)
        {
            BinaryPrimitives.WriteInt64BigEndian(field, value);
        }

        Write(content, field);
    }

    private static void Write(ArrayBufferWriter<byte> content, byte[]? field)
    {
        BinaryPrimitives.WriteInt32BigEndian(content.GetSpan(sizeof(int)), field?.Length ?? -1);
        content.Advance(sizeof(int));
        content.Write(field);
    }
}
