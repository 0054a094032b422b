using CallCenter.Api.Accounts;
using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Calls;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

/// <summary>Supervisors on live calls.</summary>
internal static class SupervisionTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<SupervisionMode>();
        schema.AddObjectType<Supervision>("Supervision", type =>
        {
            type.Description("Somebody who hears a call.");
            type.Field("supervisor: Agent").Resolve((supervision, context) => context.AgentAsync(supervision.SupervisorId));
            type.Field("mode: SupervisionMode!", s => s.Mode);
        });
        schema.AddObjectTypeExtension<CallView>("Call", type => type.Field("supervisions: [Supervision!]!")
            .Description("Who hears the call. An agent sees those who are shown, which CALLCENTER_SHOW_SUPERVISION decides; a supervisor and an administrator see all.")
            .Resolve(async (call, context) =>
            {
                var seesAll = context.User().Roles.Any(role => role is Role.Supervisor or Role.Administrator);
                return (await DeskTypes.StateAsync(call, context)).Supervisions.Where(supervision => seesAll || supervision.Shown).ToArray();
            }));
        schema.AddMutationType(mutation =>
        {
            Command(mutation, "superviseCall(id: ID!, mode: SupervisionMode!, supervisorId: ID): CallPayload!",
                "Rings the supervisor's phone (the user's own unless another agent is named), and lets it hear the call; for one who hears it already, changes who hears the supervisor.",
                (router, id, supervisor, user, mode) => router.SuperviseAsync(id, supervisor, mode!.Value, user), hasMode: true);
            Command(mutation, "stopSupervising(id: ID!, supervisorId: ID): CallPayload!", "The supervisor leaves the call, which goes on.", (router, id, supervisor, user, _) => router.StopSupervisingAsync(id, supervisor, user));
            Command(mutation, "takeOverCall(id: ID!, supervisorId: ID): CallPayload!", "The supervisor talks with the caller in the agent's place.", (router, id, supervisor, user, _) => router.TakeOverAsync(id, supervisor, user));
        });
    }

    private static void Command(
        ComplexTypeDescriptor<object> mutation, string field, string description, Func<Router, Guid, Guid, string, SupervisionMode?, Task<Refusal?>> command, bool hasMode = false) =>
        mutation.Field(field).Description(description).Authorize(Access.Guards).Resolve(async context =>
        {
            var id = context.ArgumentValue<Guid>("id");
            await context.ActInAsync(id, asSupervisor: true);
            var supervisor = context.ArgumentValue<Guid?>("supervisorId") is { } named ? named : await context.OwnAgentAsync();
            await context.ActForAsync(supervisor);
            SupervisionMode? mode = hasMode ? context.ArgumentValue<SupervisionMode>("mode") : null;
            return await context.CallAfterAsync(id, await command(context.Service<Router>(), id, supervisor, context.User().UserName, mode));
        });
}
