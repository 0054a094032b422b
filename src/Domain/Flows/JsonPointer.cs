using System.Text.Json;

namespace CallCenter.Domain.Flows;

/// <summary>A place in a JSON document (RFC 6901).</summary>
internal static class JsonPointer
{
    public static bool IsValid(string text) => text.Length == 0 || (text[0] == '/' && text.Length <= 200 && IsEscaped(text));

    /// <summary>The value at a place, as text; null when there is none, or no scalar.</summary>
    public static string? Read(JsonElement document, string pointer)
    {
        var at = document;
        foreach (var token in pointer.Split('/').Skip(1).Select(t => t.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)))
        {
            var found = at.ValueKind switch
            {
                JsonValueKind.Object when at.TryGetProperty(token, out var member) => member,
                JsonValueKind.Array when int.TryParse(token, out var index) && index >= 0 && index < at.GetArrayLength() => at[index],
                _ => (JsonElement?)null,
            };
            if (found is not { } next)
            {
                return null;
            }

            at = next;
        }

        return at.ValueKind switch
        {
            JsonValueKind.String => at.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => at.GetRawText(),
            _ => null,
        };
    }

    private static bool IsEscaped(string text)
    {
        for (var i = text.IndexOf('~', StringComparison.Ordinal); i >= 0; i = text.IndexOf('~', i + 1))
        {
            if (i + 1 == text.Length || text[i + 1] is not ('0' or '1'))
            {
                return false;
            }
        }

        return true;
    }
}
