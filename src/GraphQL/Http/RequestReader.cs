using System.Buffers;
using System.Text.Json;
using CallCenter.GraphQL.Execution;
using Microsoft.AspNetCore.Http;

namespace CallCenter.GraphQL.Http;

/// <summary>Reads a request from a body: <c>{"query": ..., "variables": ..., "operationName": ..., "extensions": ...}</c>.</summary>
internal static class RequestReader
{
    /// <summary>The body's bytes; null when there are more than allowed.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            return null;
        }

        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var count = await request.Body.ReadAsync(body.GetMemory(4096), cancellationToken);
            if (count == 0)
            {
                return body.WrittenMemory;
            }

            body.Advance(count);
            if (body.WrittenCount > limit)
            {
                return null;
            }
        }
    }

    /// <summary>The request in a body.</summary>
    /// <exception cref="GraphQLException">The body is not such a request; says why.</exception>
    public static OperationRequest Parse(ReadOnlyMemory<byte> body)
    {
        JsonElement root;
        try
        {
            root = JsonElement.Parse(body.Span);
        }
        catch (JsonException invalid)
        {
            throw new GraphQLException($"The request body is not JSON: {invalid.Message}", innerException: invalid);
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new GraphQLException("The request body must be a JSON object.");
        }

        Optional(root, "extensions", JsonValueKind.Object);
        return new OperationRequest
        {
            Query = Optional(root, "query", JsonValueKind.String)?.GetString() ?? throw new GraphQLException("The request has no \"query\"."),
            OperationName = Optional(root, "operationName", JsonValueKind.String)?.GetString(),
            Variables = Optional(root, "variables", JsonValueKind.Object),
        };
    }

    private static JsonElement? Optional(JsonElement root, string name, JsonValueKind kind)
    {
        if (!root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == kind ? value : throw new GraphQLException($"The request's \"{name}\" must be {(kind == JsonValueKind.String ? "a string" : "an object")}.");
    }
}
