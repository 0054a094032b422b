using CallCenter.Domain.Agents;
using CallCenter.Domain.Queues;
using CallCenter.Telephony;
using CallCenter.Testing;

namespace CallCenter.Routing.Tests;

/// <summary>What is configured while calls run.</summary>
[Collection(PostgresCollection.Name)]
public sealed class ConfigurationTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task A_queue_that_another_process_changes_has_its_new_number_at_once_and_callers_keep_their_place()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var waiting = floor.Switch.Call("1000");
        await floor.TellsAsync(waiting, "CallReceived", "CallQueued");
        await floor.AppendAsync(floor.QueueId, Queue.StreamType, new QueueChanged(floor.QueueId, new QueueSettings("Support", "1009"), Now));
        await floor.Router.ConfigureAsync();

        var late = floor.Switch.Call("1000");
        await floor.TellsAsync(late, "CallReceived", "CallEnded");
        await floor.VerbAsync($"Reject {late.Value} 404");
        await floor.TellsAsync(floor.Switch.Call("1009"), "CallReceived", "CallQueued");

        floor.Switch.Notify(new PhoneRegistered("2001"));
        floor.Switch.Notify(new LegAnswered(await floor.OriginatedAsync(0)));
        await floor.TellsAsync(waiting, "CallReceived", "CallQueued", "CallOffered", "CallAnswered");
    }

    [Fact]
    public async Task An_agent_made_while_the_center_runs_takes_calls_when_its_phone_was_there_first()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres, agents: 1);
        floor.Switch.Notify(new PhoneRegistered("3001"));
        var create = new CreateAgent(Guid.CreateVersion7(), "Kaspar", "3001", [floor.QueueId], Now);
        (await floor.Router.CreateAgentAsync(create, "admin")).ShouldBeNull();

        var events = await floor.Store.FetchStreamAsync(create.AgentId);
        events.Select(e => e.Data.GetType().Name).ShouldBe(["AgentCreated", "AgentSignedIn"]);
        events[0].Metadata.UserName.ShouldBe("admin");
        var caller = floor.Switch.Call("1000");
        await floor.TellsAsync(caller, "CallReceived", "CallQueued", "CallOffered");
        floor.Switch.Verbs.ShouldContain(verb => verb.Contains(" 3001 from", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_command_changes_nothing_and_says_why()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var create = new CreateAgent(Guid.CreateVersion7(), "Kaspar", "2001", [], Now);
        (await floor.Router.CreateAgentAsync(create, "admin")).ShouldNotBeNull().Code.ShouldBe("EXTENSION_IN_USE");
        (await floor.Router.CreateAgentAsync(create with { Name = " ", Extension = "3001" }, "admin")).ShouldNotBeNull().Code.ShouldBe("AGENT_NAME_EMPTY");
        (await floor.Router.ChangeAgentAsync(create.AgentId, new ChangeAgent("K", null, [], Now), "admin")).ShouldNotBeNull().Code.ShouldBe("AGENT_NOT_FOUND");
        (await floor.Store.FetchStreamAsync(create.AgentId)).ShouldBeEmpty();
        (await floor.Router.CreateAgentAsync(create with { Extension = "3001" }, "admin")).ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_who_moves_to_another_extension_is_signed_out_until_that_phone_is_there()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        await floor.RegisterAsync(0);
        (await floor.Router.ChangeAgentAsync(floor.Agents[0], new ChangeAgent("Agent 0", "3001", [floor.QueueId], Now), "admin")).ShouldBeNull();
        await floor.AgentIsAsync(0, AgentStatus.SignedOut);
        floor.Switch.Notify(new PhoneRegistered("3001"));
        await floor.AgentIsAsync(0, AgentStatus.Available);
    }

    [Fact]
    public async Task A_center_that_stops_takes_no_more_commands()
    {
        await using var floor = await RoutingHarness.StartAsync(postgres);
        var router = floor.Router;
        await floor.StopAsync();
        (await router.CreateAgentAsync(new CreateAgent(Guid.CreateVersion7(), "Kaspar", null, [], Now), "admin")).ShouldNotBeNull().Code.ShouldBe("STOPPING");
    }
}
