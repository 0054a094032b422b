using CallCenter.Domain;
using CallCenter.Domain.Agents;

namespace CallCenter.Routing;

/// <summary>What people ask for, by whatever way: it is done on the loop like everything else, and in the trail under their name.</summary>
public sealed partial class Router
{
    private const string Routing = "routing";

    // Who asks for what the loop does now; steps are written in that name.
    private string _user = Routing;

    // The steps taken for who asks now; null while nobody does.
    private List<Step>? _asked;

    /// <summary>Does something on the loop for a person.</summary>
    /// <param name="user">The person's name, for the trail.</param>
    /// <param name="command">Belongs to the loop; answers with a refusal when it does nothing.</param>
    /// <returns>Why it was not done; null when it was, and is durable.</returns>
    private async Task<Refusal?> AskAsync(string user, Func<Refusal?> command)
    {
        var done = new TaskCompletionSource<(Refusal? Refusal, IReadOnlyList<Step> Steps)>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Post(() => done.SetResult(Serve(user, command))))
        {
            return Stopping;
        }

        var (refusal, steps) = await done.Task;
        foreach (var step in steps)
        {
            if (await step.Written is { } lost)
            {
                return new Refusal("CONFLICT", $"Somebody else changed it at the same time: {lost.Message}");
            }
        }

        return refusal;
    }

    private static Refusal Stopping => new("STOPPING", "The center is being stopped.");

    private (Refusal? Refusal, IReadOnlyList<Step> Steps) Serve(string user, Func<Refusal?> command)
    {
        if (_stopping)
        {
            return (Stopping, []);
        }

        (_user, _asked) = (user, []);
        try
        {
            var refusal = command();
            var steps = _asked;
            (_user, _asked) = (Routing, null);
            Dispatch();
            return (refusal, steps);
        }
        catch (StepRefusedException e)
        {
            return (e.Refusal, _asked ?? []);
        }
        finally
        {
            (_user, _asked) = (Routing, null);
        }
    }

    /// <summary>Makes an agent; the phone of that extension signs it in.</summary>
    /// <returns>Why not: <c>AGENT_EXISTS</c>, <c>AGENT_NAME_EMPTY</c>, <c>EXTENSION_IN_USE</c>.</returns>
    public Task<Refusal?> CreateAgentAsync(CreateAgent create, string user) => AskAsync(user, () =>
    {
        if (_agents.ContainsKey(create.AgentId))
        {
            return new Refusal("AGENT_EXISTS", "There is an agent of this id already.");
        }

        if (ExtensionFault(create.Extension, null) is { } fault)
        {
            return fault;
        }

        var agent = new LiveAgent(create.AgentId, Agent.Initial, 0);
        Take(StepOf(null).Agent(agent, create));
        _agents.Add(agent.Id, agent);
        SetExtension(agent);
        return null;
    });

    /// <summary>Gives an agent these settings. One whose extension changes is signed out at the old one when no call is at hand.</summary>
    /// <returns>Why not: <c>AGENT_NOT_FOUND</c>, <c>AGENT_NAME_EMPTY</c>, <c>EXTENSION_IN_USE</c>.</returns>
    public Task<Refusal?> ChangeAgentAsync(Guid agentId, ChangeAgent change, string user) => AskAsync(user, () =>
    {
        if (!_agents.TryGetValue(agentId, out var agent))
        {
            return new Refusal("AGENT_NOT_FOUND", "There is no such agent.");
        }

        if (ExtensionFault(change.Extension, agent) is { } fault)
        {
            return fault;
        }

        var old = agent.State.Extension;
        Take(StepOf(null).Agent(agent, change));
        (_isStaffReduced, _looksAtAll) = (true, true);
        if (!string.Equals(old, change.Extension, StringComparison.Ordinal))
        {
            SetExtension(agent);
        }

        return null;
    });

    private Refusal? ExtensionFault(string? extension, LiveAgent? of) =>
        extension is not null && _extensions.TryGetValue(extension, out var other) && other != of
            ? new Refusal("EXTENSION_IN_USE", $"Extension {extension} is {other.State.Name}'s.")
            : null;

    private void SetExtension(LiveAgent agent)
    {
        Reseat();
        if (!agent.PhoneRegistered)
        {
            SignOutIfGone(agent);
        }
        else if (agent.State.Status == AgentStatus.SignedOut)
        {
            Take(StepOf(null).Agent(agent, new SignInAgent(Now)));
        }
    }
}
