using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

/// <summary>Agents' hands on real calls: who hears whom, each by a tone of its own.</summary>
[Collection(SharedCenterCollection.Name)]
public sealed class DeskTests(SharedCenter shared)
{
    private const int Callers = 1_150;
    private const int Anns = 750;
    private const int Bobs = 450;
    private const int Chens = 1_650;
    private const int Danas = 2_050;
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task A_caller_is_handed_over_without_a_word_and_after_one()
    {
        const string Caller = "49307001";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        await Task.WhenAll(caller.HearsToneAsync(Anns), ann.Ear.HearsToneAsync(Callers));

        await using var bob = await DeskPhone.AtAsync(_center, "2002", Bobs);
        await DoAsync("transferCall", $"id: \"{call.Id}\", to: \"2002\"");
        await Task.WhenAll(caller.HearsToneAsync(Bobs), bob.Ear.HearsToneAsync(Callers));
        await _center.StatusBecomesAsync("WRAP_UP", "2001");

        await using var chen = await DeskPhone.AtAsync(_center, "2003", Chens);
        await DoAsync("transferCall", $"id: \"{call.Id}\", to: \"{chen.AgentId}\", kind: ATTENDED");
        await Task.WhenAll(bob.Ear.HearsToneAsync(Chens), chen.Ear.HearsToneAsync(Bobs));
        await DeskPhone.HearsAsync(caller, [], Bobs, Chens);
        await Eventually.BecomesAsync(() => Sound.Level(caller.Last(TimeSpan.FromMilliseconds(500))), level => level is > 0.02 and < 0.3, "the caller hears music");
        await DoAsync("completeTransfer", $"id: \"{call.Id}\"");
        await Task.WhenAll(caller.HearsToneAsync(Chens), chen.Ear.HearsToneAsync(Callers));

        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        (await _center.CallBecomesAsync(Caller, "WRAP_UP")).Story.ShouldBe(
            ["call_received", "call_queued", "call_offered", "call_answered", "call_transferred", "call_held", "call_transferred", "call_ended", "wrap_up_started"]);
        await DoAsync("completeWrapUp", $"callId: \"{call.Id}\", disposition: \"sold\", resolved: true, notes: \"was glad\"");
        (await _center.CallBecomesAsync(Caller, "ENDED")).Timeline[^1].Data.GetProperty("Notes").GetString().ShouldBe("was glad");
    }

    [Fact]
    public async Task Five_talk_with_each_other_and_a_muted_one_only_hears()
    {
        const string Caller = "49307101";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        await DoAsync("muteCall", $"id: \"{call.Id}\"");
        await ann.Ear.HearsToneAsync(Callers);
        await DeskPhone.HearsAsync(caller, [], Anns);
        await DoAsync("unmuteCall", $"id: \"{call.Id}\"");
        await caller.HearsToneAsync(Anns);

        await using var bob = await DeskPhone.AtAsync(_center, "2002", Bobs);
        await using var chen = await DeskPhone.AtAsync(_center, "2003", Chens);
        await using var dana = await DeskPhone.AtAsync(_center, "2004", Danas);
        foreach (var (i, phone) in new[] { bob, chen, dana }.Index())
        {
            await DoAsync("conferenceCall", $"id: \"{call.Id}\", to: \"{phone.Extension}\"");
            await Eventually.BecomesAsync(() => _center.CallsAsync([Caller]), calls => calls[0].Story.Count(type => type == "party_joined") == i + 1, $"{phone.Extension} joins");
        }

        await DeskPhone.HearsAsync(caller, [Anns, Bobs, Chens, Danas], Callers);
        await DeskPhone.HearsAsync(ann.Ear, [Callers, Bobs, Chens, Danas], Anns);
        await DeskPhone.HearsAsync(bob.Ear, [Callers, Anns, Chens, Danas], Bobs);
        await DeskPhone.HearsAsync(dana.Ear, [Callers, Anns, Bobs, Chens], Danas);
        await DoAsync("muteCall", $"id: \"{call.Id}\"");
        await DeskPhone.HearsAsync(caller, [Bobs, Chens, Danas], Anns);
        await DeskPhone.HearsAsync(bob.Ear, [Callers, Chens, Danas], Anns);
        await DeskPhone.HearsAsync(ann.Ear, [Callers, Bobs, Chens, Danas]);

        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        await _center.StatusBecomesAsync("AVAILABLE", "2002", "2003", "2004");
    }

