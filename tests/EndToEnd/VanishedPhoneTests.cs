using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>A phone that is gone without a word: no BYE, no more packets.</summary>
public sealed class VanishedPhoneTests : IAsyncLifetime
{
    private const int CallersTone = 1_150;
    private const int AgentsTone = 750;
    private readonly ServerProcess _server = new(("CALLCENTER_MEDIA_TIMEOUT", "5"));

    [Fact]
    public async Task A_phone_that_vanishes_in_a_talk_ends_the_call_with_its_reason_and_frees_the_agent()
    {
        const string Caller = "49309401";
        using var center = await CenterClient.ConnectAsync(_server);
        await QueueConfiguration.ChangeAsync(_server, center, CenterClient.Support, settings => settings with { WrapUpSeconds = 0 });
        await using var ann = await DeskPhone.AtAsync(center, "2001", AgentsTone);
        await using (var phone = new AudioProbe(G711.Pcmu, CallersTone))
        await using (Sipp.Call("caller", _server.Sip, CenterClient.Support, [Caller], phone.Port))
        {
            await center.CallBecomesAsync(Caller, "CONNECTED");
            await phone.HearsToneAsync(AgentsTone);
        }

        var call = await center.CallBecomesAsync(Caller, "ENDED");
        (call.Cause, call.EndedBy, call.Outcome).ShouldBe(("media-timeout", "System", "HANDLED"));
        await center.StatusBecomesAsync("AVAILABLE", "2001");
    }

    public Task InitializeAsync() => _server.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();
}
