using System.Diagnostics;
using System.Text.Json;

namespace CallCenter.GraphQL.Tests;

/// <summary>The reference implementation, graphql-js, run by Node.</summary>
internal static class Reference
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);
    private static readonly Lazy<Task> Installed = new(() => RunAsync(Path.Combine(Folder, "install"), [], input: ""));

    private static string Folder => Path.Combine(TestFiles.Root, "reference");

    public static async Task<Answer> AskAsync(Question question)
    {
        await Installed.Value;
        var answer = await RunAsync("node", [Path.Combine(Folder, "ask.js")], JsonSerializer.Serialize(question, Web));
        return JsonSerializer.Deserialize<Answer>(answer, Web)!;
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} failed: {await errors}");
        return await output;
    }

    internal sealed record Question(string? Schema = null, IReadOnlyList<string>? Documents = null, JsonElement? Introspection = null);

    internal sealed record Answer(IReadOnlyList<Result> Results, string? Sdl, string IntrospectionQuery);

    internal sealed record Result(IReadOnlyList<Error> SyntaxErrors, IReadOnlyList<Error> Errors);

    internal sealed record Error(string Message, IReadOnlyList<Place> Locations)
    {
        public override string ToString() => $"{Message} at {string.Join(", ", Locations.Select(place => $"{place.Line}:{place.Column}").Order(StringComparer.Ordinal))}";
    }

    internal sealed record Place(int Line, int Column);
}
