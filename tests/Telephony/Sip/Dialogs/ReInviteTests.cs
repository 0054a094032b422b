using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>INVITE and UPDATE within an answered call, of either side (RFC 3261 section 14, RFC 3311).</summary>
public sealed class ReInviteTests
{
    [Fact]
    public async Task Our_offer_is_sent_answered_and_acknowledged()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        var invite = call.NewRequest("INVITE");
        (DialogBench.BodyOf(invite), invite.To.Tag, invite.Headers.Has(HeaderName.Contact)).ShouldBe(("our offer", "caller", true));

        await call.RespondAsync(invite, 200, body: "their answer");

        var ack = call.NewRequest("ACK");
        (ack.CSeq.Number, ack.Uri.ToString()).ShouldBe((invite.CSeq.Number, "sip:peer@192.0.2.1:5062"));
        call.Call.Told.ShouldBe(["answer their answer"]);
    }

    [Fact]
    public async Task A_repeated_2xx_gets_the_same_ACK_also_after_a_later_re_INVITE_has_begun()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        var first = call.NewRequest("INVITE");
        await call.RespondAsync(first, 200, body: "their answer");
        var ack = call.NewRequest("ACK");
        await call.OnLoopAsync(call.Session.Reoffer);
        call.NewRequest("INVITE");

        await call.RespondAsync(first, 200, body: "their answer");

        call.Bench.NewMessages().ShouldHaveSingleItem().ToBytes().ShouldBe(ack.ToBytes());
        call.Call.Told.ShouldBe(["answer their answer"]);
    }

    [Fact]
    public async Task The_first_2xx_repeated_after_a_re_INVITE_gets_its_own_ACK()
    {
        await using var call = await DialogBench.CallingAsync();
        await call.RespondAsync(call.Invite, 200, body: "their answer");
        var ack = call.NewRequest("ACK");
        await call.OnLoopAsync(call.Session.Reoffer);
        call.NewRequest("INVITE").CSeq.Number.ShouldBe(2u);

        await call.RespondAsync(call.Invite, 200, body: "their answer");

        call.Bench.NewMessages().ShouldHaveSingleItem().ToBytes().ShouldBe(ack.ToBytes());
    }

    [Fact]
    public async Task An_INVITE_while_ours_is_pending_is_glare()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        call.News();

        await call.RequestAsync("INVITE", body: "theirs");
        await call.RequestAsync("UPDATE", body: "theirs");
        await call.RequestAsync("UPDATE");

        call.News().ShouldBe(["491 INVITE", "491 UPDATE", "200 UPDATE"]);
        call.Call.Told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, 0, 2.0)]
    [InlineData(true, 2.1, 4.0)]
    public async Task Glare_is_backed_off_from_for_longer_by_who_owns_the_Call_ID(bool weCalled, double least, double most)
    {
        await using var call = weCalled ? await DialogBench.ConnectedAsync() : await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        var invite = call.NewRequest("INVITE");
        await call.RespondAsync(invite, 491);
        if (weCalled)
        {
            call.News().ShouldBe(["ACK"]);
            await call.AdvanceAsync(least - 0.01);
            call.News().ShouldBeEmpty();
            await call.AdvanceAsync(most - least + 0.02);
        }
        else
        {
            await call.AdvanceAsync(most);
        }

        var again = (SipRequest)call.Bench.NewMessages()[^1];
        (again.Method, again.CSeq.Number).ShouldBe(("INVITE", invite.CSeq.Number + 1));
        await call.RespondAsync(again, 200, body: "their answer");
        call.Call.Told.ShouldContain("answer their answer");
    }

    [Fact]
    public async Task An_INVITE_of_the_other_side_is_answered_while_we_back_off()
    {
        await using var call = await DialogBench.ConnectedAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        await call.RespondAsync(call.NewRequest("INVITE"), 491);
        call.News();

        await call.RequestAsync("INVITE", body: "theirs", cSeq: 1);
        await call.RequestAsync("ACK", cSeq: 1);
        await call.AdvanceAsync(4.1);

        var news = call.News();
        news[0].ShouldBe("200 INVITE");
        news[1..].ShouldAllBe(item => item == "INVITE", "ours follows, and is repeated as nobody answers");
        news.Count.ShouldBeGreaterThan(1);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    public async Task A_481_or_408_to_a_request_within_the_call_ends_it(int status)
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        await call.RespondAsync(call.NewRequest("INVITE"), status);

        call.News().ShouldBe(["ACK", "BYE"]);
        call.Call.Told.ShouldBe([$"ended {status} Because to INVITE within the call"]);
    }

    [Fact]
    public async Task Silence_to_a_request_within_the_call_ends_it()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        await call.AdvanceAsync(32);

        call.News().ShouldContain("BYE");
        call.Call.Told.ShouldBe(["ended no response to INVITE within the call"]);
    }

    [Fact]
    public async Task A_refused_offer_leaves_the_call_as_it_was()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        await call.RespondAsync(call.NewRequest("INVITE"), 488);
        call.News().ShouldBe(["ACK"]);
        await call.AdvanceAsync(60);

        call.News().ShouldBeEmpty();
        call.Call.Told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("refuse")]
    [InlineData(null)]
    public async Task A_2xx_without_a_usable_answer_is_acknowledged_and_ends_the_call(string? answer)
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        await call.RespondAsync(call.NewRequest("INVITE"), 200, body: answer);

        call.News().ShouldBe(["ACK", "BYE"]);
    }

    [Fact]
    public async Task Our_INVITE_waits_until_our_2xx_is_acknowledged()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("INVITE", body: "hold");
        call.News().ShouldBe(["200 INVITE"]);
        await call.OnLoopAsync(call.Session.Reoffer);
        call.News().ShouldBeEmpty();

        await call.RequestAsync("ACK", cSeq: 2);

        call.News().ShouldBe(["INVITE"]);
    }

    [Fact]
    public async Task A_500_with_Retry_After_is_retried_then_and_not_for_ever()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        var tries = 0;
        while (call.Bench.NewMessages().OfType<SipRequest>().LastOrDefault(item => item.Method == "INVITE") is { } invite)
        {
            tries++;
            await call.RespondAsync(invite, 500, "Retry-After: 3 (busy)\n");
            call.News().ShouldBe(["ACK"]);
            await call.AdvanceAsync(3.1);
        }

        tries.ShouldBe(5);
        call.Call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_call_hung_up_during_our_INVITE_still_acknowledges_its_2xx()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.OnLoopAsync(call.Session.Reoffer);
        var invite = call.NewRequest("INVITE");
        await call.OnLoopAsync(() => call.Session.HangUp(reason: null));
        call.News().ShouldBe(["BYE"]);

        await call.RespondAsync(invite, 200, body: "their answer");

        call.News().ShouldBe(["ACK"]);
        call.Call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_UPDATE_is_answered_or_refused_and_moves_the_target()
    {
        await using var call = await DialogBench.ConnectedAsync();
        await call.RequestAsync("UPDATE", body: "hold", cSeq: 1);
        DialogBench.BodyOf(call.NewResponse(200)).ShouldBe("answer to hold");
        await call.RequestAsync("UPDATE", body: "refuse", cSeq: 2);
        await call.RequestAsync("UPDATE", body: "text", type: "text/plain", cSeq: 3);
        call.News().ShouldBe(["488 UPDATE", "415 UPDATE"]);

        await call.OnLoopAsync(() => call.Session.HangUp(reason: null));
        call.NewRequest("BYE").Uri.ToString().ShouldBe("sip:peer@192.0.2.1");
    }
}
