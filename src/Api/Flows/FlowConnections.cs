using System.Text.Json;

using CallCenter.Api.Configuration;
using CallCenter.Routing.Ivr;

namespace CallCenter.Api.Flows;

/// <summary>The systems that flows may ask, by name, with the secrets that no flow has.</summary>
/// <param name="Databases">Npgsql connection strings.</param>
/// <param name="WebServices">Addresses with header fields.</param>
internal sealed record FlowConnections(IReadOnlyDictionary<string, string> Databases, IReadOnlyDictionary<string, WebService> WebServices)
{
    /// <summary>Reads a JSON object: a text is a database, <c>{"http": address, "headers": {name: value}}</c> a web service.</summary>
    /// <param name="path">Of the file.</param>
    /// <param name="json">What is in it.</param>
    /// <exception cref="KnobException">It is not that; the message says where, and tells no secret.</exception>
    public static FlowConnections Read(string path, Stream json)
    {
        var (databases, services) = (new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, WebService>(StringComparer.Ordinal));
        using var document = Parse(path, json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new KnobException($"{path} is not a JSON object of connections by name.");
        }

        foreach (var (name, value) in document.RootElement.EnumerateObject().Select(property => (property.Name, property.Value)))
        {
            if (value.ValueKind == JsonValueKind.String)
            {
                databases[name] = value.GetString()!;
            }
            else
            {
                services[name] = Service(value) ?? throw new KnobException(
                    $"{path}: connection {name} is neither a text, for a database, nor {{\"http\": \"https://host/path\", \"headers\": {{\"name\": \"value\"}}}}, for a web service (no user, query or fragment in the address).");
            }
        }

        return new FlowConnections(databases, services);
    }

    private static JsonDocument Parse(string path, Stream json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException e)
        {
            throw new KnobException($"{path} is not a JSON object of connections by name: {e.Message}");
        }
    }

    private static WebService? Service(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object || value.EnumerateObject().Any(property => property.Name is not ("http" or "headers"))
            || !value.TryGetProperty("http", out var http) || http.ValueKind != JsonValueKind.String
            || !Uri.TryCreate(http.GetString(), UriKind.Absolute, out var address) || address is not { Scheme: "http" or "https", UserInfo: "", Query: "", Fragment: "" })
        {
            return null;
        }

        if (!value.TryGetProperty("headers", out var headers))
        {
            return new WebService(address, new Dictionary<string, string>(StringComparer.Ordinal));
        }

        return headers.ValueKind == JsonValueKind.Object && headers.EnumerateObject().All(header => header.Value.ValueKind == JsonValueKind.String)
            ? new WebService(address, headers.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase))
            : null;
    }
}
