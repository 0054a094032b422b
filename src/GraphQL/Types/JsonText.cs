using System.Text.Json;

namespace CallCenter.GraphQL.Types;

/// <summary>JSON values in error messages.</summary>
internal static class JsonText
{
    private const int Longest = 200;

    /// <summary>The value's text, cut when long: a message must not repeat a megabyte that a client sent.</summary>
    public static string Of(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= Longest ? text : $"{text.AsSpan(0, Longest)}...";
    }
}