    [Fact]
    public async Task A_parked_caller_is_fetched_and_a_ringing_call_picked_up_by_code_from_another_phone()
    {
        const string Caller = "49307201";
        const string Next = "49307202";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        await caller.HearsToneAsync(Anns);
        (await DoAsync("parkCall", $"id: \"{call.Id}\", slot: 5", "call { state parkedSlot }")).GetProperty("call").ToString().ShouldBe("""{"state":"PARKED","parkedSlot":5}""");
        await DeskPhone.HearsAsync(caller, [], Anns);
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        await DoAsync("setAgentStatus", $"agentId: \"{ann.AgentId}\", status: NOT_READY, reason: \"lunch\"");

        await using var bob = await DeskPhone.AtAsync(_center, "2002", Bobs);
        await using var bobsOther = new AudioProbe(G711.Pcmu, Danas);
        await using var fetching = Dial("2002", "*715", bobsOther);
        await Task.WhenAll(caller.HearsToneAsync(Danas), bobsOther.HearsToneAsync(Callers));
        await CenterClient.TellToHangUpAsync(calling, call);
        await Task.WhenAll(calling.ShouldSucceedAsync(), fetching.ShouldSucceedAsync());

        // A phone that rings and is not answered.
        await _center.StatusBecomesAsync("WRAP_UP", "2002");
        await DoAsync("setAgentStatus", $"agentId: \"{bob.AgentId}\", status: AVAILABLE");
        await DoAsync("setAgentStatus", $"agentId: \"{bob.AgentId}\", status: NOT_READY");
        await using var silentEar = new AudioProbe();
        await using var silent = Sipp.Take("agent-silent", calls: 1, silentEar.Port);
        await using var registration = await _center.RegisterAsync(silent.Port, "2003");
        await using var second = new AudioProbe(G711.Pcmu, Callers);
        await using var secondCalling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Next], second.Port);
        var ringing = await _center.CallBecomesAsync(Next, "OFFERED");
        await using var picking = Dial("2002", "*82003", bobsOther);
        await Task.WhenAll(second.HearsToneAsync(Danas), bobsOther.HearsToneAsync(Callers));
        await _center.StatusBecomesAsync("AVAILABLE", "2003");
        (await _center.CallBecomesAsync(Next, "CONNECTED")).Agent!.Extension.ShouldBe("2002");
        await CenterClient.TellToHangUpAsync(secondCalling, ringing);
        await Task.WhenAll(secondCalling.ShouldSucceedAsync(), picking.ShouldSucceedAsync());
    }

    [Fact]
    public async Task A_supervisor_listens_whispers_barges_in_and_takes_over()
    {
        const string Caller = "49307301";
        await using var caller = new AudioProbe(G711.Pcmu, Callers);
        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Support, [Caller], caller.Port);
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        var call = await _center.CallBecomesAsync(Caller, "CONNECTED");
        await using var bob = await DeskPhone.AtAsync(_center, "2002", Bobs);
        var of = $"id: \"{call.Id}\", supervisorId: \"{bob.AgentId}\"";

        await DoAsync("superviseCall", $"{of}, mode: LISTEN");
        await DeskPhone.HearsAsync(bob.Ear, [Callers, Anns]);
        await DeskPhone.HearsAsync(caller, [Anns], Bobs);
        await DeskPhone.HearsAsync(ann.Ear, [Callers], Bobs);
        await DoAsync("superviseCall", $"{of}, mode: WHISPER");
        await DeskPhone.HearsAsync(ann.Ear, [Callers, Bobs]);
        await DeskPhone.HearsAsync(caller, [Anns], Bobs);
        await DoAsync("superviseCall", $"{of}, mode: BARGE");
        await DeskPhone.HearsAsync(caller, [Anns, Bobs]);
        await DoAsync("takeOverCall", of);
        await Task.WhenAll(caller.HearsToneAsync(Bobs), bob.Ear.HearsToneAsync(Callers));
        await _center.StatusBecomesAsync("WRAP_UP", "2001");

        await CenterClient.TellToHangUpAsync(calling, call);
        await calling.ShouldSucceedAsync();
        var story = (await _center.CallsBecomeAsync([Caller], c => c.Outcome is not null, "is ended"))[0];
        story.Story.ShouldBe(
        [
            "call_received", "call_queued", "call_offered", "call_answered", "supervision_started", "supervision_started", "supervision_started", "supervision_ended", "call_taken_over",
            "call_ended", "wrap_up_started",
        ]);
    }

    [Fact]
    public async Task Codes_change_the_status_and_a_code_for_nothing_is_refused()
    {
        await using var ann = await DeskPhone.AtAsync(_center, "2001", Anns);
        await using var ear = new AudioProbe();
        await using var pausing = Dial("2001", "*512", ear);
        await pausing.ShouldSucceedAsync();
        await ann.BecomesAsync("status reason", """{"status":"NOT_READY","reason":"lunch"}""");
        Sound.Level(ear.Heard).ShouldBeGreaterThan(0.01, "a tone says that it is done");
        await using var readying = Dial("2001", "*50", ear);
        await readying.ShouldSucceedAsync();
        await _center.StatusBecomesAsync("AVAILABLE", "2001");
        await using var fetching = Dial("2001", "*7199", ear);
        await fetching.ShouldSucceedAsync();
        await using var supervising = Dial("2001", "*332002", ear);
        await supervising.ShouldSucceedAsync();
    }

    private Sipp Dial(string extension, string number, AudioProbe ear) => Sipp.Dial(shared.Server.Sip, extension, _center.PasswordOf(extension), number, ear.Port);

    private async Task<System.Text.Json.JsonElement> DoAsync(string mutation, string arguments, string fields = "")
    {
        var payload = (await _center.GraphQL.AskAsync($"mutation {{ {mutation}({arguments}) {{ {fields} errors {{ code message }} }} }}")).GetProperty(mutation);
        payload.GetProperty("errors").GetArrayLength().ShouldBe(0, $"{mutation}: {payload}");
        return payload;
    }
}
