using System.Text;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Language;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Validation;

public sealed class ValidationTests
{
    private static readonly Schema Pets = SchemaBuilder.New().AddDocumentFromString(TestFiles.Read("Corpus/schema.graphql")).Create();

    /// <summary>
    /// The corpus has good and bad documents for every rule; the expected file holds what <see cref="ReferenceTests"/> finds equal to the reference
    /// implementation. A difference is written beside it as received.
    /// </summary>
    [Fact]
    public void The_corpus_has_the_expected_errors()
    {
        var received = new StringBuilder();
        var executor = new RequestExecutor(Pets);
        foreach (var document in TestFiles.Cases("Corpus/validation.txt"))
        {
            received.Append(document);
            foreach (var error in executor.Validate(document))
            {
                received.Append("# ").Append(error.Message).Append(" at ").AppendJoin(", ", error.Locations).Append('\n');
            }

            received.Append("=====\n");
        }

        var expected = Path.Combine(TestFiles.Root, "Corpus/validation.expected.txt");
        if (!File.Exists(expected) || File.ReadAllText(expected) != received.ToString())
        {
            File.WriteAllText(Path.Combine(TestFiles.Root, "Corpus/validation.received.txt"), received.ToString());
            Assert.Fail("Corpus/validation.received.txt differs from validation.expected.txt.");
        }
    }

    [Theory]
    [InlineData("{ dog { name } }")]
    [InlineData("query Q($v: Boolean = true) { human(id: 4) { pets { name(surname: $v) ... on Dog { barks @include(if: $v) } } relatives { iq } } }")]
    [InlineData("{ catOrDog { __typename ... on Pet { name } ... on Dog { x: barkVolume } ... on Cat { x: meowsVolume } } }")]
    [InlineData("query A { dog { ...F } } query B { dog { ...F } } fragment F on Dog { mother { ...G } } fragment G on Dog { name }")]
    [InlineData("subscription S { barked { name nickname } }")]
    [InlineData("query Q($v: ComplexInput! = {requiredField: true, stringListField: null}) { complicatedArgs { complexArgField(complexArg: $v) } }")]
    public void A_good_document_has_no_errors(string document) => new RequestExecutor(Pets).Validate(document).ShouldBeEmpty();

    [Fact]
    public void An_operation_that_fragments_make_too_deep_is_refused()
    {
        var document = "{ dog { ...F0 } } " + string.Concat(Enumerable.Range(0, 40).Select(i => $"fragment F{i} on Dog {{ mother {{ ...F{i + 1} }} }} ")) + "fragment F40 on Dog { name }";
        Only(document).ShouldBe(("The operation selects fields more than 32 levels deep.", ErrorCodes.LimitExceeded));
    }

    [Fact]
    public void Merging_that_costs_too_much_is_refused()
    {
        var fields = string.Concat(Enumerable.Repeat("dog { name } ", 1500));
        Only($"{{ {fields} }}").ShouldBe(("Checking whether the document's fields can be merged takes too much work.", ErrorCodes.LimitExceeded));
    }

    [Fact]
    public void Fragments_that_multiply_pairs_stay_within_the_budget()
    {
        var spreads = string.Concat(Enumerable.Range(0, 400).Select(i => $"...F{i} "));
        var fragments = string.Concat(Enumerable.Range(0, 400).Select(i => $"fragment F{i} on Dog {{ a{i}: name b{i}: nickname }} "));
        var errors = new RequestExecutor(Pets).Validate($"{{ dog {{ {spreads} }} cat {{ name }} }} {fragments}");
        errors.ShouldAllBe(error => error.Code == ErrorCodes.LimitExceeded);
    }

    [Fact]
    public void A_chain_of_a_thousand_fragments_does_not_overflow_the_stack()
    {
        var document = "{ dog { ...F0 } } " + string.Concat(Enumerable.Range(0, 1000).Select(i => $"fragment F{i} on Dog {{ name ...F{i + 1} }} ")) + "fragment F1000 on Dog { name }";
        IReadOnlyList<GraphQLError>? errors = null;
        var thread = new Thread(() => errors = new RequestExecutor(Pets, new RequestExecutorOptions { MaxFieldMergeCost = int.MaxValue }).Validate(document), maxStackSize: 1024 * 1024);
        thread.Start();
        thread.Join();
        errors!.ShouldBeEmpty();
    }

    [Fact]
    public void After_many_errors_the_rest_is_not_looked_at()
    {
        var errors = new RequestExecutor(Pets).Validate($"{{ {string.Concat(Enumerable.Range(0, 1000).Select(i => $"x{i} "))} }}");
        errors.Count.ShouldBe(101);
        errors[^1].Message.ShouldBe("Too many validation errors, error limit reached. Validation aborted.");
        errors[^1].Code.ShouldBe(ErrorCodes.LimitExceeded);
    }

    [Fact]
    public void Introspection_lists_nested_three_deep_are_refused_also_through_fragments() =>
        Only("{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { fields { type { fields { name } } } }")
            .ShouldBe(("Maximum introspection depth exceeded", ErrorCodes.LimitExceeded));

    [Fact]
    public void Errors_carry_the_code_for_bad_input_and_their_places()
    {
        var error = new RequestExecutor(Pets).Validate("{\n  dog { nam }\n}").ShouldHaveSingleItem();
        error.Message.ShouldBe("Cannot query field \"nam\" on type \"Dog\". Did you mean \"name\"?");
        error.Code.ShouldBe(ErrorCodes.BadUserInput);
        error.Locations.ShouldBe([new Location(2, 9)]);
    }

    private static (string Message, string Code) Only(string document)
    {
        var error = new RequestExecutor(Pets).Validate(document).ShouldHaveSingleItem();
        return (error.Message, error.Code);
    }
}
