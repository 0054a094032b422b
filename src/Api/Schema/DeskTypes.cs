using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

/// <summary>What an agent does with a call.</summary>
internal static class DeskTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<TransferKind>();
        schema.AddObjectType<CallPayload>(type =>
        {
            type.Field("call: Call", p => p.Call);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddObjectType<Party>("Party", type =>
        {
            type.Description("Who talks in a call besides caller and agent.");
            type.Field("id: ID!", p => p.Id);
            type.Field("agent: Agent").Resolve((party, context) => context.AgentAsync(party.AgentId));
            type.Field("isOutside: Boolean!", p => p.AgentId is null);
        });
        schema.AddObjectTypeExtension<CallView>("Call", type =>
        {
            type.Field("parkedSlot: Int").Description("Where the call is parked; null when it is not.").Resolve(async (call, context) => (await StateAsync(call, context)).Parked?.Slot);
            type.Field("isMuted: Boolean!").Description("The caller does not hear the agent.").Resolve(async (call, context) => (await StateAsync(call, context)).IsMuted);
            type.Field("parties: [Party!]!").Description("Those who talk besides caller and agent.").Resolve(async (call, context) => (await StateAsync(call, context)).Parties);
        });
        schema.AddMutationType(mutation =>
        {
            Command(mutation, "holdCall(id: ID!): CallPayload!", "The caller hears music.", (router, id, user, _) => router.HoldAsync(id, user));
            Command(mutation, "retrieveCall(id: ID!): CallPayload!", "Takes the caller back from hold.", (router, id, user, _) => router.RetrieveAsync(id, user));
            Command(mutation, "muteCall(id: ID!): CallPayload!", "The caller does not hear the agent, who hears the caller.", (router, id, user, _) => router.MuteAsync(id, true, user));
            Command(mutation, "unmuteCall(id: ID!): CallPayload!", "The caller hears the agent again.", (router, id, user, _) => router.MuteAsync(id, false, user));
            Command(mutation, "transferCall(id: ID!, to: String!, kind: TransferKind = BLIND): CallPayload!",
                "Hands the caller over: to a queue or an agent (id or name), an extension, a number outside, `flow NAME` or `voicemail MAILBOX`. ATTENDED rings the other one first, for the agent to talk to; completeTransfer or the agent's hanging up hands the caller over then.",
                (router, id, user, context) => router.TransferAsync(id, context.ArgumentValue<string>("to"), context.ArgumentValue<TransferKind?>("kind") ?? TransferKind.Blind, user));
            Command(mutation, "completeTransfer(id: ID!): CallPayload!", "Whom the agent consults has the caller from now on.", (router, id, user, _) => router.CompleteTransferAsync(id, user));
            Command(mutation, "cancelTransfer(id: ID!): CallPayload!", "Lets go whoever rings or is consulted; the caller is the agent's again.", (router, id, user, _) => router.CancelTransferAsync(id, user));
            Command(mutation, "conferenceCall(id: ID!, to: String): CallPayload!", "Adds an agent or a number to the call; without `to` whom the agent consults.",
                (router, id, user, context) => router.ConferenceAsync(id, context.ArgumentValue<string?>("to"), user));
            Command(mutation, "parkCall(id: ID!, slot: Int): CallPayload!", "Leaves the caller in a slot, 1 to 99, from which any agent can fetch the call; without `slot` in the first free one.",
                (router, id, user, context) => router.ParkAsync(id, context.ArgumentValue<int?>("slot"), user));
            Command(mutation, "endCall(id: ID!): CallPayload!", "Ends the call for all.", (router, id, user, _) => router.EndAsync(id, user));
            mutation.Field("completeWrapUp(callId: ID!, disposition: String!, resolved: Boolean!, notes: String): CallPayload!").Description("Ends the wrap-up of a call, and keeps what the agent says of it.")
                .Authorize(DeskAccess.Desks).Resolve(async context =>
                {
                    var id = context.ArgumentValue<Guid>("callId");
                    await context.ActInAsync(id);
                    return await context.CallAfterAsync(id, await context.Service<Router>().CompleteWrapUpAsync(
                        id, context.ArgumentValue<string>("disposition"), context.ArgumentValue<bool>("resolved"), context.ArgumentValue<string?>("notes"), context.User().UserName));
                });
            ByAgent(mutation, "retrieveParkedCall(id: ID!, agentId: ID): CallPayload!", "Rings the agent's phone, and connects it with a parked caller.", (router, id, agent, user) => router.RetrieveParkedAsync(id, agent, user));
            ByAgent(mutation, "pickUpCall(id: ID!, agentId: ID): CallPayload!", "Rings the agent's phone, and connects it with a caller who waits, or rings at a colleague.", (router, id, agent, user) => router.PickUpAsync(id, agent, user));
            ByAgent(mutation, "answerCall(id: ID!, agentId: ID): CallPayload!", "Lets the agent's phone that rings for the call answer by itself; PHONE_UNABLE where the phone does not take that (NOTIFY of the event talk).",
                (router, id, agent, user) => router.AnswerAsync(id, agent, user));
            mutation.Field("dialOut(agentId: ID!, to: String!): CallPayload!").Description("Rings the agent's phone, and when it answers a number outside, as the dial plan permits the agent.")
                .Authorize(DeskAccess.Desks).Resolve(async context =>
                {
                    var agent = context.ArgumentValue<Guid>("agentId");
                    await context.ActForAsync(agent);
                    var (call, refusal) = await context.Service<Router>().DialOutAsync(agent, context.ArgumentValue<string>("to"), context.User().UserName);
                    return await context.CallAfterAsync(call, refusal);
                });
        });
    }

    private static void Command(ComplexTypeDescriptor<object> mutation, string field, string description, Func<Router, Guid, string, IResolverContext, Task<Refusal?>> command) =>
        mutation.Field(field).Description(description).Authorize(DeskAccess.Desks).Resolve(async context =>
        {
            var id = context.ArgumentValue<Guid>("id");
            await context.ActInAsync(id);
            return await context.CallAfterAsync(id, await command(context.Service<Router>(), id, context.User().UserName, context));
        });

    /// <summary>A command that rings an agent's phone: the user's own unless another's is named.</summary>
    private static void ByAgent(ComplexTypeDescriptor<object> mutation, string field, string description, Func<Router, Guid, Guid, string, Task<Refusal?>> command) =>
        mutation.Field(field).Description(description).Authorize(DeskAccess.Desks).Resolve(async context =>
        {
            var id = context.ArgumentValue<Guid>("id");
            var agent = context.ArgumentValue<Guid?>("agentId") ?? await context.OwnAgentAsync();
            await context.ActForAsync(agent);
            return await context.CallAfterAsync(id, await command(context.Service<Router>(), id, agent, context.User().UserName));
        });

    internal static async Task<Call> StateAsync(CallView call, IResolverContext context) =>
        (await context.StreamAsync(call.Id)).Where(e => e.Version <= call.Version).Select(e => (CallEvent)e.Data).Aggregate(Call.Initial, Call.Evolve);
}
