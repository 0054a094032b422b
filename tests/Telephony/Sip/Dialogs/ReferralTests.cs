using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>REFER within a call, its NOTIFYs, and keys by INFO (RFC 3515, RFC 4488, RFC 6086).</summary>
public sealed class ReferralTests
{
    [Fact]
    public async Task A_REFER_is_accepted_and_told_how_the_call_goes_one_NOTIFY_after_the_other()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: <sip:2002@192.0.2.100>\nReferred-By: <sip:2001@192.0.2.100>\n");
        call.Call.Told.ShouldBe(["referred to sip:2002@192.0.2.100"]);
        call.News().ShouldBeEmpty("it waits for who decides");

        await call.OnLoopAsync(call.Call.Referral!.Accept);
        await call.OnLoopAsync(() => call.Call.Referral!.Tell(180, "Ringing"));
        await call.OnLoopAsync(() => call.Call.Referral!.Tell(200, "OK"));
        var news = call.Bench.NewMessages();
        ((SipResponse)news[0]).StatusCode.ShouldBe(202);
        var notify = (SipRequest)news[1];
        news.Count.ShouldBe(2);
        (notify.Method, DialogBench.BodyOf(notify), notify.Headers[HeaderName.Event], notify.Headers[HeaderName.SubscriptionState], notify.Headers[HeaderName.ContentType])
            .ShouldBe(("NOTIFY", "SIP/2.0 100 Trying\r\n", "refer;id=2", "active;expires=60", "message/sipfrag;version=2.0"));

        await call.RespondAsync(notify, 200);
        notify = call.NewRequest("NOTIFY");
        DialogBench.BodyOf(notify).ShouldBe("SIP/2.0 180 Ringing\r\n");
        await call.RespondAsync(notify, 200);
        notify = call.NewRequest("NOTIFY");
        (DialogBench.BodyOf(notify), notify.Headers[HeaderName.SubscriptionState]).ShouldBe(("SIP/2.0 200 OK\r\n", "terminated;reason=noresource"));
        await call.RespondAsync(notify, 200);
        await call.OnLoopAsync(() => call.Call.Referral!.Tell(500, "Late"));
        call.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refused_REFER_leaves_the_call_as_it_was()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: sip:2002@192.0.2.100\n");
        await call.OnLoopAsync(() => call.Call.Referral!.Refuse(603, "Decline"));
        await call.OnLoopAsync(() => call.Call.Referral!.Tell(200, "OK"));

