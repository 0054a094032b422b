using System.Text;
using System.Text.Json;

namespace CallCenter.GraphQL.Execution;

/// <summary>What a request came to (specification 7.1).</summary>
public sealed record OperationResult
{
    /// <summary>Whether the operation was executed; when not, there is no <c>data</c> entry, only errors.</summary>
    public required bool IsExecuted { get; init; }

    /// <summary>The data; null when it was not executed or an error propagated up to the root.</summary>
    public ResultMap? Data { get; init; }

    public IReadOnlyList<GraphQLError> Errors { get; init; } = [];

    /// <summary>A result that is nothing but request errors.</summary>
    public static OperationResult Refused(params IReadOnlyList<GraphQLError> errors) => new() { IsExecuted = false, Errors = errors };

    /// <summary>Writes the response object.</summary>
    public void WriteTo(Utf8JsonWriter writer) => ResultWriter.Write(writer, this);

    /// <summary>The response as JSON text.</summary>
    public string ToJson(bool isIndented = false)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, ResultWriter.Options with { Indented = isIndented }))
        {
            WriteTo(writer);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
