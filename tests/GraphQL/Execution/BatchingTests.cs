using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests.Execution;

public sealed class BatchingTests
{
    [Fact]
    public async Task A_list_makes_one_batch_a_level_with_each_key_once()
    {
        var center = new Center();
        var result = await center.ExecuteAsync("{ calls { id queue { name site { name } } } }");
        result.Errors.ShouldBeEmpty();
        result.ToJson().ShouldContain("""{"id":"3","queue":{"name":"Support","site":{"name":"Site s1"}}}""");
        center.BatchCalls.ShouldBe(["queues q1,q2", "sites s1,s2"]);
    }

    [Fact]
    public async Task Keys_can_carry_the_arguments_of_a_field()
    {
        var center = new Center();
        var result = await center.ExecuteAsync("{ calls(first: 2) { serviceLevel b: serviceLevel(withinSeconds: 60) c: serviceLevel(withinSeconds: 20) } }");
        result.ToJson().ShouldBe("""{"data":{"calls":[{"serviceLevel":0.2,"b":0.6,"c":0.2},{"serviceLevel":0.2,"b":0.6,"c":0.2}]}}""");
        center.BatchCalls.ShouldBe(["serviceLevels 1/20,1/60,2/20,2/60"]);
    }

    [Fact]
    public async Task Fields_below_different_fetches_share_one_batch_however_long_those_take()
    {
        var slow = new TaskCompletionSource();
        var calls = new List<string>();
        var schema = Nested(calls, slow.Task);
        var execution = new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ fast { leaf } slow { leaf } }" });
        calls.ShouldBe(["fast 1", "slow 2"]);
        slow.SetResult();
        (await execution).ToJson().ShouldBe("""{"data":{"fast":{"leaf":"leaf 1"},"slow":{"leaf":"leaf 2"}}}""");
        calls.ShouldBe(["fast 1", "slow 2", "leaf 1,2"]);
    }

    [Fact]
    public async Task A_fetch_may_load_through_another_loader()
    {
        var calls = new List<string>();
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("value(key: Int!): String").Resolve(context =>
            context.DataLoader<int, string>("outer", async (keys, _) =>
            {
                calls.Add($"outer {string.Join(',', keys)}");
                var inner = await context.DataLoader<int, string>("inner", Fetch("inner", calls)).LoadAsync([.. keys.Select(key => key * 10)]);
                return keys.Zip(inner).ToDictionary(pair => pair.First, pair => pair.Second!);
            }).LoadAsync(context.ArgumentValue<int>("key")))).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ a: value(key: 1) b: value(key: 2) }" });
        result.ToJson().ShouldBe("""{"data":{"a":"inner 10","b":"inner 20"}}""");
        calls.ShouldBe(["outer 1,2", "inner 10,20"]);
    }

    [Fact]
    public async Task A_resolver_may_load_twice_at_once_and_again_afterwards()
    {
        var calls = new List<string>();
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("sum: String").Resolve(async context =>
        {
            await Task.Yield();
            var loader = context.DataLoader<int, string>("x", Fetch("x", calls));
            var both = await Task.WhenAll(loader.LoadAsync(1), loader.LoadAsync(2));
            return $"{both[0]} {both[1]} {await loader.LoadAsync(3)} {await loader.LoadAsync(1)}";
        })).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ sum }" });
        result.ToJson().ShouldBe("""{"data":{"sum":"x 1 x 2 x 3 x 1"}}""");
        calls.ShouldBe(["x 1,2", "x 3"]);
    }

    [Fact]
    public async Task A_batch_that_fails_fails_each_field_that_waits_for_it()
    {
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("value(key: Int!): String").Resolve(context =>
            context.DataLoader<int, string>("x", (_, _) => throw new GraphQLException("Gone.", ErrorCodes.NotFound)).LoadAsync(context.ArgumentValue<int>("key")))).Create();
        var result = await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ a: value(key: 1) b: value(key: 2) }" });
        result.Errors.Select(error => (error.Path!.ToString(), error.Code)).ShouldBe([("/a", "NOT_FOUND"), ("/b", "NOT_FOUND")]);
    }

    [Fact]
    public async Task A_key_without_a_value_loads_as_default()
    {
        var schema = SchemaBuilder.New().AddQueryType(type => type.Field("value: String").Resolve(context =>
            context.DataLoader<int, string>("x", (_, _) => Task.FromResult<IReadOnlyDictionary<int, string>>(new Dictionary<int, string>())).LoadAsync(1))).Create();
        (await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "{ value }" })).ToJson().ShouldBe("""{"data":{"value":null}}""");
    }

    [Fact]
    public async Task Each_root_field_of_a_mutation_loads_afresh()
    {
        var calls = new List<string>();
        var schema = SchemaBuilder.New()
            .AddQueryType(type => type.Field("a: Int").Resolve(_ => 1))
            .AddMutationType(type => type.Field("change: String").Resolve(context => context.DataLoader<int, string>("x", Fetch("x", calls)).LoadAsync(1)))
            .Create();
        await new RequestExecutor(schema).ExecuteAsync(new OperationRequest { Query = "mutation { a: change b: change }" });
        calls.ShouldBe(["x 1", "x 1"]);
    }

    [Fact]
    public async Task Many_requests_at_once_keep_their_batches_apart()
    {
        var center = new Center();
        var executor = new RequestExecutor(center.Schema());
        var results = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => executor.ExecuteAsync(new OperationRequest { Query = "{ calls { queue { name site { name } } } }" }))));
        results.Select(result => result.ToJson()).Distinct(StringComparer.Ordinal).ShouldHaveSingleItem().ShouldNotContain("errors");
    }

    private static Schema Nested(List<string> calls, Task slow) => SchemaBuilder.New()
        .AddObjectType<CenterSite>("Site", type => type.Field("leaf: String").Resolve((site, context) =>
            context.DataLoader<string, string>("leaf", Fetch<string>("leaf", calls)).LoadAsync(site.Name)))
        .AddQueryType(type =>
        {
            type.Field("fast: Site").Resolve(context => context.DataLoader<string, CenterSite>("fast", async (keys, _) =>
            {
                calls.Add($"fast {string.Join(',', keys)}");
                await Task.Yield();
                return keys.ToDictionary(key => key, key => new CenterSite(key), StringComparer.Ordinal);
            }).LoadAsync("1"));
            type.Field("slow: Site").Resolve(context => context.DataLoader<string, CenterSite>("slow", async (keys, _) =>
            {
                calls.Add($"slow {string.Join(',', keys)}");
                await slow;
                return keys.ToDictionary(key => key, key => new CenterSite(key), StringComparer.Ordinal);
            }).LoadAsync("2"));
        })
        .Create();

    private static Func<IReadOnlyList<int>, CancellationToken, Task<IReadOnlyDictionary<int, string>>> Fetch(string name, List<string> calls) => Fetch<int>(name, calls);

    private static Func<IReadOnlyList<TKey>, CancellationToken, Task<IReadOnlyDictionary<TKey, string>>> Fetch<TKey>(string name, List<string> calls)
        where TKey : notnull =>
        (keys, _) =>
        {
            calls.Add($"{name} {string.Join(',', keys)}");
            return Task.FromResult<IReadOnlyDictionary<TKey, string>>(keys.ToDictionary(key => key, key => $"{name} {key}"));
        };
}
