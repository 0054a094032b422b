using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>What is left of agents' shifts after a power cut.</summary>
public sealed class ShiftTests : IAsyncLifetime
{
    private readonly ServerProcess _server = new();

    [Fact]
    public async Task After_kill_9_pauses_and_desks_are_there_with_their_reasons_and_agents_whose_registration_lives_on_are_available()
    {
        using var center = await CenterClient.ConnectAsync(_server);
        await using var ear = new AudioProbe();
        await using var answering = Sipp.Take("agent-answer", calls: 10, ear.Port);
        await center.RegisterAsync(answering.Port, "2001", "2002", "2003");
        var agents = (await center.AgentsAsync()).ToDictionary(agent => agent.Extension, agent => agent.Id);
        await center.GraphQL.AskAsync($$"""
            mutation {
              lunch: setAgentStatus(agentId: "{{agents["2001"]}}", status: NOT_READY, reason: "lunch") { errors { code } }
              gone: setAgentStatus(agentId: "{{agents["2003"]}}", status: SIGNED_OUT, reason: "end of shift") { errors { code } }
              desk: forwardAgent(agentId: "{{agents["2001"]}}", kind: NO_ANSWER, to: "2002") { errors { code } }
            }
            """);
        await _server.KillWithPostgresAsync();
        await _server.StartAsync();

        using var again = await CenterClient.ConnectAsync(_server);
        await again.StatusBecomesAsync("NOT_READY", "2001");
        await again.StatusBecomesAsync("AVAILABLE", "2002");
        var ann = (await again.GraphQL.AskAsync($"{{ agent(id: \"{agents["2001"]}\") {{ reason desk {{ forwardNoAnswer }} }} }}")).GetProperty("agent");
        ann.GetProperty("reason").GetString().ShouldBe("lunch");
        ann.GetProperty("desk").GetProperty("forwardNoAnswer").GetString().ShouldBe($"agent {agents["2002"]}");
        (await again.AgentsAsync()).Single(agent => agent.Extension == "2003").Status.ShouldBe("SIGNED_OUT");
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();
}
