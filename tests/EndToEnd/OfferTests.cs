using CallCenter.Driving;

namespace CallCenter.EndToEnd.Tests;

[Collection(SharedCenterCollection.Name)]
public sealed class OfferTests(SharedCenter shared)
{
    private readonly CenterClient _center = shared.Client;

    [Fact]
    public async Task An_offer_that_is_refused_unanswered_or_cannot_be_made_goes_to_the_next_agent_and_is_counted()
    {
        const string Caller = "49304001";
        var from = DateTimeOffset.UtcNow;
        await using var ear = new AudioProbe();
        await using var busy = Sipp.Take("agent-busy", calls: 1, ear.Port);
        await using var silent = Sipp.Take("agent-silent", calls: 1, ear.Port);
        await using var answering = Sipp.Take("agent-answer", calls: 1, ear.Port);
        await using var first = await _center.RegisterAsync(busy.Port, "2006");
        await using var second = await _center.RegisterAsync(silent.Port, "2007");
        await using var third = await _center.RegisterAsync(FreePorts.Udp(), "2008");
        await using var fourth = await _center.RegisterAsync(answering.Port, "2009");

        await using var calling = Sipp.Call("caller", shared.Server.Sip, CenterClient.Sales, [Caller], ear.Port);
        await CenterClient.TellToHangUpAsync(calling, await _center.CallBecomesAsync(Caller, "CONNECTED"));
        await Task.WhenAll(busy.ShouldSucceedAsync(), silent.ShouldSucceedAsync(), answering.ShouldSucceedAsync(), calling.ShouldSucceedAsync());

        var call = await _center.CallBecomesAsync(Caller, "ENDED");
        call.Story.ShouldBe(
        [
            "call_received", "call_queued",
            "call_offered", "call_offer_not_answered", "call_offered", "call_offer_not_answered", "call_offered", "call_offer_not_answered",
            "call_offered", "call_answered", "call_ended", "wrap_up_started", "wrap_up_completed",
        ]);
        call.Timeline.Where(e => e.Type == "call_offer_not_answered").Select(e => e.Data.GetProperty("Reason").GetString()).ShouldBe(["Refused", "TimedOut", "Unreachable"]);
        call.Agent!.Extension.ShouldBe("2009");
        var kpis = await _center.KpisAsync(CenterClient.Sales, from);
        (kpis.ContactsOffered, kpis.ContactsHandled, kpis.AgentNonResponse).ShouldBe((1, 1, 3));
    }
}
