using CallCenter.Api.Accounts;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Callbacks;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Callbacks;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

internal sealed record CallbackPayload(CallbackView? Callback, IReadOnlyList<UserError> Errors);

internal sealed record CallbackFilterInput(Guid? Queue, Guid? Agent, CallbackState? State, bool? Open)
{
    public CallbackFilter ToFilter() => new(Queue, Agent, State, Open);
}

internal sealed record RequestCallbackInput(
    string Number, Guid Queue, Guid? Agent, Guid? Call, string? CustomerNumber, DateTimeOffset? DueAt, int HeadStartSeconds, int Attempts, int RetrySeconds, int RingSeconds, int ConfirmSeconds)
{
    public RequestCallback ToCommand(Guid id, DateTimeOffset now, string by) => new(
        id, Queue, Number, new CallbackRank(DueAt > now ? DueAt.Value : now, HeadStartSeconds), new CallbackRules(Attempts, RetrySeconds, RingSeconds, ConfirmSeconds), now,
        DueAt, Agent, Call, CustomerNumber, by);
}

internal static class CallbackTypes
{
    /// <summary>Whoever makes appointments with customers.</summary>
    private static readonly string[] Callers = [Access.Name(Role.Agent), .. Access.Guards];

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<CallbackState>();
        schema.AddEnumType<CallbackMiss>();
        schema.AddObjectType<CallbackView>("Callback", type =>
        {
            type.Description("Somebody who is to be called back, at a time or when the turn that was kept comes.");
            type.Field("id: ID!", b => b.Id);
            type.Field("state: CallbackState!", b => b.State);
            type.Field("queue: Queue").Resolve((callback, context) => context.QueueAsync(callback.QueueId));
            type.Field("agent: Agent").Description("Who is to have it; of a completed one, who had it.").Resolve((callback, context) => context.AgentAsync(callback.AgentId));
            type.Field("number: String!").Description("Whom to call; `forgotten` when that person is.").Resolve((callback, context) => context.RevealAsync(callback.Id, PersonalKinds.Number, callback.Number));
            type.Field("queuedAt: DateTime!", b => b.QueuedAt).Description("The place that is kept: since when it counts as waiting.");
            type.Field("requestedAt: DateTime!", b => b.RequestedAt);
            type.Field("requestedBy: String", b => b.RequestedBy).Description("User name; null when the caller asked for it.");
            type.Field("dueAt: DateTime", b => b.DueAt).Description("Not before; null: as soon as it is its turn.");
            type.Field("attempts: Int!", b => b.Attempts);
            type.Field("lastReason: CallbackMiss", b => b.LastReason).Description("Why the last attempt that came to nothing did.");
            type.Field("askedIn: Call").Description("The call in which it was asked for.").Resolve(async (callback, context) => callback.AskedIn is { } call ? await context.CallAsync(call) : null);
            type.Field("lastCall: Call").Description("The call of the last attempt.").Resolve(async (callback, context) => callback.LastCallId is { } call ? await context.CallAsync(call) : null);
            type.Field("endedAt: DateTime", b => b.EndedAt);
        });
        Connections.AddTo<CallbackView>(schema, "Callback");
        schema.AddObjectType<CallbackPayload>(type =>
        {
            type.Field("callback: Callback", p => p.Callback);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddInputObjectType<CallbackFilterInput>("CallbackFilter", type =>
        {
            type.Field("queue: ID");
            type.Field("agent: ID");
            type.Field("open: Boolean").Description("Whether something is still to be done about it.");
        });
        schema.AddInputObjectType<RequestCallbackInput>("RequestCallbackInput", type =>
        {
            type.Field("queue: ID!").Description("Whose agents serve the contact.");
            type.Field("agent: ID").Description("Who is to have it, as long as signed in and for a quarter of an hour.");
            type.Field("call: ID").Description("The call in which it was agreed on.");
            type.Field("dueAt: DateTime").Description("Not before; null: when its turn comes.");
            type.Field("headStartSeconds: Int! = 0").Description("It ranks as if it had waited so long already.");
            type.Field("attempts: Int! = 3");
            type.Field("retrySeconds: Int! = 300");
            type.Field("ringSeconds: Int! = 30");
            type.Field("confirmSeconds: Int! = 15");
        });
        schema.AddQueryType(query => query.Field("callbacks(where: CallbackFilter, first: Int = 50, after: String): CallbackConnection!").Description("Callbacks, those asked for last first.")
            .Authorize(Access.Overseers).Resolve(context =>
            {
                var callbacks = context.Service<CallbackQueries>();
                var filter = context.ArgumentValue<CallbackFilterInput?>("where")?.ToFilter() ?? new CallbackFilter();
                return context.ConnectAsync((first, after, ct) => callbacks.PageAsync(filter, first, after, ct), c => callbacks.CountAsync(filter, c.RequestAborted));
            }));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("requestCallback(input: RequestCallbackInput!): CallbackPayload!").Description("Has somebody called back, now or at a time.").Authorize(Callers).Resolve(async context =>
            {
                var (id, by) = (Guid.CreateVersion7(), context.User().UserName);
                var command = context.ArgumentValue<RequestCallbackInput>("input").ToCommand(id, context.Service<TimeProvider>().GetUtcNow(), by);
                return await AnswerAsync(context, id, await context.Service<Router>().RequestCallbackAsync(command, by));
            });
            mutation.Field("cancelCallback(id: ID!): CallbackPayload!").Description("Calls nobody back any more; a phone that rings for it stops.").Authorize(Callers).Resolve(async context =>
            {
                var id = context.ArgumentValue<Guid>("id");
                return await AnswerAsync(context, id, await context.Service<Router>().CancelCallbackAsync(id, context.User().UserName));
            });
        });
    }

    private static async Task<CallbackPayload> AnswerAsync(IResolverContext context, Guid id, Refusal? refusal)
    {
        if (refusal is not null)
        {
            return new CallbackPayload(null, [new UserError(refusal.Code, refusal.Message)]);
        }

        await context.Service<Center>().ShowAsync(context.RequestAborted);
        return new CallbackPayload(await context.Service<CallbackQueries>().FindAsync(id, context.RequestAborted), []);
    }
}
