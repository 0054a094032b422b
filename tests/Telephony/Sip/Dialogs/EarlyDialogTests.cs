using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Early dialogs that our INVITE opens: PRACK, UPDATE, forking (RFC 3262 section 4, RFC 3311, RFC 3261 section 13.2.2.4).</summary>
public sealed class EarlyDialogTests
{
    [Fact]
    public async Task A_reliable_provisional_gets_a_PRACK_and_its_repetition_none()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 180, Reliable(7));

        var prack = call.NewRequest("PRACK");
        (prack.Headers[HeaderName.RAck], prack.CSeq.Number, prack.To.Tag, prack.Uri.ToString()).ShouldBe(("7 1 INVITE", 2u, "theirs", "sip:peer@192.0.2.1:5062"));
        await call.RespondAsync(prack, 200);
        await call.RespondAsync(call.Invite, 180, Reliable(7));
        await call.RespondAsync(call.Invite, 183, Reliable(9));
        call.News().ShouldBeEmpty("neither a repetition nor one out of order is acknowledged");

        await call.RespondAsync(call.Invite, 183, Reliable(8));
        call.NewRequest("PRACK").Headers[HeaderName.RAck].ShouldBe("8 1 INVITE");
        call.Call.Told.ShouldBe(["ringing", "ringing"]);
    }

    [Fact]
    public async Task A_provisional_that_is_not_reliable_gets_no_PRACK()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 180, "RSeq: 7\n");
        await call.RespondAsync(call.Invite, 180, "Require: 100rel\n");

        call.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_fork_has_its_own_reliable_responses_and_the_first_2xx_wins()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 183, Reliable(100), "answer a", tag: "a");
        await call.RespondAsync(call.Invite, 183, Reliable(5), "answer b", tag: "b");
        call.Bench.NewMessages().Select(item => $"{item.CSeq} {item.To.Tag} {item.Headers[HeaderName.RAck]}").ShouldBe(["2 PRACK a 100 1 INVITE", "2 PRACK b 5 1 INVITE"]);

        await call.RespondAsync(call.Invite, 200, tag: "b");
        await call.RespondAsync(call.Invite, 200, body: "answer a again", tag: "a");

        call.Bench.NewMessages().Select(item => $"{item.CSeq} {item.To.Tag}").ShouldBe(["1 ACK b", "1 ACK a", "3 BYE a"]);
        call.Call.Told.ShouldBe(["ringing", "early answer a", "ringing", "early answer b", "answered"]);
        call.Call.Answer.ShouldBe("answer b");
    }

    [Theory]
    [InlineData(true, "early")]
    [InlineData(false, "final")]
    public async Task An_answer_that_came_reliably_holds_whatever_the_2xx_says(bool reliable, string expected)
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 183, reliable ? Reliable(1) : "", "early");
        await call.RespondAsync(call.Invite, 200, body: "final");

        call.Call.Answer.ShouldBe(expected);
    }

    [Fact]
    public async Task A_2xx_without_SDP_takes_the_answer_of_the_183()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 183, body: "early");
        await call.RespondAsync(call.Invite, 200);

        call.Call.Answer.ShouldBe("early");
    }

    [Fact]
    public async Task The_route_set_of_the_2xx_replaces_that_of_the_provisional()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 180, Reliable(1) + "Record-Route: <sip:192.0.2.50;lr>\n");
        call.NewRequest("PRACK").Headers[HeaderName.Route].ShouldBe("<sip:192.0.2.50;lr>");

        await call.RespondAsync(call.Invite, 200, "Record-Route: <sip:192.0.2.60;lr>\n", "answer");

        call.NewRequest("ACK").Headers[HeaderName.Route].ShouldBe("<sip:192.0.2.60;lr>");
    }

    [Fact]
    public async Task The_route_set_of_a_call_that_we_make_is_the_Record_Route_turned_round()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 200, "Record-Route: <sip:192.0.2.51;lr>\nRecord-Route: <sip:192.0.2.50;lr>\n", "answer");

        var ack = call.NewRequest("ACK");

        ack.Headers.Where(header => header.Name.Equals(HeaderName.Route)).Select(header => header.Text).ShouldBe(["<sip:192.0.2.50;lr>", "<sip:192.0.2.51;lr>"]);
        call.Bench.Transport.Sent[^1].To.ToString().ShouldBe("192.0.2.50:5060");
    }

    [Fact]
    public async Task An_UPDATE_of_the_callee_is_glare_until_our_offer_is_answered_reliably()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 180);
        await call.RequestAsync("UPDATE", body: "hold", cSeq: 1);
        call.News().ShouldBe(["491 UPDATE"]);

        await call.RespondAsync(call.Invite, 183, Reliable(1), "their answer");
        call.News();
        await call.RequestAsync("UPDATE", body: "hold", cSeq: 2);
        DialogBench.BodyOf(call.NewResponse(200)).ShouldBe("answer to hold");
        await call.RequestAsync("UPDATE", cSeq: 2);
        call.News().ShouldBe(["500 UPDATE"]);

        await call.RespondAsync(call.Invite, 200);
        call.Call.Told.ShouldBe(["ringing", "ringing", "early their answer", "offer hold", "answered"]);
    }

    [Fact]
    public async Task An_UPDATE_without_SDP_moves_the_target_of_the_early_dialog()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 180);
        await call.RequestAsync("UPDATE", cSeq: 1);
        call.NewResponse(200);

        await call.RespondAsync(call.Invite, 183, Reliable(1));
        call.NewRequest("PRACK").Uri.ToString().ShouldBe("sip:peer@192.0.2.1:5062", "the Contact of the later 183");
    }

    [Fact]
    public async Task A_422_is_met_once_with_the_interval_that_it_asks_for()
    {
        await using var call = await DialogBench.CallingAsync();
        call.Invite.Headers[HeaderName.SessionExpires].ShouldBe("1800");
        await call.RespondAsync(call.Invite, 422, "Min-SE: 3600\n");

        var news = call.Bench.NewMessages();
        news.Select(item => item.CSeq.ToString()).ShouldBe(["1 ACK", "2 INVITE"]);
        var again = (SipRequest)news[1];
        (again.Headers[HeaderName.SessionExpires], again.Headers[HeaderName.MinSe], again.CallId, again.From.Tag).ShouldBe(("3600", "3600", "call-2", call.Invite.From.Tag));
        again.TopVia.Branch.ShouldNotBe(call.Invite.TopVia.Branch);
        DialogBench.BodyOf(again).ShouldBe("our offer");

        await call.RespondAsync(again, 422, "Min-SE: 7200\n");
        call.Call.Told.ShouldBe(["failed 422 Because"]);
    }

    [Fact]
    public async Task A_call_that_was_raised_by_a_422_is_answered_and_goes_on_counting()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 422, "Min-SE: 3600\n");
        var again = (SipRequest)call.Bench.NewMessages()[1];
        await call.RespondAsync(again, 200, body: "their answer");
        await call.OnLoopAsync(() => call.Session.HangUp(reason: null));

        call.Bench.NewMessages().Select(item => item.CSeq.ToString()).ShouldBe(["2 ACK", "3 BYE"]);
    }

    private static string Reliable(uint rSeq) => $"Require: 100rel\nRSeq: {rSeq}\n";
}
