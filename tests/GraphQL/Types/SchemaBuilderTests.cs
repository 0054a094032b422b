using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Types;

public sealed class SchemaBuilderTests
{
    [Fact]
    public void A_code_first_schema_prints_as_sdl() => new Center().Schema().Print().ShouldBe(
        """"
        enum CallOutcome {
          HANDLED
          """The caller gave up."""
          ABANDONED
          LEFT_IN_IVR
        }

        input CallFilter {
          outcome: CallOutcome = HANDLED
          numbers: [String!]
          from: DateTime
        }

        interface Node {
          id: ID!
        }

        """A call."""
        type Call implements Node {
          id: ID!
          outcome: CallOutcome!
          receivedAt: DateTime!
          waitSeconds: Float
          from: String @deprecated(reason: "Use `number`.")
          queue: Queue!
          serviceLevel(withinSeconds: Int = 20): Float
        }

        type Queue implements Node {
          id: ID!
          name: String!
          site: Site!
          secret: String
        }

        type Site {
          name: String!
        }

        union Anything = Call | Queue

        type Query {
          calls(where: CallFilter, first: Int = 50): [Call!]!
          node(id: ID!): Node
          anything: [Anything!]!
          me: String!
        }

        type Mutation {
          rename(to: String!): String
        }

        """
        An instant as RFC 3339 writes it, in UTC, such as `2026-11-21T09:30:00Z`.
        """
        scalar DateTime

        """");

    [Theory]
    [InlineData("Corpus/contract.graphql")]
    [InlineData("Corpus/schema.graphql")]
    public void Printed_sdl_reads_back_to_the_same_schema(string path)
    {
        var schema = SchemaBuilder.New().AddDocumentFromString(TestFiles.Read(path)).Create();
        var again = SchemaBuilder.New().AddDocumentFromString(schema.Print()).Create();
        again.Print().ShouldBe(schema.Print());
        again.Print(isSorted: true).ShouldBe(schema.Print(isSorted: true));
    }

    [Fact]
    public void Sorted_sdl_does_not_depend_on_declaration_order()
    {
        var one = SchemaBuilder.New().AddDocumentFromString("type Query { b: Int a(y: Int, x: E): Int } enum E { Z Y }").Create();
        var other = SchemaBuilder.New().AddDocumentFromString("enum E { Y Z } type Query { a(x: E, y: Int): Int b: Int }").Create();
        one.Print(isSorted: true).ShouldBe(other.Print(isSorted: true));
        one.Print().ShouldNotBe(other.Print());
    }

    [Fact]
    public void Object_types_can_be_extended_from_elsewhere()
    {
        var schema = SchemaBuilder.New()
            .AddObjectTypeExtension<CenterSite>("Site", type => type.Field("length: Int!", site => site.Name.Length))
            .AddObjectType<CenterSite>("Site", type => type.Field(site => site.Name))
            .AddQueryType(type => type.Field("site: Site!").Resolve(_ => new CenterSite("x")))
            .Create();
        schema.FindType("Site").ShouldBeOfType<ObjectType>().Fields.Values.Select(field => field.ToString()).ShouldBe(["Site.name", "Site.length"]);
    }

    [Theory]
    [InlineData("type A { a: Int }", "Query root type must be provided.")]
    [InlineData("type Query { a: Missing }", "\"Query.a\" has unknown type \"Missing\".")]
    [InlineData("type Query { a: Int a: Int }", "Field \"Query.a\" can only be defined once.")]
    [InlineData("type Query { a: Int } type Query { b: Int }", "There can be only one type named \"Query\".")]
    [InlineData("type Query { a(x: Int, x: Int): Int }", "Argument \"Query.a(x:)\" can only be defined once.")]
    [InlineData("type Query { a: I } input I { x: Int }", "The type of Query.a must be Output Type but got: I.")]
    [InlineData("type Query { a(x: Query): Int }", "The type of Query.a(x:) must be Input Type but got: Query.")]
    [InlineData("type Query { a: Int } input I { x: Query }", "The type of I.x must be Input Type but got: Query.")]
    [InlineData("type Query { a: Int __b: Int }", "Name \"__b\" must not begin with \"__\", which is reserved by GraphQL introspection.")]
    [InlineData("type Query { a: Int } type Empty", "Type Empty must define one or more fields.")]
    [InlineData("type Query { a: Int } union U", "Union type U must define one or more member types.")]
    [InlineData("type Query { a: Int } union U = Query | Query", "Union type U can only include type Query once.")]
    [InlineData("type Query { a: Int } union U = Int", "Union type U: its member \"Int\" is not an object type.")]
    [InlineData("type Query { a: Int } enum E", "Enum type E must define one or more values.")]
    [InlineData("type Query { a: Int } enum E { A A }", "Enum value \"E.A\" can only be defined once.")]
    [InlineData("type Query { a: Int } input I", "Input Object type I must define one or more fields.")]
    [InlineData("type Query { a: Int } input I @oneOf { x: Int! }", "OneOf input field I.x must be nullable.")]
    [InlineData("type Query { a: Int } input I @oneOf { x: Int = 1 }", "OneOf input field I.x cannot have a default value.")]
    [InlineData("type Query { a: Int } input I { i: I! }", "Input Object I cannot be provided a finite value because it references itself through a chain of non-null fields.")]
    [InlineData("type Query { a: Int } input I { i: I = {} }", "Invalid circular reference. The default values of Input Object I reference itself.")]
    [InlineData("type Query { a(x: Int = \"s\"): Int }", "Query.a(x:) has invalid default value: Int cannot represent non-integer value: \"s\"")]
    [InlineData("type Query { a(x: Int! @deprecated): Int }", "Required argument Query.a(x:) cannot be deprecated.")]
    [InlineData("interface I { x: Int } type Query implements I { a: Int }", "Interface field I.x expected but Query does not provide it.")]
    [InlineData("interface I { a: Int! } type Query implements I { a: Int }", "Interface field I.a expects type Int! but Query.a is type Int.")]
    [InlineData("interface I { a(x: Int): Int } type Query implements I { a: Int }", "Interface field argument I.a(x:) expected but Query.a does not provide it.")]
    [InlineData("interface I { a(x: Int): Int } type Query implements I { a(x: String): Int }", "Interface field argument I.a(x:) expects type Int but Query.a(x:) is type String.")]
    [InlineData("interface I { a: Int } type Query implements I { a(x: Int!): Int }", "Argument \"Query.a(x:)\" must not be required type \"Int!\" if not provided by the Interface field \"I.a\".")]
    [InlineData("interface J { a: Int } interface I implements J { a: Int } type Query implements I { a: Int }", "Type Query must implement J because it is implemented by I.")]
    [InlineData("interface I implements I { a: Int } type Query { a: Int }", "Type I cannot implement itself because it would create a circular reference.")]
    [InlineData("type Query implements Query { a: Int }", "Type Query: its interface \"Query\" is not an interface type.")]
    [InlineData("type Query { a: Int } schema { query: Query mutation: Query }", "All root types must be different, \"Query\" is used as several.")]
    [InlineData("extend type Missing { a: Int } type Query { a: Int }", "Cannot extend type \"Missing\" because it is not defined.")]
    [InlineData("extend input Query { a: Int } type Query { a: Int }", "Cannot extend type \"Query\" as another kind of type than it is.")]
    public void A_schema_that_breaks_a_rule_is_refused(string sdl, string error) =>
        Should.Throw<SchemaException>(() => SchemaBuilder.New().AddDocumentFromString(sdl).Create()).Message.Split('\n').Any(line => line == error).ShouldBeTrue(error);

    [Theory]
    [InlineData("interface J { a: Int } interface I implements J { a: Int } type Query implements I & J { a: Int! }")]
    [InlineData("interface I { a: I } type Query implements I { a: Query }")]
    [InlineData("type Query { a: Int } input I { i: I j: [I!]! k: I = {i: null, k: null, j: []} }")]
    public void A_schema_within_the_rules_is_taken(string sdl) => SchemaBuilder.New().AddDocumentFromString(sdl).Create().QueryType.Name.ShouldBe("Query");

    [Fact]
    public void All_errors_are_listed_at_once() =>
        Should.Throw<SchemaException>(() => SchemaBuilder.New().AddDocumentFromString("type Query { a: X b: Y }").Create()).Errors.Count.ShouldBe(2);

    [Fact]
    public void A_field_that_is_no_property_says_how_to_declare_it() =>
        Should.Throw<ArgumentException>(() => SchemaBuilder.New().AddObjectType<CenterSite>("Site", type => type.Field(site => site.Name.Length + 1)))
            .Message.ShouldContain("Field(\"name: Type\", x => ...)");

    [Fact]
    public void Input_records_and_fields_must_match() =>
        Should.Throw<SchemaException>(() => SchemaBuilder.New()
                .AddEnumType<CenterOutcome>()
                .AddInputObjectType<CenterFilter>("CallFilter", type => type.Field("other: Int"))
                .AddQueryType(type => type.Field("a: Int").Resolve(_ => 1))
                .Create())
            .Errors.ShouldBe(["Input type CallFilter has \"other\", which CenterFilter does not take."]);
}
