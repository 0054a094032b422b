using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>sipvicious against the running center, each attack from an address of its own.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class AttackTests(SharedCenter shared)
{
    private const string Disguise = "Acme Phone 1.0";
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task Svmap_that_says_its_name_finds_nothing_and_is_blocked()
    {
        var found = await Sipvicious.RunAsync("svmap", "friendly-scanner", "127.0.0.11", shared.Server.Sip);

        found.ShouldContain("found nothing");
        (await BlockOfAsync("127.0.0.11")).Reason.ShouldBe("friendly-scanner");
    }

    // It takes what a user gets who cannot exist for what all get who do not exist, and gives up when that is a challenge.
    [Theory]
    [InlineData("REGISTER", "127.0.0.12")]
    [InlineData("INVITE", "127.0.0.13")]
    [InlineData("OPTIONS", "127.0.0.14")]
    public async Task Svwar_cannot_tell_the_extensions_that_exist(string method, string from)
    {
        var found = await Sipvicious.RunAsync("svwar", Disguise, from, shared.Server.Sip, "--force", "-m", method, "-e1995-2020", "--maximumtime=3");

        // All that it tries or nothing: what it prints must not set 2001 to 2010 apart.
        var listed = Enumerable.Range(1995, 26).Where(extension => found.Contains($"| {extension} ", StringComparison.Ordinal)).ToList();
        listed.Where(extension => extension is >= 2001 and <= 2010).Count().ShouldBeOneOf(0, 10);
        listed.Where(extension => extension is < 2001 or > 2010).Count().ShouldBeOneOf(0, 16);
        (listed.Count is 0 or 26).ShouldBeTrue(found);
    }

    [Fact]
    public async Task Svwar_is_blocked_when_it_comes_again_and_again()
    {
        const string From = "127.0.0.15";
        for (var i = 0; i < 30; i++)
        {
            await Sipvicious.RunAsync("svwar", Disguise, From, shared.Server.Sip, "--force", "-e2000-2011", "--maximumtime=1");
            if ((await BlocksAsync()).Any(b => b.Address == From))
            {
                break;
            }
        }

        (await BlockOfAsync(From)).Reason.ShouldBe("requests without credentials");
    }

    [Fact]
    public async Task Svcrack_does_not_get_as_far_as_the_password_and_the_block_can_be_lifted()
    {
        const string From = "127.0.0.16";
        var found = await Sipvicious.RunAsync("svcrack", Disguise, From, shared.Server.Sip, "-u2001", "-r100-400", "--maximumtime=3");

        found.ShouldNotContain("2001");
        var block = await BlockOfAsync(From);
        block.Reason.ShouldBe("wrong passwords");
        block.By.ShouldBeNull();
        (await _center.GraphQL.AskAsync($"mutation {{ unblockSource(address: \"{From}\") {{ errors {{ code }} }} }}")).GetProperty("unblockSource").GetProperty("errors").GetArrayLength().ShouldBe(0);
        await Eventually.BecomesAsync(BlocksAsync, blocks => blocks.All(b => b.Address != From), "the block is lifted");

        // And it is listened to again.
        (await Sipvicious.RunAsync("svmap", Disguise, From, shared.Server.Sip)).ShouldContain($":{shared.Server.Sip.Port}");
    }

    private async Task<Blocked> BlockOfAsync(string address) =>
        (await Eventually.BecomesAsync(BlocksAsync, blocks => blocks.Any(b => b.Address == address), $"{address} is blocked")).Single(b => b.Address == address);

    private Task<Blocked[]> BlocksAsync() => _center.GraphQL.AskAsync<Blocked[]>("blockedSources", "{ blockedSources { address reason by } }");

    private sealed record Blocked(string Address, string Reason, string? By);
}
