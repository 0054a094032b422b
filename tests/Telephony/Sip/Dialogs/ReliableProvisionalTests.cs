using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Reliable provisional responses of ours, on a clock that stands still (RFC 3262 section 3).</summary>
public sealed class ReliableProvisionalTests
{
    private const string Required = "Require: 100rel\n";
    private const string Supported = "Supported: 100rel\n";

    [Fact]
    public async Task A_180_is_repeated_at_T1_doubling_until_its_PRACK_when_the_caller_requires_that()
    {
        await using var call = await DialogBench.CalledAsync(Required);
        await call.OnLoopAsync(call.Incoming.Ring);
        var ringing = call.NewResponse(180);
        ringing.Headers[HeaderName.Require].ShouldBe("100rel");
        List<double> times = [];
        for (var tenths = 1; tenths <= 200; tenths++)
        {
            await call.AdvanceAsync(0.1);
            times.AddRange(call.News().Select(_ => tenths / 10.0));
        }

        times.ShouldBe([0.5, 1.5, 3.5, 7.5, 15.5]);
        await call.RequestAsync("PRACK", RAck(ringing));
        call.News().ShouldBe(["200 PRACK"]);
        await call.AdvanceAsync(60);
        call.News().ShouldBeEmpty();
        call.Call.Told.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(Supported, true)]
    [InlineData("", false)]
    public async Task A_180_is_not_reliable_unless_required_and_a_183_with_SDP_is_where_the_caller_takes_it(string headers, bool reliable)
    {
        await using var call = await DialogBench.CalledAsync(headers);
        await call.OnLoopAsync(call.Incoming.Ring);
        call.NewResponse(180).Headers.Has(HeaderName.RSeq).ShouldBeFalse();

        await call.OnLoopAsync(() => call.Incoming.Progress("our answer"));

        var progress = call.NewResponse(183);
        DialogBench.BodyOf(progress).ShouldBe("our answer");
        progress.Headers.Has(HeaderName.RSeq).ShouldBe(reliable);
    }

    [Fact]
    public async Task A_PRACK_that_matches_nothing_gets_481_and_the_response_is_repeated_on()
    {
        await using var call = await DialogBench.CalledAsync(Required);
        await call.OnLoopAsync(call.Incoming.Ring);
        var ringing = call.NewResponse(180);

        await call.RequestAsync("PRACK", RAck(ringing, more: 1));
        await call.RequestAsync("PRACK", RAck(ringing).Replace(" 1 INVITE", " 2 INVITE"));
        await call.RequestAsync("PRACK");
        call.News().ShouldBe(["481 PRACK", "481 PRACK", "481 PRACK"]);
        await call.AdvanceAsync(0.5);
        call.News().ShouldBe(["180 INVITE"]);

        await call.RequestAsync("PRACK", RAck(ringing));
        await call.RequestAsync("PRACK", RAck(ringing));
        call.News().ShouldBe(["200 PRACK", "481 PRACK"]);
    }

    [Fact]
    public async Task A_second_one_waits_for_the_PRACK_of_the_first_and_counts_on()
    {
        await using var call = await DialogBench.CalledAsync(Required);
        await call.OnLoopAsync(call.Incoming.Ring);
        await call.OnLoopAsync(() => call.Incoming.Progress("our answer"));
        var ringing = call.NewResponse(180);

        await call.RequestAsync("PRACK", RAck(ringing));

        var news = call.Bench.NewMessages();
        news.Select(item => ((SipResponse)item).StatusCode).ShouldBe([183, 200], ignoreOrder: true);
        news.OfType<SipResponse>().Single(item => item.StatusCode == 183).Headers[HeaderName.RSeq].ShouldBe((RSeqOf(ringing) + 1).ToString());
    }

