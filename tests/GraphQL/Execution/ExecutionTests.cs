using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Execution;

public sealed class ExecutionTests
{
    [Fact]
    public async Task Fields_come_in_the_order_of_the_document_with_aliases_and_fragments_merged()
    {
        var result = await new Center().ExecuteAsync("""
            { calls(first: 1) { waitSeconds ...F id queue { name } ... on Node { id } } b: __typename a: __typename }
            fragment F on Call { outcome queue { id } receivedAt }
            """);
        result.ToJson().ShouldBe("""
            {"data":{"calls":[{"waitSeconds":1.5,"outcome":"HANDLED","queue":{"id":"q1","name":"Support"},"receivedAt":"2026-11-21T12:00:00Z","id":"1"}],"b":"Query","a":"Query"}}
            """);
    }

    [Theory]
    [InlineData("{ calls(where: {outcome: LEFT_IN_IVR}) { id } }", """{"data":{"calls":[{"id":"2"}]}}""")]
    [InlineData("{ calls(where: {}) { id } }", """{"data":{"calls":[{"id":"1"}]}}""")]
    [InlineData("{ calls(where: null, first: 2) { id } }", """{"data":{"calls":[{"id":"1"},{"id":"2"}]}}""")]
    [InlineData("{ calls @skip(if: true) { id } x: __typename @include(if: true) y: __typename @include(if: false) }", """{"data":{"x":"Query"}}""")]
    [InlineData("{ node(id: 3) { __typename id ... on Call { from } ... on Queue { name } } }", """{"data":{"node":{"__typename":"Call","id":"3","from":"+4940"}}}""")]
    [InlineData("{ node(id: \"none\") { id } }", """{"data":{"node":null}}""")]
    [InlineData("{ anything { __typename ... on Node { id } ... on Queue { name } } }", """{"data":{"anything":[{"__typename":"Call","id":"1"},{"__typename":"Queue","id":"q1","name":"Support"}]}}""")]
    public async Task Arguments_directives_and_abstract_types_select_what_the_specification_says(string query, string expected) =>
        (await new Center().ExecuteAsync(query)).ToJson().ShouldBe(expected);

    [Fact]
    public async Task Root_fields_of_a_mutation_run_one_after_the_other()
    {
        var center = new Center();
        var result = await center.ExecuteAsync("mutation { a: rename(to: \"1\") b: rename(to: \"2\") c: rename(to: \"3\") }");
        result.ToJson().ShouldBe("""{"data":{"a":"1","b":"2","c":"3"}}""");
        center.MutationSteps.ShouldBe(["start 1", "end 1", "start 2", "end 2", "start 3", "end 3"]);
    }

