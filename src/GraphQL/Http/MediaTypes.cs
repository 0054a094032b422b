using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace CallCenter.GraphQL.Http;

/// <summary>Content negotiation of GraphQL over HTTP (its sections 4 and 6).</summary>
internal static class MediaTypes
{
    public const string Json = "application/json";
    public const string GraphQLResponse = "application/graphql-response+json";

    /// <summary>The response's media type for an Accept header; null when it takes neither. Without a header, and for wildcards, plain JSON.</summary>
    public static string? Negotiate(StringValues accept)
    {
        if (StringValues.IsNullOrEmpty(accept))
        {
            return Json;
        }

        if (!MediaTypeHeaderValue.TryParseList(accept, out var accepted))
        {
            return null;
        }

        var graphQL = Quality(accepted, GraphQLResponse, isWildcardTaken: false);
        var json = Quality(accepted, Json, isWildcardTaken: true);
        return (graphQL, json) switch
        {
            ( <= 0, <= 0) => null,
            _ when graphQL >= json => GraphQLResponse,
            _ => Json,
        };
    }

    /// <summary>Whether a body of this content type is JSON in UTF-8, the only one there is over the wire.</summary>
    public static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static double Quality(IList<MediaTypeHeaderValue> accepted, string mediaType, bool isWildcardTaken) => accepted
        .Where(range => range.MediaType.Equals(mediaType, StringComparison.OrdinalIgnoreCase)
            || (isWildcardTaken && (range.MatchesAllTypes || range.MediaType.Equals("application/*", StringComparison.OrdinalIgnoreCase))))
        .Select(range => range.Quality ?? 1)
        .DefaultIfEmpty(0)
        .Max();
}
