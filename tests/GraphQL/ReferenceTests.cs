using System.Text.Json;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;
using CallCenter.GraphQL.Validation;

namespace CallCenter.GraphQL.Tests;

/// <summary>What we say about documents, beside what the reference implementation says.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public async Task Syntax_errors_are_those_of_the_reference_implementation()
    {
        IReadOnlyList<string> documents = [.. TestFiles.Cases("Corpus/syntax.txt"), TestFiles.Read("Corpus/kitchen-sink.graphql"), TestFiles.Read("Corpus/kitchen-sink-schema.graphql")];
        var answer = await Reference.AskAsync(new Reference.Question(Documents: documents));
        var ours = documents.Select(SyntaxErrors);
        Compare(documents, ours, answer.Results.Select(result => result.SyntaxErrors.Select(error => error.ToString())));
    }

    [Fact]
    public async Task Validation_errors_are_those_of_the_reference_implementation()
    {
        var sdl = TestFiles.Read("Corpus/schema.graphql");
        var schema = SchemaBuilder.New().AddDocumentFromString(sdl).Create();
        // An empty selection set is a syntax error, so it has no place among these.
        IReadOnlyList<string> documents = [.. TestFiles.Cases("Corpus/validation.txt").Where(text => SyntaxErrors(text).Count == 0)];
        var answer = await Reference.AskAsync(new Reference.Question(sdl, documents));
        var ours = documents.Select(text => DocumentValidator
            .Validate(schema, Parser.Parse(text), new RequestExecutorOptions { MaxValidationErrors = 1000 })
            .Select(Describe));
        Compare(documents, ours, answer.Results.Select(result => result.Errors.Select(error => error.ToString())));
    }

    [Theory]
    [InlineData("Corpus/contract.graphql")]
    [InlineData("Corpus/schema.graphql")]
    public async Task Introspection_rebuilds_the_schema_in_the_reference_implementation(string path)
    {
        var schema = SchemaBuilder.New().AddDocumentFromString(TestFiles.Read(path)).Create();
        var query = (await Reference.AskAsync(new Reference.Question())).IntrospectionQuery;
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = query });
        result.Errors.ShouldBeEmpty();

        var data = JsonElement.Parse(result.ToJson()).GetProperty("data");
        var answer = await Reference.AskAsync(new Reference.Question(Introspection: data));
        Parser.Parse(answer.Sdl!).ToString().ShouldBe(Parser.Parse(schema.Print(isSorted: true)).ToString());
    }

    private static List<string> SyntaxErrors(string text)
    {
        try
        {
            Parser.Parse(text);
            return [];
        }
        catch (SyntaxException error)
        {
            return [Describe(new GraphQLError(error.Message, error.Code) { Locations = [error.Location] })];
        }
    }

    private static string Describe(GraphQLError error) =>
        new Reference.Error(error.Message, [.. error.Locations.Select(place => new Reference.Place(place.Line, place.Column))]).ToString();

    private static void Compare(IEnumerable<string> documents, IEnumerable<IEnumerable<string>> ours, IEnumerable<IEnumerable<string>> theirs)
    {
        var differences = documents.Zip(ours, theirs)
            .Select(one => (Document: one.First, Ours: Sorted(one.Second), Theirs: Sorted(one.Third)))
            .Where(one => one.Ours != one.Theirs)
            .Select(one => $"{one.Document}\nours:\n{one.Ours}\ntheirs:\n{one.Theirs}\n")
            .ToList();
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static string Sorted(IEnumerable<string> errors) => string.Join('\n', errors.Order(StringComparer.Ordinal));
}