    [Fact]
    public async Task A_2xx_waits_for_the_PRACK_of_an_answer_and_does_not_repeat_it()
    {
        await using var call = await DialogBench.CalledAsync(Supported);
        await call.OnLoopAsync(() => call.Incoming.Progress("our answer"));
        var progress = call.NewResponse(183);
        await call.OnLoopAsync(() => call.Incoming.Answer("our answer"));
        call.News().ShouldBeEmpty();
        call.Call.Session.ShouldBeNull();

        await call.RequestAsync("PRACK", RAck(progress));

        var news = call.Bench.NewMessages();
        news.Select(item => $"{((SipResponse)item).StatusCode} {item.CSeq.Method} {item.Body.Length}").ShouldBe(["200 PRACK 0", "200 INVITE 0"]);
        call.Call.Session.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_2xx_does_not_wait_for_the_PRACK_of_a_mere_180_which_may_come_late()
    {
        await using var call = await DialogBench.CalledAsync(Required);
        await call.OnLoopAsync(call.Incoming.Ring);
        var ringing = call.NewResponse(180);
        await call.OnLoopAsync(() => call.Incoming.Answer("our answer"));
        DialogBench.BodyOf(call.NewResponse(200)).ShouldBe("our answer");

        await call.RequestAsync("ACK", cSeq: 1);
        await call.RequestAsync("PRACK", RAck(ringing));
        call.News().ShouldBe(["200 PRACK"]);
        await call.AdvanceAsync(60);
        call.News().ShouldBeEmpty("the 180 is not repeated after the 200");
    }

    [Fact]
    public async Task One_that_is_never_acknowledged_ends_the_INVITE_after_64_T1()
    {
        await using var call = await DialogBench.CalledAsync(Required);
        await call.OnLoopAsync(call.Incoming.Ring);
        await call.AdvanceAsync(31.9);
        call.News().ShouldAllBe(item => item == "180 INVITE");

        await call.AdvanceAsync(0.1);

        call.News().ShouldBe(["504 INVITE"]);
        call.Call.Told.ShouldBe(["ended a provisional response was never acknowledged by PRACK"]);
    }

    [Fact]
    public async Task A_CANCEL_ends_the_repetition()
    {
        await using var call = await DialogBench.CalledAsync(Required);
        await call.OnLoopAsync(call.Incoming.Ring);
        await call.Bench.ReceiveAsync(UserAgentTests.Request("CANCEL", branch: "z9hG4bKpeer0", extra: "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n"));

        call.News().ShouldBe(["180 INVITE", "200 CANCEL", "487 INVITE"]);
        await call.Bench.ReceiveAsync(UserAgentTests.Request("ACK", branch: "z9hG4bKpeer0"));
        await call.AdvanceAsync(60);
        call.News().ShouldBeEmpty();
        call.Call.Told.ShouldBe(["cancelled SIP 200 Call completed elsewhere"]);
    }

    [Theory]
    [InlineData("their answer", "200 PRACK")]
    [InlineData("refuse", "200 PRACK, 488 INVITE")]
    [InlineData(null, "200 PRACK, 488 INVITE")]
    public async Task Without_an_offer_in_the_INVITE_the_first_reliable_response_makes_it_and_the_PRACK_answers(string? answer, string expected)
    {
        await using var call = await DialogBench.CalledAsync(Required, offer: null);
        await call.OnLoopAsync(call.Incoming.Ring);
        var ringing = call.NewResponse(180);
        DialogBench.BodyOf(ringing).ShouldBe("our offer");

        await call.RequestAsync("PRACK", RAck(ringing), answer);
        call.News().ShouldBe(expected.Split(", "));

        await call.OnLoopAsync(() => call.Incoming.Answer(answer: null));
        if (answer == "their answer")
        {
            call.NewResponse(200).Body.IsEmpty.ShouldBeTrue("offer and answer are exchanged");
        }
    }

    [Theory]
    [InlineData("more", 200)]
    [InlineData("refuse", 488)]
    public async Task An_offer_in_a_PRACK_is_answered_in_its_response(string offer, int status)
    {
        await using var call = await DialogBench.CalledAsync(Supported);
        await call.OnLoopAsync(() => call.Incoming.Progress("our answer"));
        var progress = call.NewResponse(183);

        await call.RequestAsync("PRACK", RAck(progress), offer);

        DialogBench.BodyOf(call.NewResponse(status)).ShouldBe(status == 200 ? "answer to more" : "");
    }

    [Fact]
    public async Task An_UPDATE_with_an_offer_waits_for_our_answer_and_is_then_answered()
    {
        await using var call = await DialogBench.CalledAsync(Supported);
        await call.RequestAsync("UPDATE", body: "early");
        int.Parse(call.NewResponse(500).Headers[HeaderName.RetryAfter]!).ShouldBeInRange(0, 10);
        await call.RequestAsync("UPDATE");
        call.NewResponse(200).Headers.Has(HeaderName.Contact).ShouldBeTrue();

        await call.OnLoopAsync(() => call.Incoming.Progress("our answer"));
        await call.RequestAsync("PRACK", RAck(call.NewResponse(183)));
        call.News();
        await call.RequestAsync("UPDATE", body: "hold");

        DialogBench.BodyOf(call.NewResponse(200)).ShouldBe("answer to hold");
    }

    [Fact]
    public async Task An_UPDATE_with_an_offer_while_ours_is_open_is_glare()
    {
        await using var call = await DialogBench.CalledAsync(Required, offer: null);
        await call.OnLoopAsync(call.Incoming.Ring);
        call.News();

        await call.RequestAsync("UPDATE", body: "theirs");

        call.News().ShouldBe(["491 UPDATE"]);
    }

    private static uint RSeqOf(SipResponse response) => Telephony.Sip.RAck.RSeqOf(response).ShouldNotBeNull();

    private static string RAck(SipResponse response, uint more = 0) => $"RAck: {RSeqOf(response) + more} 1 INVITE\n";
}