    [Fact]
    public async Task Fields_of_a_query_overlap_in_their_waiting()
    {
        var first = new TaskCompletionSource();
        var schema = SchemaBuilder.New().AddQueryType(type =>
        {
            type.Field("waits: Int").Resolve(async _ =>
            {
                await first.Task;
                return 1;
            });
            type.Field("frees: Int").Resolve(_ =>
            {
                first.SetResult();
                return 2;
            });
        }).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ waits frees }" });
        result.ToJson().ShouldBe("""{"data":{"waits":1,"frees":2}}""");
    }

    [Theory]
    // Where a null is allowed it stays; where not, it goes up to the next place that allows one, and takes everything there with it.
    [InlineData("T", "Int", """{"o":{"ok":1,"f":null}}""")]
    [InlineData("T", "Int!", """{"o":null}""")]
    [InlineData("T!", "Int", """{"o":{"ok":1,"f":null}}""")]
    [InlineData("T!", "Int!", "null")]
    [InlineData("[T]", "Int!", """{"o":[null,null]}""")]
    [InlineData("[T!]", "Int!", """{"o":null}""")]
    [InlineData("[T!]!", "Int!", "null")]
    [InlineData("[T]!", "Int!", """{"o":[null,null]}""")]
    public async Task Nulls_propagate_to_the_nearest_position_that_allows_them(string outer, string inner, string expected)
    {
        foreach (var isAsync in new[] { false, true })
        {
            foreach (var isError in new[] { false, true })
            {
                var result = await ExecuteFailing(outer, inner, isAsync, isError);
                var isNullable = !inner.EndsWith('!') && !isError;
                System.Text.Json.JsonElement.Parse(result.ToJson()).GetProperty("data").GetRawText().ShouldBe(expected);
                result.Errors.Count.ShouldBe(isNullable ? 0 : outer.StartsWith('[') ? 2 : 1);
                if (!isNullable)
                {
                    result.Errors[0].Path!.ToString().ShouldBe(outer.StartsWith('[') ? "/o[0]/f" : "/o/f");
                    result.Errors[0].Message.ShouldBe(isError ? "failed" : "Cannot return null for non-nullable field T.f.");
                    result.Errors[0].Locations.ShouldBe([new CallCenter.GraphQL.Language.Location(1, 11)]);
                }
            }
        }
    }

    [Theory]
    [InlineData("[Int]", """{"list":[1,null,3]}""", 0)]
    [InlineData("[Int!]", """{"list":null}""", 1)]
    [InlineData("[Int!]!", "null", 1)]
    public async Task Nulls_inside_a_list_have_the_item_in_their_path(string type, string expected, int errors)
    {
        var schema = SchemaBuilder.New().AddQueryType(query => query.Field($"list: {type}").Resolve(_ => new int?[] { 1, null, 3 })).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ list }" });
        result.ToJson().ShouldContain($"\"data\":{expected}");
        result.Errors.Count.ShouldBe(errors);
        result.Errors.ShouldAllBe(error => error.Path!.ToString() == "/list[1]");
    }

    [Fact]
    public async Task A_failure_that_is_not_meant_for_the_client_is_masked_and_told_to_the_filter()
    {
        var filter = new RecordingFilter();
        var schema = SchemaBuilder.New().AddQueryType(type =>
        {
            type.Field("crash: Int").Resolve<int>(_ => throw new InvalidOperationException("password=secret"));
            type.Field("conflict: Int").Resolve<int>(_ => throw new GraphQLException("Taken.", ErrorCodes.Conflict));
            type.Field("noList: [Int]").Resolve(_ => 5);
            type.Field("noInt: Int").Resolve(_ => "five");
        }).Create();
        var result = await new RequestExecutor(schema, errorFilter: filter).ExecuteAsync(new OperationRequest { Query = "{ crash conflict noList noInt }" });
        result.ToJson().ShouldBe("""
            {"errors":[{"message":"Internal server error","locations":[{"line":1,"column":3}],"path":["crash"],"extensions":{"code":"INTERNAL"}},{"message":"Taken.","locations":[{"line":1,"column":9}],"path":["conflict"],"extensions":{"code":"CONFLICT"}},{"message":"Internal server error","locations":[{"line":1,"column":18}],"path":["noList"],"extensions":{"code":"INTERNAL"}},{"message":"Internal server error","locations":[{"line":1,"column":25}],"path":["noInt"],"extensions":{"code":"INTERNAL"}}],"data":{"crash":null,"conflict":null,"noList":null,"noInt":null}}
            """);
        filter.Seen.Select(error => error.Exception!.Message).ShouldBe(
            ["password=secret", "Taken.", "Expected a list for field \"Query.noList\", but its resolver gave System.Int32.", "Int cannot represent value of type String: five"]);
    }

    [Fact]
    public async Task A_request_whose_client_left_ends_as_cancelled()
    {
        using var client = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("slow: Int").Resolve(async context =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
            return 1;
        })).Create();
        var execution = new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ slow }" }, client.Token);
        await started.Task;
        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(execution);
    }

    [Theory]
    [InlineData("{ a", null, "Syntax Error: Expected Name, found <EOF>.")]
    [InlineData("{ missing }", null, "Cannot query field \"missing\" on type \"Query\".")]
    [InlineData("query A { me } query B { me }", null, "Must provide operation name if query contains multiple operations.")]
    [InlineData("query A { me } query B { me }", "C", "Unknown operation named \"C\".")]
    [InlineData("fragment F on Query { me }", null, "Fragment \"F\" is never used.")]
    public async Task A_request_that_cannot_be_executed_has_errors_and_no_data(string query, string? operation, string message)
    {
        var result = await new RequestExecutor(new Center().Schema()).ExecuteAsync(new OperationRequest { Query = query, OperationName = operation });
        result.IsExecuted.ShouldBeFalse();
        result.Errors.Select(error => (error.Message, error.Code)).ShouldBe([(message, ErrorCodes.BadUserInput)]);
        result.ToJson().ShouldNotContain("\"data\"");
    }

    [Fact]
    public async Task A_null_in_a_root_directive_is_an_error_without_data()
    {
        var result = await new RequestExecutor(new Center().Schema()).ExecuteAsync(new OperationRequest
        {
            Query = "query Q($v: Boolean = true) { __typename @include(if: $v) }",
            Variables = System.Text.Json.JsonElement.Parse("""{"v":null}"""),
        });
        result.ToJson().ShouldBe("""
            {"errors":[{"message":"Argument \"@include(if:)\" has invalid value: Expected value of non-null type \"Boolean!\" not to be null.","locations":[{"line":1,"column":1}],"extensions":{"code":"BAD_USER_INPUT"}}],"data":null}
            """);
    }

    [Fact]
    public async Task A_sequence_that_fails_half_way_is_an_error_of_its_field()
    {
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("list: [Int]").Resolve(_ => Failing())).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ list }" });
        result.Errors.ShouldHaveSingleItem().Code.ShouldBe(ErrorCodes.Internal);

        static IEnumerable<int> Failing()
        {
            yield return 1;
            throw new InvalidOperationException("half-way");
        }
    }

    [Fact]
    public async Task A_resolver_can_ask_what_is_selected_below_it()
    {
        var schema = SchemaBuilder.New()
            .AddObjectType<CenterSite>("Site", type => type.Field(site => site.Name))
            .AddQueryType(type => type.Field("site: Site").Resolve(context => new CenterSite(context.IsSelected("name") ? "asked" : "not asked")))
            .Create();
        var executor = new RequestExecutor(schema);
        (await executor.ExecuteAsync(new OperationRequest { Query = "{ site { ...F } } fragment F on Site { ... { x: name } }" })).ToJson().ShouldContain("\"asked\"");
        (await executor.ExecuteAsync(new OperationRequest { Query = "{ site { __typename name @skip(if: true) x: __typename } }" })).Data!.Count.ShouldBe(1);
    }

    private static Task<OperationResult> ExecuteFailing(string outer, string inner, bool isAsync, bool isError)
    {
        var schema = SchemaBuilder.New()
            .AddObjectType<CenterSite>("T", type =>
            {
                type.Field("ok: Int!", _ => 1);
                type.Field($"f: {inner}").Resolve(async (_, _) =>
                {
                    if (isAsync)
                    {
                        await Task.Yield();
                    }

                    return isError ? throw new GraphQLException("failed") : (int?)null;
                });
            })
            .AddQueryType(type => type.Field($"o: {outer}").Resolve(_ => outer.StartsWith('[') ? (object)new[] { new CenterSite("a"), new CenterSite("b") } : new CenterSite("a")))
            .Create();
        return new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ o { ok  f } }" });
    }

    private sealed class RecordingFilter : IErrorFilter
    {
        public List<GraphQLError> Seen { get; } = [];

        public GraphQLError OnError(GraphQLError error)
        {
            Seen.Add(error);
            return error;
        }
    }
}
