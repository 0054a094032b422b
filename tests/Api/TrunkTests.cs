using System.Text.Json;

using CallCenter.Api.Accounts;
using CallCenter.Api.Trunks;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

/// <summary>Trunks as an administrator configures them.</summary>
[Collection(PostgresCollection.Name)]
public sealed class TrunkTests(PostgresFixture postgres)
{
    private const string Configure = "mutation ($id: ID, $input: TrunkInput!) { configureTrunk(id: $id, input: $input) { trunk { id name networks maxCalls gateways { host port transport isUp } } errors { code message } } }";

    private static readonly object Provider = new
    {
        name = "provider", networks = new[] { "192.0.2.0/28" }, gateways = new[] { new { host = "192.0.2.1", port = 5061, transport = "TLS" } }, accountUser = "acct", password = "s3cret",
        registrar = new { domain = "provider.example", user = "4930" }, maxCalls = 30,
    };

    [Fact]
    public async Task The_first_start_makes_this_machine_a_trunk_and_one_that_was_removed_stays_away()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var local = (await api.DataAsync("{ trunks { id name networks } }")).GetProperty("trunks").EnumerateArray().ShouldHaveSingleItem();
        (local.GetProperty("name").GetString(), local.GetProperty("networks").ToString()).ShouldBe(("local", """["127.0.0.1/32"]"""));
        await api.DataAsync("mutation ($id: ID!) { removeTrunk(id: $id) { errors { code } } }", new { id = local.GetProperty("id").GetString() });

        api.Applied.ShouldNotBeNull().ShouldBeEmpty();
        await Hosting.FirstRun.PrepareAsync(api.Center, api.Knobs, default);
        await api.Center.CatchUpAsync(default);
        (await api.DataAsync("{ trunks { name } }")).ToString().ShouldBe("""{"trunks":[]}""");
    }

    [Fact]
    public async Task A_trunk_is_taken_up_at_once_told_without_its_password_and_on_record_with_who_did_it()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var made = (await api.DataAsync(Configure, new { input = Provider })).GetProperty("configureTrunk");
        made.GetProperty("errors").GetArrayLength().ShouldBe(0, made.ToString());
        var id = made.GetProperty("trunk").GetProperty("id").GetString();

        var applied = api.Applied.ShouldNotBeNull().Single(trunk => trunk.Name == "provider");
        (applied.Account!.UserName, applied.Account.Password, applied.MaxCalls, applied.Gateways[0].Transport, applied.Registration!.Expires).ShouldBe(("acct", "s3cret", 30, "TLS", TimeSpan.FromMinutes(10)));
        (await api.DataAsync(Configure, new { id, input = new { name = "renamed", networks = new[] { "192.0.2.0/28" }, accountUser = "acct" } }))
            .GetProperty("configureTrunk").GetProperty("trunk").GetProperty("name").GetString().ShouldBe("renamed");
        api.Applied!.Single(trunk => trunk.Name == "renamed").Account!.Password.ShouldBe("s3cret", "a password that is not given stays");

        var events = (await api.DataAsync("query ($id: ID) { events(where: { stream: $id }) { nodes { type user data } } }", new { id })).GetProperty("events").GetProperty("nodes");
        events.EnumerateArray().Select(e => (e.GetProperty("type").GetString(), e.GetProperty("user").GetString())).ShouldBe([("trunk_configured", "admin"), ("trunk_configured", "admin")]);
        events.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task What_was_configured_is_there_after_a_restart()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        await api.DataAsync(Configure, new { input = Provider });

        (await TrunkConfiguration.ReadAsync(api.Center, default)).ShouldBe(api.Applied);
    }

    [Theory]
    [InlineData("""{ "name": "local" , "networks": ["192.0.2.0/28"] }""", null, "TRUNK_EXISTS")]
    [InlineData("""{ "name": "provider", "networks": ["192.0.2.0/99"] }""", null, "TRUNK_SETTINGS")]
    [InlineData("""{ "name": "provider", "networks": ["192.0.2.0/28"] }""", "0194f000-0000-7000-8000-000000000009", "TRUNK_NOT_FOUND")]
    public async Task A_refusal_is_data(string input, string? id, string code)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();
        var answer = (await api.DataAsync(Configure, new { id, input = JsonElement.Parse(input) })).GetProperty("configureTrunk");

        answer.GetProperty("trunk").ValueKind.ShouldBe(JsonValueKind.Null);
        answer.GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe(code);
        api.Applied.ShouldBeNull();
    }

    [Fact]
    public async Task Only_administrators_configure_and_agents_see_nothing()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Supervisor);
        (await api.ErrorAsync(Configure, new { input = Provider })).Code.ShouldBe("FORBIDDEN");
        await api.DataAsync("{ trunks { name isUp isRegistered calls } }");
        await api.SignInAsync(Role.Agent);
        (await api.ErrorAsync("{ trunks { name } }")).Code.ShouldBe("FORBIDDEN");
    }
}
