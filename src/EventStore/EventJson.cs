using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CallCenter.EventStore;

/// <summary>How event contents are written: PascalCase members, enums by name, instants in UTC, unknown members ignored on reading.</summary>
public static class EventJson
{
    /// <summary>The one set of options for stored events.</summary>
    public static JsonSerializerOptions Options { get; } = Create();

    internal static byte[] Write(object data) => JsonSerializer.SerializeToUtf8Bytes(data, data.GetType(), Options);

    /// <summary>The headers as an object of texts; null when there are none.</summary>
    internal static byte[]? Headers(EventMetadata metadata) => metadata.Headers is { Count: > 0 } headers ? JsonSerializer.SerializeToUtf8Bytes(headers) : null;

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions
        {
            // jsonb keeps members in an order of its own, so a type discriminator may come late.
            AllowOutOfOrderMetadataProperties = true,
            // The text goes into jsonb, never into a page: escaping would only cost bytes on the way.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        options.Converters.Add(new JsonStringEnumConverter());
        options.Converters.Add(new UtcInstantConverter());
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }

    private sealed class UtcInstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset().ToUniversalTime();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
    }
}
