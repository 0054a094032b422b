using CallCenter.Api.Accounts;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Dialling;
using CallCenter.EventStore;
using CallCenter.GraphQL.Types;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record DialPlanPayload(IReadOnlyList<NumberRule> Rules, IReadOnlyList<UserError> Errors);

internal sealed record NumberRuleInput(string Prefix, DialClass DialClass, string Trunk, int Strip, string Prepend);

/// <summary>Which numbers outside can be called, by whom and over which trunk.</summary>
internal static class DialTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddObjectType<NumberRule>("NumberRule", type =>
        {
            type.Description("Where numbers go that begin with a prefix; the longest prefix decides.");
            type.Field(r => r.Prefix);
            type.Field("dialClass: DialClass!", r => r.Class).Description("Who may dial them: agents of this class or a dearer one.");
            type.Field(r => r.Trunk);
            type.Field(r => r.Strip).Description("So many characters are taken from the front.");
            type.Field(r => r.Prepend).Description("What is put before the rest.");
        });
        schema.AddInputObjectType<NumberRuleInput>("NumberRuleInput", type =>
        {
            type.Field("prefix: String!");
            type.Field("dialClass: DialClass!");
            type.Field("trunk: String!");
            type.Field("strip: Int! = 0");
            type.Field("prepend: String! = \"\"");
        });
        schema.AddObjectType<DialPlanPayload>(type =>
        {
            type.Field("rules: [NumberRule!]!", p => p.Rules);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddQueryType(query => query.Field("dialPlan: [NumberRule!]!").Description("Which numbers outside can be called.").Authorize()
            .Resolve(async context => (await DialPlans.ReadAsync(context.Service<Center>().Store, context.RequestAborted)).Rules));
        schema.AddMutationType(mutation => mutation.Field("changeDialPlan(rules: [NumberRuleInput!]!): DialPlanPayload!").Description("Gives the dial plan these rules in place of all others.")
            .Authorize(Access.Name(Role.Administrator)).Resolve(async context =>
            {
                var rules = context.ArgumentValue<IReadOnlyList<NumberRuleInput>>("rules").Select(rule => new NumberRule(rule.Prefix, rule.DialClass, rule.Trunk, rule.Strip, rule.Prepend)).ToList();
                var (plan, refusal) = await DialPlans.ChangeAsync(
                    context.Service<Center>().Store, new ChangeDialPlan(rules, context.Service<TimeProvider>().GetUtcNow()), context.User().UserName, context.RequestAborted);
                await context.Service<Router>().ConfigureAsync();
                return new DialPlanPayload(plan.Rules, DeskAccess.ErrorsOf(refusal));
            }));
    }
}

/// <summary>The one dial plan's stream.</summary>
internal static class DialPlans
{
    private static readonly Aggregate<DialPlan> Aggregate = new(DialPlan.StreamType, DialPlan.Initial, (plan, e) => DialPlan.Evolve(plan, (DialPlanEvent)e));

    public static async Task<DialPlan> ReadAsync(PostgresEventStore store, CancellationToken cancellationToken) =>
        (await store.FetchStreamAsync(DialPlan.Id, ct: cancellationToken)).Select(e => (DialPlanEvent)e.Data).Aggregate(DialPlan.Initial, DialPlan.Evolve);

    public static async Task<(DialPlan Plan, Refusal? Refusal)> ChangeAsync(PostgresEventStore store, ChangeDialPlan change, string user, CancellationToken cancellationToken)
    {
        Refusal? refusal = null;
        var result = await new CommandHandler(store).HandleAsync(Aggregate, DialPlan.Id, plan =>
        {
            var decision = DialPlan.Decide(change, plan);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, user), ct: cancellationToken);
        return (result.State, refusal);
    }
}
