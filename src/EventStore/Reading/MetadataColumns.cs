using System.Text.Json;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>An event's metadata as a statement gives them, and as they are read from it.</summary>
internal static class MetadataColumns
{
    /// <summary>Of events e.</summary>
    public const string Names = "e.correlation_id, e.causation_id, e.user_name, e.headers";

    /// <param name="reader">On a row.</param>
    /// <param name="first">Where the columns begin.</param>
    public static EventMetadata Read(NpgsqlDataReader reader, int first)
    {
        var (correlation, causation, user) = (Text(0), Text(1), Text(2));
        var headers = reader.IsDBNull(first + 3) ? null : Headers(reader.GetFieldValue<byte[]>(first + 3));
        return correlation is null && causation is null && user is null && headers is null ? EventMetadata.None : new EventMetadata(correlation, causation, user) { Headers = headers };

        string? Text(int column) => reader.IsDBNull(first + column) ? null : reader.GetString(first + column);
    }

    // Marten's headers may be more than texts: those are given as their JSON.
    private static Dictionary<string, string>? Headers(byte[] json)
    {
        using var headers = JsonDocument.Parse(json);
        return headers.RootElement.ValueKind is JsonValueKind.Object && headers.RootElement.EnumerateObject().Any()
            ? headers.RootElement.EnumerateObject().ToDictionary(
                header => header.Name,
                header => header.Value.ValueKind is JsonValueKind.String ? header.Value.GetString()! : header.Value.GetRawText(),
                StringComparer.Ordinal)
            : null;
    }
}
