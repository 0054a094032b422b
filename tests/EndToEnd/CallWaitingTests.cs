using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Real phones that are told to answer, are called while they talk, and send calls elsewhere.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class CallWaitingTests(SharedCenter shared)
{
    private const int Callers = 1_150;
    private const int Anns = 750;
    private const int Bobs = 1_650;
    private const int WaitingTone = 440;
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task An_agent_who_talks_hears_a_tone_takes_the_second_call_from_the_screen_and_comes_back_to_the_first()
    {
        const string Caller = "49321001";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns, "agent-told");
        await DeskPhone.DoAsync(_center, "setCallWaiting", $"agentId: \"{ann.AgentId}\", on: true");
        var call = await _center.CallBecomesAsync(Caller, "OFFERED");
        await ann.AnswerAsync(call);
        await Task.WhenAll(caller.HearsToneAsync(Anns), ann.Ear.HearsToneAsync(Callers));

        await using var bob = await DeskPhone.AtAsync(_center, "2002", 450);
        await using var bobsEar = new AudioProbe(G711.Pcmu, Bobs);
        await using var dialling = Sipp.Dial(shared.Server.Sip, "2002", _center.PasswordOf("2002"), "2001", bobsEar.Port);
        var second = await _center.CallBecomesAsync("2002", "OFFERED");
        await Eventually.BecomesAsync(() => Sound.LoudestShare(ann.Ear.Heard, WaitingTone), share => share > 0.9, "the agent hears the tone of a waiting call");
        await ann.Ear.HearsToneAsync(Callers);
        Sound.LoudestShare(caller.Heard, WaitingTone).ShouldBeLessThan(0.5, "the caller does not hear it");

        await ann.AnswerAsync(second);
        await Task.WhenAll(bobsEar.HearsToneAsync(Anns), ann.Ear.HearsToneAsync(Bobs));
        await DeskPhone.HearsAsync(caller, [], Anns, Bobs);
        await CenterClient.TellToHangUpAsync(dialling, second);
        await dialling.ShouldSucceedAsync();
        await Task.WhenAll(caller.HearsToneAsync(Anns), ann.Ear.HearsToneAsync(Callers));
        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        (await _center.CallBecomesAsync("2002", "ENDED")).Story.ShouldBe(["call_received", "call_offered", "call_waiting_signalled", "call_answered", "call_ended"]);
        await DeskPhone.DoAsync(_center, "setCallWaiting", $"agentId: \"{ann.AgentId}\", on: false");
    }

    [Fact]
    public async Task A_phone_that_answers_302_sends_a_colleagues_call_on()
    {
        await using var bob = await DeskPhone.AtAsync(_center, "2003", Bobs);
        await using var elsewhere = Sipp.Redirect($"2003@127.0.0.1:{shared.Server.Sip.Port}");
        await elsewhere.ListensAsync();
        await using var registration = await _center.RegisterAsync(elsewhere.Port, "2001");
        await using var ann = await DeskPhone.AtAsync(_center, "2004", 450);
        await using var ear = new AudioProbe(G711.Pcmu, Anns);
        await using var dialling = Sipp.Dial(shared.Server.Sip, "2004", _center.PasswordOf("2004"), "2001", ear.Port);
        var call = await _center.CallBecomesAsync("2004", "CONNECTED");
        await Task.WhenAll(ear.HearsToneAsync(Bobs), bob.Ear.HearsToneAsync(Anns));
        call.Story.ShouldBe(["call_received", "call_offered", "call_offer_not_answered", "call_forwarded", "call_offered", "call_answered"]);
        call.Timeline[3].Data.GetProperty("Kind").GetString().ShouldBe("Redirected");
        await CenterClient.TellToHangUpAsync(dialling, call);
        await dialling.ShouldSucceedAsync();
    }
}
