using CallCenter.Api.Accounts;
using CallCenter.Domain.Security;
using CallCenter.Testing;

namespace CallCenter.Api.Tests;

[Collection(PostgresCollection.Name)]
public sealed class SecurityTests(PostgresFixture postgres)
{
    private const string Block = "mutation($a: String!, $m: Int! = 60) { blockSource(address: $a, reason: \"nuisance\", minutes: $m) { address until errors { code message } } }";
    private const string Unblock = "mutation($a: String!) { unblockSource(address: $a) { address until errors { code } } }";

    [Fact]
    public async Task A_block_is_seen_and_lifted_and_both_are_in_the_trail()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync(Role.Supervisor);

        var blocked = (await api.DataAsync(Block, new { a = "2001:db8::5" })).GetProperty("blockSource");
        blocked.GetProperty("address").GetString().ShouldBe("2001:db8::/64");
        await api.Center.CatchUpAsync(default);
        var seen = (await api.DataAsync("{ blockedSources { address reason by until } }")).GetProperty("blockedSources").EnumerateArray().ShouldHaveSingleItem();
        seen.GetProperty("reason").GetString().ShouldBe("nuisance");
        seen.GetProperty("by").GetString().ShouldBe("Supervisor");
        seen.GetProperty("until").GetDateTimeOffset().ShouldBe(blocked.GetProperty("until").GetDateTimeOffset());

        (await api.DataAsync(Unblock, new { a = "2001:db8::/64" })).GetProperty("unblockSource").GetProperty("errors").GetArrayLength().ShouldBe(0);
        await api.Center.CatchUpAsync(default);
        (await api.DataAsync("{ blockedSources { address } }")).GetProperty("blockedSources").GetArrayLength().ShouldBe(0);

        api.Gate.Told.ShouldBe(["block 2001:db8::/64", "unblock 2001:db8::/64"]);
        var events = await api.Center.Store.FetchStreamAsync(Source.IdOf("2001:db8::/64"));
        events.Select(e => (e.Data.GetType(), e.Metadata.UserName)).ShouldBe([(typeof(SourceBlocked), "Supervisor"), (typeof(SourceUnblocked), "Supervisor")]);
    }

    [Theory]
    [InlineData("127.0.0.1", 60, "SOURCE_TRUSTED")]
    [InlineData("here", 60, "ADDRESS")]
    [InlineData("198.51.100.7", 0, "BLOCK_LENGTH")]
    [InlineData("198.51.100.7", 50_000, "BLOCK_LENGTH")]
    public async Task What_cannot_be_blocked_is_refused_by_name(string address, int minutes, string code)
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        await api.SignInAsync();

        var payload = (await api.DataAsync(Block, new { a = address, m = minutes })).GetProperty("blockSource");

        payload.GetProperty("errors").EnumerateArray().ShouldHaveSingleItem().GetProperty("code").GetString().ShouldBe(code);
        api.Gate.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_supervisors_and_administrators_see_and_change_blocks()
    {
        await using var api = await ApiHarness.StartAsync(postgres);
        foreach (var role in (Role[])[Role.Agent, Role.Analyst, Role.Auditor])
        {
            await api.SignInAsync(role);
            (await api.ErrorAsync("{ blockedSources { address } }")).Code.ShouldBe("FORBIDDEN");
            (await api.ErrorAsync(Block, new { a = "198.51.100.7" })).Code.ShouldBe("FORBIDDEN");
            (await api.ErrorAsync(Unblock, new { a = "198.51.100.7" })).Code.ShouldBe("FORBIDDEN");
        }

        await api.SignInAsync(Role.Supervisor);
        (await api.DataAsync(Unblock, new { a = "198.51.100.7" })).GetProperty("unblockSource").GetProperty("errors")[0].GetProperty("code").GetString().ShouldBe("SOURCE_NOT_BLOCKED");
    }
}
