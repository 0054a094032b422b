using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Calls over a trunk to a provider that is a SIPp: dialled from an agent's phone and by command, and where callers are handed to.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class DialOutTests(SharedCenter shared) : IAsyncLifetime
{
    private const int Callers = 1_150;
    private const int Anns = 750;
    private const int Providers = 2_350;
    private readonly CenterClient _center = shared.Client;
    private readonly AudioProbe _ear = new(G711.Pcmu, Providers);
    private Sipp? _provider;
    private string _trunk = "";

    [Fact]
    public async Task An_agent_dials_a_number_that_it_may_dial_and_no_other()
    {
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        await using var ear = new AudioProbe(G711.Pcmu, Anns);
        await using var refused = Sipp.Dial(shared.Server.Sip, "2001", _center.PasswordOf("2001"), "0030555", ear.Port);
        await refused.ShouldSucceedAsync();
        await PermitAsync(ann, "NATIONAL");
        await using var dialling = Sipp.Dial(shared.Server.Sip, "2001", _center.PasswordOf("2001"), "0030555", ear.Port);
        var call = await CallToAsync("0030555", "CONNECTED");
        (call.GetProperty("direction").GetString(), call.GetProperty("agent").GetProperty("extension").GetString()).ShouldBe(("OUTBOUND", "2001"));
        await Task.WhenAll(ear.HearsToneAsync(Providers), _ear.HearsToneAsync(Anns));
        await _center.StatusBecomesAsync("BUSY", "2001");
        await _center.GraphQL.AskAsync($"mutation {{ endCall(id: \"{call.GetProperty("id").GetString()}\") {{ errors {{ code }} }} }}");
        await dialling.ShouldSucceedAsync();
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        (await CallToAsync("0030555", "ENDED")).GetProperty("outcome").GetString().ShouldBe("HANDLED");
    }

    [Fact]
    public async Task By_command_the_agents_phone_rings_first_and_a_caller_is_handed_to_a_number_outside()
    {
        const string Caller = "49308001";
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        await PermitAsync(ann, "LOCAL");
        var dialled = (await _center.GraphQL.AskAsync($"mutation {{ dialOut(agentId: \"{ann.AgentId}\", to: \"0 444\") {{ call {{ id }} errors {{ code message }} }} }}")).GetProperty("dialOut");
        dialled.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{dialled}");
        var own = await CallToAsync("0444", "CONNECTED");
        await Task.WhenAll(ann.Ear.HearsToneAsync(Providers), _ear.HearsToneAsync(Anns));
        await _center.GraphQL.AskAsync($"mutation {{ endCall(id: \"{own.GetProperty("id").GetString()}\") {{ errors {{ code }} }} }}");
        await _center.StatusBecomesAsync("AVAILABLE", "2001");

        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await _center.GraphQL.AskAsync($"mutation {{ setAgentStatus(agentId: \"{ann.AgentId}\", status: NOT_READY) {{ errors {{ code }} }} }}");
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await _center.GraphQL.AskAsync($"mutation {{ setAgentStatus(agentId: \"{ann.AgentId}\", status: AVAILABLE) {{ errors {{ code }} }} }}");
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        var handed = (await _center.GraphQL.AskAsync($"mutation {{ transferCall(id: \"{call.Id}\", to: \"0333\") {{ errors {{ code message }} }} }}")).GetProperty("transferCall");
        handed.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{handed}");
        await Task.WhenAll(caller.HearsToneAsync(Providers), _ear.HearsToneAsync(Callers));
        await _center.StatusBecomesAsync("WRAP_UP", "2001");
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        var ended = await _center.CallBecomesAsync(Caller, "ENDED");
        ended.Story.ShouldBe(["call_received", "call_queued", "call_offered", "call_answered", "call_transferred", "call_ended"]);
        ended.Timeline.Single(e => e.Type == "call_transferred").Data.GetProperty("ToNumber").GetString().ShouldBe("0333");
    }

    public async Task InitializeAsync()
    {
        _provider = Sipp.Take("agent-answer", calls: 10, _ear.Port);
        await _provider.ListensAsync();
        var made = (await _center.GraphQL.AskAsync(
            "mutation ($input: TrunkInput!) { configureTrunk(input: $input) { trunk { id } errors { code message } } }",
            new { input = new { name = "provider", gateways = new[] { new { host = "127.0.0.1", port = _provider.Port } }, probeSeconds = (int?)null } })).GetProperty("configureTrunk");
        _trunk = made.GetProperty("trunk").GetProperty("id").GetString()!;
        await PlanAsync("[{ prefix: \"0\", dialClass: LOCAL, trunk: \"provider\", strip: 1 }, { prefix: \"00\", dialClass: NATIONAL, trunk: \"provider\", strip: 1 }]");
    }

    public async Task DisposeAsync()
    {
        await PlanAsync("[]");
        await _center.GraphQL.AskAsync($"mutation {{ removeTrunk(id: \"{_trunk}\") {{ errors {{ code }} }} }}");
        await _provider!.DisposeAsync();
        await _ear.DisposeAsync();
    }

    private async Task PlanAsync(string rules)
    {
        var changed = (await _center.GraphQL.AskAsync($"mutation {{ changeDialPlan(rules: {rules}) {{ errors {{ code message }} }} }}")).GetProperty("changeDialPlan");
        changed.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{changed}");
    }

    private async Task PermitAsync(DeskPhone phone, string dialClass)
    {
        var permitted = (await _center.GraphQL.AskAsync($"mutation {{ permitAgent(agentId: \"{phone.AgentId}\", dialClass: {dialClass}) {{ agent {{ desk {{ dialClass }} }} errors {{ code message }} }} }}")).GetProperty("permitAgent");
        permitted.GetProperty("agent").GetProperty("desk").GetProperty("dialClass").GetString().ShouldBe(dialClass, $"{permitted}");
    }

    private async Task<System.Text.Json.JsonElement> CallToAsync(string number, string state) => await Eventually.BecomesAsync(
        async () => (await _center.GraphQL.AskAsync("{ calls(first: 1000) { nodes { id state direction to outcome agent { extension } } } }"))
            .GetProperty("calls").GetProperty("nodes").EnumerateArray().FirstOrDefault(call => call.GetProperty("to").GetString() == number && call.GetProperty("state").GetString() == state),
        call => call.ValueKind == System.Text.Json.JsonValueKind.Object, $"a call to {number} is {state}");
}
