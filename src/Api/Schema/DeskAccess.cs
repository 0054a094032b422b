using CallCenter.Api.Accounts;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;

namespace CallCenter.Api.Schema;

/// <summary>Whose hands may be where: an agent's on its own calls, a supervisor's on those of its teams, an administrator's everywhere.</summary>
internal static class DeskAccess
{
    /// <summary>Whoever has hands at all.</summary>
    public static readonly string[] Desks = [Access.Name(Role.Agent), Access.Name(Role.Supervisor), Access.Name(Role.Administrator)];

    /// <exception cref="GraphQLException">The user may not act for that agent (FORBIDDEN), or there is none (NOT_FOUND).</exception>
    public static async Task ActForAsync(this IResolverContext context, Guid agentId, bool asSupervisor = false)
    {
        var user = context.User();
        if (user.Roles.Contains(Role.Administrator))
        {
            return;
        }

        var agents = context.Service<AgentQueries>();
        var own = await context.Service<UserStore>().AgentOfAsync(user.Id, context.RequestAborted);
        if (own == agentId && !asSupervisor)
        {
            return;
        }

        var target = await agents.StateAsync(agentId, context.RequestAborted) ?? throw new GraphQLException("There is no such agent.", ErrorCodes.NotFound);
        var supervises = own is { } id && user.Roles.Contains(Role.Supervisor) && await agents.StateAsync(id, context.RequestAborted) is { } self
            && target.Attributes.Team is { } team && self.Desk.Supervises.Contains(team, StringComparer.Ordinal);
        if (!supervises)
        {
            throw new GraphQLException($"{user.UserName} may not act for agent {target.Name}, who is neither {user.UserName} nor of a team that {user.UserName} supervises.", ErrorCodes.Forbidden);
        }
    }

    /// <exception cref="GraphQLException">The user may not act in that call (FORBIDDEN), or there is none (NOT_FOUND).</exception>
    public static async Task ActInAsync(this IResolverContext context, Guid callId, bool asSupervisor = false)
    {
        if (context.User().Roles.Contains(Role.Administrator))
        {
            return;
        }

        var calls = await context.Service<CallQueries>().GetAsync([callId], context.RequestAborted);
        var call = calls.GetValueOrDefault(callId) ?? throw new GraphQLException("There is no such call.", ErrorCodes.NotFound);
        var agent = call.AgentId ?? throw new GraphQLException("No agent is in the call.", ErrorCodes.Forbidden);
        await context.ActForAsync(agent, asSupervisor);
    }

    /// <summary>The agent that the user is, for commands that ring the user's own phone.</summary>
    /// <exception cref="GraphQLException">The user is no agent (BAD_USER_INPUT).</exception>
    public static async Task<Guid> OwnAgentAsync(this IResolverContext context) =>
        await context.Service<UserStore>().AgentOfAsync(context.User().Id, context.RequestAborted)
        ?? throw new GraphQLException($"{context.User().UserName} is no agent: say which agent's phone is to ring.", ErrorCodes.BadUserInput);

    /// <summary>The call as it is after a command, or why it was not carried out.</summary>
    public static async Task<CallPayload> CallAfterAsync(this IResolverContext context, Guid callId, Refusal? refusal)
    {
        await context.Service<Center>().ShowAsync(context.RequestAborted);
        return new CallPayload((await context.Service<CallQueries>().GetAsync([callId], context.RequestAborted)).GetValueOrDefault(callId), ErrorsOf(refusal));
    }

    /// <summary>The agent as it is after a command, or why it was not carried out.</summary>
    public static async Task<AgentPayload> AgentAfterAsync(this IResolverContext context, Guid agentId, Refusal? refusal)
    {
        await context.Service<Center>().ShowAsync(context.RequestAborted);
        return new AgentPayload((await context.Service<AgentQueries>().GetAsync([agentId], context.RequestAborted)).GetValueOrDefault(agentId), ErrorsOf(refusal));
    }

    public static IReadOnlyList<UserError> ErrorsOf(Refusal? refusal) => refusal is null ? [] : [new UserError(refusal.Code, refusal.Message)];
}

internal sealed record CallPayload(CallView? Call, IReadOnlyList<UserError> Errors);

internal sealed record AgentPayload(AgentView? Agent, IReadOnlyList<UserError> Errors);
