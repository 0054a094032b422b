using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;

namespace CallCenter.GraphQL.Tests;

/// <summary>A little call center as code-first schema, in the shapes that the real one needs.</summary>
internal sealed class Center
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public List<string> BatchCalls { get; } = [];

    public List<string> MutationSteps { get; } = [];

    public List<CenterCall> Calls { get; } =
    [
        new("1", CenterOutcome.Handled, "q1", Noon, 1.5, "+4930"),
        new("2", CenterOutcome.LeftInIvr, "q2", Noon.AddMinutes(1), null, null),
        new("3", CenterOutcome.Abandoned, "q1", Noon.AddMinutes(2), 3, "+4940"),
    ];

    public Schema Schema() => SchemaBuilder.New()
        .AddEnumType<CenterOutcome>("CallOutcome", type => type.Value(CenterOutcome.Abandoned, description: "The caller gave up."))
        .AddInputObjectType<CenterFilter>("CallFilter", type => type.Field("outcome: CallOutcome = HANDLED"))
        .AddInterfaceType<ICenterNode>("Node", type => type.Field("id: ID!"))
        .AddObjectType<CenterCall>("Call", type =>
        {
            type.Description("A call.").Implements("Node");
            type.Field("id: ID!", call => call.Id);
            type.Field(call => call.Outcome);
            type.Field(call => call.ReceivedAt);
            type.Field(call => call.WaitSeconds);
            type.Field(call => call.From).Deprecated("Use `number`.");
            type.Field("queue: Queue!").Resolve((call, context) => context
                .DataLoader<string, CenterQueue>("queues", LoadQueues)
                .LoadAsync(call.QueueId));
            type.Field("serviceLevel(withinSeconds: Int = 20): Float").Resolve((call, context) => context
                .DataLoader<(string, int), double?>("serviceLevels", LoadServiceLevels)
                .LoadAsync((call.Id, context.ArgumentValue<int>("withinSeconds"))));
        })
        .AddObjectType<CenterQueue>("Queue", type =>
        {
            type.Implements("Node");
            type.Field("id: ID!", queue => queue.Id);
            type.Field(queue => queue.Name);
            type.Field("site: Site!").Resolve((queue, context) => context.DataLoader<string, CenterSite>("sites", LoadSites).LoadAsync(queue.SiteId));
            type.Field("secret: String").Resolve((_, _) => "42").Authorize("SUPERVISOR");
        })
        .AddObjectType<CenterSite>("Site", type => type.Field(site => site.Name))
        .AddUnionType("Anything", type => type.Type("Call").Type("Queue"))
        .AddQueryType(type =>
        {
            type.Field("calls(where: CallFilter, first: Int = 50): [Call!]!").Resolve(context => Filter(context.ArgumentValue<CenterFilter?>("where")).Take(context.ArgumentValue<int>("first")));
            type.Field("node(id: ID!): Node").Resolve(context => Calls.Find(call => call.Id == context.ArgumentValue<string>("id")));
            type.Field("anything: [Anything!]!").Resolve(_ => new object[] { Calls[0], new CenterQueue("q1", "Support", "s1") });
            type.Field("me: String!").Resolve(_ => "me").Authorize();
        })
        .AddMutationType(type =>
        {
            type.Field("rename(to: String!): String").Resolve(async context =>
            {
                var name = context.ArgumentValue<string>("to");
                MutationSteps.Add($"start {name}");
                await Task.Yield();
                MutationSteps.Add($"end {name}");
                return name;
            });
        })
        .Create();

    public Task<OperationResult> ExecuteAsync(string query, IAuthorizationHandler? authorization = null) =>
        new RequestExecutor(Schema()).ExecuteAsync(new OperationRequest { Query = query, Authorization = authorization });

    private IEnumerable<CenterCall> Filter(CenterFilter? filter) => Calls.Where(call => filter is null || call.Outcome == filter.Outcome);

    private async Task<IReadOnlyDictionary<string, CenterQueue>> LoadQueues(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        BatchCalls.Add($"queues {string.Join(',', ids)}");
        await Task.Yield();
        return ids.ToDictionary(id => id, id => new CenterQueue(id, id == "q1" ? "Support" : "Sales", $"s{id[1..]}"), StringComparer.Ordinal);
    }

    private async Task<IReadOnlyDictionary<string, CenterSite>> LoadSites(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        BatchCalls.Add($"sites {string.Join(',', ids)}");
        await Task.Yield();
        return ids.ToDictionary(id => id, id => new CenterSite($"Site {id}"), StringComparer.Ordinal);
    }

    private Task<IReadOnlyDictionary<(string, int), double?>> LoadServiceLevels(IReadOnlyList<(string Id, int Seconds)> keys, CancellationToken cancellationToken)
    {
        BatchCalls.Add($"serviceLevels {string.Join(',', keys.Select(key => $"{key.Id}/{key.Seconds}"))}");
        return Task.FromResult<IReadOnlyDictionary<(string, int), double?>>(keys.ToDictionary(key => (key.Id, key.Seconds), key => (double?)(key.Seconds / 100.0)));
    }
}

internal enum CenterOutcome
{
    Handled,
    Abandoned,
    LeftInIvr,
}

internal interface ICenterNode
{
    string Id { get; }
}

internal sealed record CenterCall(string Id, CenterOutcome Outcome, string QueueId, DateTimeOffset ReceivedAt, double? WaitSeconds, string? From) : ICenterNode;

internal sealed record CenterQueue(string Id, string Name, string SiteId) : ICenterNode;

internal sealed record CenterSite(string Name);

internal sealed record CenterFilter(CenterOutcome? Outcome, IReadOnlyList<string>? Numbers = null, DateTimeOffset? From = null);
