using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Execution;

public sealed class SubscriptionTests
{
    [Theory]
    [InlineData("subscription { site(count: 2) { name } }", """{"data":{"site":{"name":"site 0"}}}""", """{"data":{"site":{"name":"site 1"}}}""")]
    [InlineData("subscription { x: length(count: 1) }", """{"data":{"x":6}}""")]
    [InlineData("{ a }", """{"data":{"a":1}}""")]
    [InlineData("subscription { site { nam } }", """{"errors":[{"message":"Cannot query field \"nam\" on type \"Site\". Did you mean \"name\"?","locations":[{"line":1,"column":23}],"extensions":{"code":"BAD_USER_INPUT"}}]}""")]
    [InlineData("subscription { guarded }", """{"errors":[{"message":"Sign in to use this field.","locations":[{"line":1,"column":16}],"path":["guarded"],"extensions":{"code":"UNAUTHENTICATED"}}]}""")]
    [InlineData("subscription { fails }", """{"data":{"fails":1}}""", """{"errors":[{"message":"Internal server error","extensions":{"code":"INTERNAL"}}]}""")]
    public async Task Each_event_is_executed_as_the_operation_says(string query, params string[] expected)
    {
        var results = new List<string>();
        await foreach (var result in new RequestExecutor(Schema()).SubscribeAsync(new OperationRequest { Query = query }))
        {
            results.Add(result.ToJson());
        }

        results.ShouldBe(expected);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_source()
    {
        using var client = new CancellationTokenSource();
        var count = 0;
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in new RequestExecutor(Schema()).SubscribeAsync(new OperationRequest { Query = "subscription { site(count: 1000000) { name } }" }, client.Token))
            {
                if (++count == 3)
                {
                    await client.CancelAsync();
                }
            }
        });
        count.ShouldBe(3);
    }

    [Fact]
    public async Task A_subscription_is_refused_where_one_result_is_expected() =>
        (await new RequestExecutor(Schema()).ExecuteAsync(new OperationRequest { Query = "subscription { fails }" })).Errors.ShouldHaveSingleItem()
            .Message.ShouldBe("A subscription needs a transport that can stream its results.");

    private static Schema Schema() => SchemaBuilder.New()
        .AddObjectType<CenterSite>("Site", type => type.Field(site => site.Name))
        .AddQueryType(type => type.Field("a: Int").Resolve(_ => 1))
        .AddSubscriptionType(type =>
        {
            type.Field("site(count: Int! = 1): Site").Subscribe(context => Sites(context.ArgumentValue<int>("count")));
            type.Field("length(count: Int!): Int").Subscribe(context => Sites(context.ArgumentValue<int>("count"))).Resolve((site, _) => ((CenterSite)site).Name.Length);
            type.Field("guarded: Int").Subscribe(_ => Failing()).Authorize();
            type.Field("fails: Int").Subscribe(_ => Failing());
        })
        .Create();

    private static async IAsyncEnumerable<CenterSite> Sites(int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Task.Yield();
            yield return new CenterSite($"site {i}");
        }
    }

    private static async IAsyncEnumerable<int> Failing()
    {
        await Task.Yield();
        yield return 1;
        throw new InvalidOperationException("source");
    }
}
