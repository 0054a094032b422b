using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Domain.Flows;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Flows and dialled numbers as an administrator configures them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class FlowTests(PostgresFixture postgres)
{
    private const string Source = "flow: main\nsteps:\n  a: {do: say, say: Hello., next: b}\n  b: {do: queue, queue: Support}\n";
    private const string Save = "mutation ($source: String!) { saveFlow(source: $source) { flow { name activeVersion versions { version source activatedAt } } errors { code message } } }";
    private const string Activate = "mutation ($name: String!, $version: Int) { activateFlow(name: $name, version: $version) { flow { activeVersion } errors { code message } } }";
    private const string Configure = "mutation ($input: NumberInput!) { configureNumber(input: $input) { number { number to { kind target } language priority topic attributes } errors { code message } } }";

    [Fact]
    public async Task A_flow_is_saved_in_versions_activated_and_then_called()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        (await api.DataAsync(Save, new { source = Source })).ToString().ShouldContain("\"name\":\"main\",\"activeVersion\":null");
        await api.DataAsync(Save, new { source = Source.Replace("Hello", "Welcome") });
        (await api.DataAsync(Activate, new { name = "main", version = 1 })).ToString().ShouldBe("""{"activateFlow":{"flow":{"activeVersion":1},"errors":[]}}""");
        (await api.DataAsync(Activate, new { name = "main" })).ToString().ShouldBe("""{"activateFlow":{"flow":{"activeVersion":2},"errors":[]}}""");
        var flow = (await api.DataAsync("{ flows { name activeVersion versions { version source } } }")).GetProperty("flows").EnumerateArray().Single(f => f.GetProperty("name").GetString() == "main");
        flow.GetProperty("versions").EnumerateArray().Select(v => (v.GetProperty("version").GetInt32(), v.GetProperty("source").GetString())).ShouldBe([(2, Source.Replace("Hello", "Welcome")), (1, Source)]);

        var number = await api.DataAsync(Configure, new { input = new { number = "3000", to = new { kind = "FLOW", target = "main" }, language = "de", priority = 3, topic = "loans", attributes = new[] { new { name = "brand", value = "blue" } } } });
        number.GetProperty("configureNumber").GetProperty("number").ToString()
            .ShouldBe("""{"number":"3000","to":{"kind":"FLOW","target":"main"},"language":"de","priority":3,"topic":"loans","attributes":{"brand":"blue"}}""");
        (await api.DataAsync("{ numbers { number } }")).ToString().ShouldBe("""{"numbers":[{"number":"1002"},{"number":"3000"}]}""", "1002 is the sample center's");
        var events = (await api.DataAsync("{ events(where: { streamTypes: [\"flow\", \"dialled-number\"] }) { nodes { type user } } }")).GetProperty("events").GetProperty("nodes");
        events.EnumerateArray().Where(e => e.GetProperty("user").GetString() == "admin").Select(e => $"{e.GetProperty("type").GetString()} {e.GetProperty("user").GetString()}")
            .ShouldBe(["flow_saved admin", "flow_saved admin", "flow_activated admin", "flow_activated admin", "number_configured admin"]);

        (await api.DataAsync("mutation { removeNumber(number: \"3000\") { errors { code } } }")).ToString().ShouldBe("""{"removeNumber":{"errors":[]}}""");
        (await api.DataAsync("mutation { removeNumber(number: \"3000\") { errors { code } } }")).ToString().ShouldBe("""{"removeNumber":{"errors":[{"code":"NUMBER_NOT_FOUND"}]}}""");
        (await api.DataAsync("{ numbers { number } }")).ToString().ShouldBe("""{"numbers":[{"number":"1002"}]}""");
    }

    [Fact]
    public async Task What_a_numbers_calls_need_is_kept_and_must_be_there()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        Task<JsonElement> ConfigureAsync(object needs) => api.DataAsync(
            "mutation ($input: NumberInput!) { configureNumber(input: $input) { number { needs { skills { name minimum } agent { extension } agentPatienceSeconds } } errors { code message } } }",
            new { input = new { number = "3000", to = new { kind = "QUEUE", target = "Support" }, needs } });
        (await ConfigureAsync(new { skills = new[] { new { name = "german", minimum = 5 } } })).ToString().ShouldContain("""{"code":"SKILL_NOT_FOUND","message":"No agent has skill german."}""");
        (await ConfigureAsync(new { agent = Guid.NewGuid() })).ToString().ShouldContain("AGENT_NOT_FOUND");
        var agent = (await api.DataAsync("{ agents { nodes { id extension } } }")).GetProperty("agents").GetProperty("nodes").EnumerateArray().Single(a => a.GetProperty("extension").GetString() == "2003").GetProperty("id").GetString();
        (await ConfigureAsync(new { agent })).ToString().ShouldBe("""{"configureNumber":{"number":{"needs":{"skills":[],"agent":{"extension":"2003"},"agentPatienceSeconds":30}},"errors":[]}}""");
    }

    [Fact]
    public async Task Each_fault_is_told_with_its_place()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        (await api.DataAsync(Save, new { source = "flow: main\nsteps:\n  a: {do: say, say: Hello., next: c}\n  b: {do: hangUp, next: a}" })).ToString().ShouldContain("4:19: Step b (hangUp) has no field");
        var faults = (await api.DataAsync(Save, new { source = "flow: main\nsteps:\n  a: {do: say, say: Hello., next: c}\n  b: {do: say, say: x, next: d}" })).GetProperty("saveFlow");
        faults.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("message").GetString()).ShouldBe(["3:35: There is no step c.", "4:30: There is no step d."]);
        faults.GetProperty("flow").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        await api.DataAsync(Save, new { source = Source.Replace("Support", "Nowhere") });
        (await api.DataAsync(Activate, new { name = "main" })).ToString().ShouldContain("4:6: Step b: there is no queue Nowhere.");
        (await api.DataAsync(Activate, new { name = "other" })).ToString().ShouldContain("FLOW_NOT_FOUND");
        (await api.DataAsync(Configure, new { input = new { number = "3000", to = new { kind = "FLOW", target = "main" } } })).ToString().ShouldContain("DESTINATION_NOT_FOUND");
        (await api.DataAsync(Configure, new { input = new { number = "30 00", to = new { kind = "QUEUE", target = "Support" } } })).ToString().ShouldContain("\"NUMBER\"");
    }

    [Fact]
    public async Task The_schema_of_flows_is_served()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        (await api.Http.GetStringAsync(new Uri("/schemas/flow.json", UriKind.Relative))).ShouldBe(FlowSchema.Text);
    }

    [Fact]
    public async Task Only_administrators_change_flows_and_agents_see_none()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Supervisor);
        await api.DataAsync("{ flows { name } numbers { number } }");
        (await api.ErrorAsync(Save, new { source = Source })).Code.ShouldBe("FORBIDDEN");
        (await api.ErrorAsync(Configure, new { input = new { number = "1", to = new { kind = "HANG_UP" } } })).Code.ShouldBe("FORBIDDEN");
        await api.SignInAsync(Role.Agent);
        (await api.ErrorAsync("{ flows { name } }")).Code.ShouldBe("FORBIDDEN");
    }
}
