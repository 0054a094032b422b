using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Where a colleague's call goes that the agent does not take, and what becomes of a long one, on real phones.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class ForwardTests(SharedCenter shared)
{
    private const int Anns = 750;
    private const int Bobs = 450;
    private const int Chens = 1_650;
    private const int Callers = 1_150;
    private const int WarningTone = 425;
    private readonly CenterClient _center = shared.Client;

    [Theory]
    [InlineData("ALWAYS", "Always", "2008")]
    [InlineData("BUSY", "Busy", "2009")]
    [InlineData("NO_ANSWER", "NoAnswer", "2010")]
    public async Task A_colleagues_call_goes_where_the_agent_forwards_it(string kind, string told, string caller)
    {
        await using var chen = await DeskPhone.AtAsync(_center, "2003", Chens);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        await DeskPhone.DoAsync(_center, "forwardAgent", $"agentId: \"{ann.AgentId}\", kind: {kind}, to: \"2003\"");

        // Whom nothing may disturb is busy for colleagues, and who has left is away.
        await (kind switch
        {
            "BUSY" => DeskPhone.DoAsync(_center, "setDoNotDisturb", $"agentId: \"{ann.AgentId}\", on: true"),
            "NO_ANSWER" => DeskPhone.DoAsync(_center, "setAgentStatus", $"agentId: \"{ann.AgentId}\", status: SIGNED_OUT"),
            _ => Task.CompletedTask,
        });
        await using var bob = new AudioProbe(G711.Pcmu, Bobs);
        await using var dialling = Dial(caller, "2001", bob);
        var call = await _center.CallBecomesAsync(caller, "CONNECTED");
        await Task.WhenAll(bob.HearsToneAsync(Chens), chen.Ear.HearsToneAsync(Bobs));
        ann.Ear.Heard.ShouldBeEmpty();
        call.Timeline.Single(e => e.Type == "call_forwarded").Data.GetProperty("Kind").GetString().ShouldBe(told);
        await CenterClient.TellToHangUpAsync(dialling, call);
        await dialling.ShouldSucceedAsync();
        await DeskPhone.DoAsync(_center, "forwardAgent", $"agentId: \"{ann.AgentId}\", kind: {kind}");
        await DeskPhone.DoAsync(_center, "setDoNotDisturb", $"agentId: \"{ann.AgentId}\", on: false");
    }

    [Fact]
    public async Task Whom_nothing_may_disturb_is_not_rung_by_code_on_and_off()
    {
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        await using var ear = new AudioProbe(G711.Pcmu, Bobs);
        await using var on = Dial("2001", "*55", ear);
        await on.ShouldSucceedAsync();
        await using var refused = Dial("2007", "2001", ear);
        await refused.ShouldSucceedAsync();
        (await _center.CallBecomesAsync("2007", "ENDED")).Story.ShouldBe(["call_received", "call_ended"]);
        ann.Ear.Heard.ShouldBeEmpty();
        await using var off = Dial("2001", "*55", ear);
        await off.ShouldSucceedAsync();
        await ann.BecomesAsync("desk { doNotDisturb }", """{"desk":{"doNotDisturb":false}}""");
    }

    [Fact]
    public async Task Who_found_a_colleague_busy_is_rung_when_that_one_is_free()
    {
        const string Caller = "49324101";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        var first = await _center.CallBecomesAsync(Caller, "CONNECTED");
        await using var bob = await DeskPhone.AtAsync(_center, "2006", Bobs);
        await using var ear = new AudioProbe();
        await using var wishing = Dial("2006", "*372001", ear);
        await wishing.ShouldSucceedAsync();
        await CenterClient.TellToHangUpAsync(calling, first);
        await calling.ShouldSucceedAsync();

        var call = await _center.CallBecomesAsync("2006", "CONNECTED");
        await Task.WhenAll(bob.Ear.HearsToneAsync(Anns), ann.Ear.HearsToneAsync(Bobs));
        await DeskPhone.DoAsync(_center, "endCall", $"id: \"{call.Id}\"");
        await _center.StatusBecomesAsync("AVAILABLE", "2001", "2006");
    }

    [Fact]
    public async Task A_call_that_has_reached_its_length_is_ended_and_both_sides_are_warned_before()
    {
        const string Caller = "49324201";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns, "agent-told");
        await DeskPhone.DoAsync(_center, "permitAgent", $"agentId: \"{ann.AgentId}\", dialClass: INTERNAL, maxCallSeconds: 60");
        await ann.AnswerAsync(await _center.CallBecomesAsync(Caller, "OFFERED"));
        await Task.WhenAll(caller.HearsToneAsync(Anns), ann.Ear.HearsToneAsync(Callers));
        var (callersBegun, annsBegun) = (caller.Heard.Length, ann.Ear.Heard.Length);
        await _center.CallsBecomeAsync([Caller], c => c.Story.Contains("call_length_warned"), "is warned");
        await Eventually.BecomesAsync(
            () => (Caller: Sound.LoudestShare(caller.Heard[callersBegun..], WarningTone), Agent: Sound.LoudestShare(ann.Ear.Heard[annsBegun..], WarningTone)),
            shares => shares.Caller > 0.9 && shares.Agent > 0.9, "both hear the warning");
        var ended = (await _center.CallsBecomeAsync([Caller], c => c.Outcome is not null, "is ended"))[0];
        (ended.Cause, ended.EndedBy).ShouldBe(("call-length", "System"));
        await calling.ShouldSucceedAsync();
        await DeskPhone.DoAsync(_center, "permitAgent", $"agentId: \"{ann.AgentId}\", dialClass: INTERNAL");
    }

    private Sipp Dial(string extension, string number, AudioProbe ear) => Sipp.Dial(shared.Server.Sip, extension, _center.PasswordOf(extension), number, ear.Port);
}
