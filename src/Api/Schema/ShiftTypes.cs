using CallCenter.Api.Accounts;
using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Dialling;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;
using CallCenter.Routing;

namespace CallCenter.Api.Schema;

/// <summary>An agent's shift and desk.</summary>
internal static class ShiftTypes
{
    private static readonly string[] Administrators = [Access.Name(Role.Administrator)];

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<DialClass>();
        schema.AddEnumType<ForwardKind>();
        schema.AddObjectType<AgentPayload>(type =>
        {
            type.Field("agent: Agent", p => p.Agent);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddObjectType<AgentPause>("AgentPause", type =>
        {
            type.Field("status: AgentStatus!", p => p.Status);
            type.Field("reason: String", p => p.Reason);
        });
        schema.AddObjectType<KeyValuePair<string, string>>("SpeedDial", type =>
        {
            type.Field("key: String!", p => p.Key);
            type.Field("number: String!", p => p.Value);
        });
        schema.AddObjectType<Desk>("Desk", type =>
        {
            type.Description("What an agent's phone does by itself, and what it may.");
            type.Field("doNotDisturb: Boolean!", d => d.DoNotDisturb).Description("Nothing rings.");
            type.Field("callWaiting: Boolean!", d => d.CallWaiting).Description("While the agent talks, a colleague's call is signalled by a tone and at the phone's second line.");
            type.Field("dialClass: DialClass!", d => d.DialClass).Description("The dearest numbers that may be dialled.");
            type.Field("forwardAlways: String", d => Text(d.ForwardAlways));
            type.Field("forwardBusy: String", d => Text(d.ForwardBusy));
            type.Field("forwardNoAnswer: String", d => Text(d.ForwardNoAnswer));
            type.Field("speedDials: [SpeedDial!]!", d => d.SpeedDials.OrderBy(dial => dial.Key, StringComparer.Ordinal).ToArray());
            type.Field("supervises: [String!]!", d => d.Supervises).Description("Teams.");
            type.Field("maxCallSeconds: Int", d => d.MaxCallSeconds).Description("Longest call; a tone warns before its end.");
        });
        schema.AddObjectTypeExtension<AgentView>("Agent", type =>
        {
            type.Field("pending: AgentPause").Description("What the agent becomes when the call at hand is over; null for available.").Resolve(async (agent, context) => (await context.StateAsync(agent.Id))?.Pending);
            type.Field("desk: Desk").Resolve(async (agent, context) => (await context.StateAsync(agent.Id))?.Desk);
            type.Field("callsTaken: Int!").Description("Since signing in.").Resolve(async (agent, context) => (await context.StateAsync(agent.Id))?.CallsTaken ?? 0);
        });
        schema.AddObjectTypeExtension<User>("User", type => type.Field("agent: Agent").Resolve(async (user, context) =>
            await context.AgentAsync(await context.Service<UserStore>().AgentOfAsync(user.Id, context.RequestAborted))));
        schema.AddMutationType(mutation =>
        {
            Command(mutation, "setAgentStatus(agentId: ID!, status: AgentStatus!, reason: String): AgentPayload!",
                "AVAILABLE (which ends a wrap-up), NOT_READY or SIGNED_OUT; with a call at hand the last two take effect when it is over.",
                (router, id, user, context) => router.SetStatusAsync(id, context.ArgumentValue<AgentStatus>("status"), context.ArgumentValue<string?>("reason"), user));
            Command(mutation, "signOutAgent(agentId: ID!, reason: String): AgentPayload!", "Signs an agent out at once, whatever it does; its call is ended.",
                (router, id, user, context) => router.SignOutAsync(id, context.ArgumentValue<string?>("reason"), user));
            Command(mutation, "extendWrapUp(agentId: ID!, seconds: Int!): AgentPayload!", "Makes the wrap-up at hand longer, by an hour in all at most.",
                (router, id, user, context) => router.ExtendWrapUpAsync(id, context.ArgumentValue<int>("seconds"), user));
            Command(mutation, "setDoNotDisturb(agentId: ID!, on: Boolean!): AgentPayload!", "As long as it is on, nothing rings at the agent.",
                (router, id, user, context) => router.ChangeDeskAsync(id, desk => desk with { DoNotDisturb = context.ArgumentValue<bool>("on") }, user));
            Command(mutation, "setCallWaiting(agentId: ID!, on: Boolean!): AgentPayload!", "While it is on, a colleague's call is signalled to the agent who talks, by a tone and at the phone's second line; else the agent is busy.",
                (router, id, user, context) => router.ChangeDeskAsync(id, desk => desk with { CallWaiting = context.ArgumentValue<bool>("on") }, user));
            Command(mutation, "forwardAgent(agentId: ID!, kind: ForwardKind!, to: String): AgentPayload!", "Where colleagues' calls go that the agent does not take; without `to` nowhere any more.",
                (router, id, user, context) => router.ForwardAsync(id, context.ArgumentValue<ForwardKind>("kind"), context.ArgumentValue<string?>("to"), user));
            Command(mutation, "setSpeedDial(agentId: ID!, key: String!, number: String): AgentPayload!", "What *57 and the key dials; without a number nothing any more.",
                (router, id, user, context) => router.ChangeDeskAsync(id, desk => WithSpeedDial(desk, context.ArgumentValue<string>("key"), context.ArgumentValue<string?>("number")), user));
            Command(mutation, "permitAgent(agentId: ID!, dialClass: DialClass!, maxCallSeconds: Int): AgentPayload!", "Which numbers the agent may dial, and how long its calls may last.",
                (router, id, user, context) => router.ChangeDeskAsync(id, desk => desk with { DialClass = context.ArgumentValue<DialClass>("dialClass"), MaxCallSeconds = context.ArgumentValue<int?>("maxCallSeconds") }, user),
                asSupervisor: true);
            Command(mutation, "setSupervisedTeams(agentId: ID!, teams: [String!]!): AgentPayload!", "The teams whose agents this one supervises.",
                (router, id, user, context) => router.ChangeDeskAsync(id, desk => desk with { Supervises = [.. context.ArgumentValue<IReadOnlyList<string>>("teams")] }, user),
                roles: Administrators);
            Command(mutation, "setAgentLogin(agentId: ID!, number: String, pin: String): AgentPayload!", "The number and PIN (4 to 12 digits) by which the agent signs in at any phone (*53); without them at none but its own.",
                SetLoginAsync);
            mutation.Field("setUser(userName: String!, displayName: String!, password: String!, roles: [Role!]!, agentId: ID): UserPayload!").Description("Makes a user who signs in with this password, and says which agent that is; an existing one keeps its roles.")
                .Authorize(Administrators).Resolve(SetUserAsync);
        });
        schema.AddObjectType<UserPayload>(type =>
        {
            type.Field("user: User", p => p.User);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
    }

    private static string? Text(Destination? destination) => destination is null ? null : $"{destination}";

    private static Desk WithSpeedDial(Desk desk, string key, string? number)
    {
        var dials = desk.SpeedDials.Where(dial => !string.Equals(dial.Key, key, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);
        if (number is not null)
        {
            dials.Add(key, number);
        }

        return desk with { SpeedDials = dials };
    }

    private static async Task<Refusal?> SetLoginAsync(Router router, Guid agent, string user, IResolverContext context)
    {
        var (number, pin) = (context.ArgumentValue<string?>("number"), context.ArgumentValue<string?>("pin"));
        if ((number is null) != (pin is null) || pin is { } given && (given.Length is < 4 or > 12 || !given.All(char.IsAsciiDigit)))
        {
            return new Refusal("PIN", "Number and PIN go together, and a PIN is 4 to 12 digits.");
        }

        var logins = context.Service<AgentLogins>();
        if (number is null)
        {
            await logins.ForgetAsync(agent, context.RequestAborted);
        }

        return await router.ChangeLoginAsync(agent, number, user) is { } refusal ? refusal
            : number is not null && !await logins.SetAsync(agent, number, pin!, context.RequestAborted) ? new Refusal("AGENT_NUMBER", $"{number} is another agent's number.")
            : null;
    }

    private static async Task<object?> SetUserAsync(IResolverContext context)
    {
        var (name, agent) = (context.ArgumentValue<string>("userName"), context.ArgumentValue<Guid?>("agentId"));
        var password = context.ArgumentValue<string>("password");
        if (string.IsNullOrWhiteSpace(name) || password.Length < 8)
        {
            return new UserPayload(null, [new UserError("USER", "A user has a name, and a password of 8 characters or more.")]);
        }

        if (agent is { } id && await context.Service<AgentQueries>().StateAsync(id, context.RequestAborted) is null)
        {
            return new UserPayload(null, [new UserError("AGENT_NOT_FOUND", "There is no such agent.")]);
        }

        var users = context.Service<UserStore>();
        await users.SetPasswordAsync(name, context.ArgumentValue<string>("displayName"), password, [.. context.ArgumentValue<IReadOnlyList<Role>>("roles")], context.RequestAborted);
        await users.SetAgentAsync(name, agent, context.RequestAborted);
        return new UserPayload(await users.VerifyAsync(name, password, context.RequestAborted), []);
    }

    private static void Command(
        ComplexTypeDescriptor<object> mutation, string field, string description, Func<Router, Guid, string, IResolverContext, Task<Refusal?>> command, bool asSupervisor = false, string[]? roles = null) =>
        mutation.Field(field).Description(description).Authorize(roles ?? DeskAccess.Desks).Resolve(async context =>
        {
            var id = context.ArgumentValue<Guid>("agentId");
            await context.ActForAsync(id, asSupervisor);
            return await context.AgentAfterAsync(id, await command(context.Service<Router>(), id, context.User().UserName, context));
        });

    private static Task<Agent?> StateAsync(this IResolverContext context, Guid agent) => context.Service<AgentQueries>().StateAsync(agent, context.RequestAborted);
}

internal sealed record UserPayload(User? User, IReadOnlyList<UserError> Errors);