        call.News().ShouldBe(["603 REFER"]);
        call.Call.Told.ShouldBe(["referred to sip:2002@192.0.2.100"]);
    }

    [Fact]
    public async Task Who_wants_no_subscription_is_sent_no_NOTIFY()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Require: norefersub\nRefer-Sub: false\nRefer-To: <sip:2002@192.0.2.100>\n");
        await call.OnLoopAsync(call.Call.Referral!.Accept);
        await call.OnLoopAsync(() => call.Call.Referral!.Tell(200, "OK"));

        call.NewResponse(202).Headers[HeaderName.ReferSub].ShouldBe("false");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Refer-To: <tel:+15551234>\n")]
    [InlineData("Refer-To: <http://example.com/>\n")]
    [InlineData("Refer-To: <sip:2002@x;method=BYE>\n")]
    [InlineData("Refer-To: <sip:2002@x>, <sip:2003@x>\n")]
    [InlineData("Refer-To: <sip:2002@x\n")]
    [InlineData("Refer-To: <sip:2002@x?Replaces=nonsense>\n")]
    public async Task A_REFER_that_asks_for_no_call_to_one_SIP_address_gets_400(string headers)
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", headers);

        call.News().ShouldBe(["400 REFER"]);
        call.Call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_Replaces_in_the_Refer_To_names_the_dialog_by_its_tags_as_we_see_them()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: <sip:2002@192.0.2.100?Replaces=a%40b%3Bto-tag%3Dours%3Bfrom-tag%3Dtheirs&X=1>\n");

        call.Call.Referral!.Replaces.ShouldBe(new Replaces("a@b", "ours", "theirs", EarlyOnly: false));
        call.Call.Referral.Target.ToString().ShouldBe("sip:2002@192.0.2.100");
    }

    [Fact]
    public async Task A_call_that_ends_first_answers_the_REFER_and_nobody_decides_any_more()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: <sip:2002@192.0.2.100>\n");
        await call.RequestAsync("BYE");
        await call.OnLoopAsync(call.Call.Referral!.Accept);

        call.News().ShouldBe(["200 BYE", "481 REFER"]);
    }

    [Fact]
    public async Task A_second_REFER_waits_until_the_first_is_decided()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: <sip:2002@192.0.2.100>\n");
        await call.RequestAsync("REFER", "Refer-To: <sip:2003@192.0.2.100>\n");
        call.News().ShouldBe(["500 REFER"]);
        await call.OnLoopAsync(() => call.Call.Referral!.Refuse(404, "Not Found"));
        await call.RequestAsync("REFER", "Refer-To: <sip:2003@192.0.2.100>\n");

        call.Call.Told.ShouldBe(["referred to sip:2002@192.0.2.100", "referred to sip:2003@192.0.2.100"]);
    }

    [Fact]
    public async Task A_REFER_that_nobody_decides_about_is_refused_before_the_senders_time_runs_out()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: <sip:2002@192.0.2.100>\n");
        await call.AdvanceAsync(16);

        call.News().ShouldBe(["503 REFER"]);
    }

    [Fact]
    public async Task Who_refuses_a_NOTIFY_is_told_no_more_and_the_call_goes_on()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("REFER", "Refer-To: <sip:2002@192.0.2.100>\n");
        await call.OnLoopAsync(call.Call.Referral!.Accept);
        await call.RespondAsync((SipRequest)call.Bench.NewMessages()[1], 481);
        await call.OnLoopAsync(() => call.Call.Referral!.Tell(200, "OK"));

        call.News().ShouldBeEmpty();
        call.Call.Told.ShouldNotContain(item => item.StartsWith("ended", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/dtmf-relay", "Signal=5\nDuration=160", "200 INFO", "digit 5 160")]
    [InlineData("application/dtmf-relay", "signal= *\n", "200 INFO", "digit *")]
    [InlineData("application/dtmf-relay; charset=utf-8", "Signal=11", "200 INFO", "digit #")]
    [InlineData("application/dtmf", "#", "200 INFO", "digit #")]
    [InlineData("application/dtmf", "d", "200 INFO", "digit D")]
    [InlineData("application/dtmf-relay", "Duration=160", "400 INFO", null)]
    [InlineData("application/dtmf", "zz", "400 INFO", null)]
    [InlineData("text/plain", "5", "415 INFO", null)]
    public async Task Keys_come_by_INFO(string type, string body, string answer, string? told)
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("INFO", body: body, type: type);

        var response = call.Bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
        $"{response.StatusCode} INFO".ShouldBe(answer);
        response.Headers[HeaderName.Accept].ShouldBe(response.StatusCode == 415 ? "application/dtmf-relay, application/dtmf" : null);
        call.Call.Told.ShouldBe(told is null ? [] : [told]);
    }

    [Fact]
    public async Task An_empty_INFO_or_OPTIONS_shows_that_the_call_lives()
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("INFO");
        await call.RequestAsync("OPTIONS");

        call.News().ShouldBe(["200 INFO", "200 OPTIONS"]);
    }

    [Fact]
    public async Task We_send_keys_by_INFO_only_to_who_takes_them()
    {
        await using var deaf = await DialogBench.AnsweredAsync("Allow: INVITE, ACK, BYE\n");
        await deaf.OnLoopAsync(() => deaf.Session.SendInfo(new InfoDigit('5', null)).ShouldBeFalse());
        await using var call = await DialogBench.AnsweredAsync("Allow: INVITE, ACK, BYE, INFO\n");
        await call.OnLoopAsync(() => call.Session.SendInfo(new InfoDigit('5', TimeSpan.FromMilliseconds(250))).ShouldBeTrue());

        var info = call.NewRequest("INFO");
        (info.Headers[HeaderName.ContentType], DialogBench.BodyOf(info)).ShouldBe(("application/dtmf-relay", "Signal=5\r\nDuration=250\r\n"));
        await call.RespondAsync(info, 481);
        call.News().ShouldBe(["BYE"]);
    }

    [Theory]
    [InlineData("Reason: Q.850;cause=16;text=\"Normal call clearing\"\n", "ended Q.850 16 Normal call clearing")]
    [InlineData("Reason: SIP ;cause=600 ;text=Busy, Q.850;cause=17\n", "ended SIP 600 Busy")]
    [InlineData("Reason: ;;;\n", "ended")]
    [InlineData("", "ended")]
    public async Task The_reason_of_a_BYE_is_told(string headers, string told)
    {
        await using var call = await DialogBench.AnsweredAsync();
        await call.RequestAsync("BYE", headers);

        call.Call.Told.ShouldBe([told]);
    }
}
