using CallCenter.Telephony.Sip;
using static CallCenter.Telephony.Tests.Sip.UserAgentTests;

namespace CallCenter.Telephony.Tests.Sip.Dialogs;

/// <summary>Calls that we answer, on a clock that stands still (RFC 3261 sections 12 to 15).</summary>
public sealed class IncomingCallTests : IAsyncLifetime
{
    private readonly AgentBench _bench = new();
    private readonly TestCall _call = new();
    private IncomingInvite _invite = null!;


    private SipSession? Session => _call.Session;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _bench.DisposeAsync();

    [Fact]
    public async Task A_2xx_is_repeated_at_T1_doubling_to_T2_until_the_ACK()
    {
        await AnswerAsync();
        List<double> times = [];
        for (var tenths = 1; tenths <= 200; tenths++)
        {
            await _bench.AdvanceAsync(0.1);
            if (_bench.News().Count > 0)
            {
                times.Add(tenths / 10.0);
            }
        }

        times.ShouldBe([0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5]);

        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.AdvanceAsync(60);
        _bench.News().ShouldBeEmpty();
        _call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_answer_that_is_never_acknowledged_ends_in_a_BYE_after_64_T1()
    {
        await AnswerAsync();

        await _bench.AdvanceAsync(31.9);
        _bench.News().ShouldAllBe(item => item == "200 INVITE");
        await _bench.AdvanceAsync(0.1);

        _bench.News().ShouldBe(["BYE"]);
        _call.Told.ShouldBe(["ended the answer was never acknowledged"]);
    }

    [Fact]
    public async Task An_ACK_of_another_INVITE_does_not_stop_the_repetition()
    {
        await AnswerAsync();

        await _bench.ReceiveAsync(InDialog("ACK", 2));
        await _bench.AdvanceAsync(0.5);

        _bench.News().ShouldBe(["200 INVITE"]);
    }

    [Fact]
    public async Task A_BYE_of_ours_waits_for_the_ACK()
    {
        await AnswerAsync();

        await _bench.OnLoopAsync(() => Session!.HangUp("Q.850;cause=16"));
        _bench.News().ShouldBeEmpty();
        await _bench.ReceiveAsync(InDialog("ACK", 1));

        var bye = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipRequest>();
        (bye.Method, bye.Headers[HeaderName.Reason], bye.From.Tag, bye.To.Tag).ShouldBe(("BYE", "Q.850;cause=16", "ours", "caller"));
        bye.Uri.ToString().ShouldBe("sip:4711@192.0.2.1");
        _call.Told.ShouldBeEmpty("who hangs up is not told of it");
    }

    [Fact]
    public async Task A_BYE_of_the_peer_ends_the_call_even_before_the_ACK()
    {
        await AnswerAsync();

        await _bench.ReceiveAsync(InDialog("BYE", 2));
        await _bench.AdvanceAsync(40);

        _bench.News().ShouldBe(["200 BYE"]);
        _call.Told.ShouldBe(["ended"]);
        await _bench.ReceiveAsync(InDialog("BYE", 3, "z9hG4bKafter"));
        _bench.News().ShouldBe(["481 BYE"]);
    }

    [Fact]
    public async Task Crossing_BYEs_are_both_answered_and_told_once()
    {
        await AnswerAsync();
        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.OnLoopAsync(() => Session!.HangUp(reason: null));
        _bench.News().ShouldBe(["BYE"]);

        await _bench.ReceiveAsync(InDialog("BYE", 2));

        _bench.News().ShouldBe(["200 BYE"]);
        _call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_cancelled_INVITE_gets_487_and_the_CANCEL_200()
    {
        await TakeUpAsync();
        await _bench.OnLoopAsync(_invite.Ring);
        _bench.News().ShouldBe(["180 INVITE"]);

        await _bench.ReceiveAsync(Request("CANCEL"));

        var answers = _bench.NewMessages();
        answers.Select(answer => $"{((SipResponse)answer).StatusCode} {answer.CSeq.Method} {answer.To.Tag}").ShouldBe(["200 CANCEL ours", "487 INVITE ours"]);
        _call.Told.ShouldBe(["cancelled"]);
        await _bench.OnLoopAsync(() => _invite.Answer("late"));
        await _bench.OnLoopAsync(() => _invite.Reject(486, "Late"));
        await _bench.ReceiveAsync(Request("ACK"));
        await _bench.AdvanceAsync(60);
        _bench.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_CANCEL_that_crosses_our_2xx_changes_nothing()
    {
        await AnswerAsync();

        await _bench.ReceiveAsync(Request("CANCEL"));

        _bench.News().ShouldBe(["200 CANCEL"]);
        _call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_is_repeated_until_its_ACK_and_for_64_T1_at_most()
    {
        await TakeUpAsync();
        await _bench.OnLoopAsync(() => _invite.Reject(486, "Busy Here"));
        _bench.News().ShouldBe(["486 INVITE"]);

        await _bench.AdvanceAsync(3.5);
        _bench.News().Count.ShouldBe(3);
        await _bench.AdvanceAsync(60);
        _bench.News().Count.ShouldBe(7);
        await _bench.AdvanceAsync(60);
        _bench.News().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lost_answer_comes_again_when_the_INVITE_does()
    {
        await TakeUpAsync();
        await _bench.OnLoopAsync(_invite.Ring);
        await _bench.ReceiveAsync(Request("INVITE"));

        _bench.News().ShouldBe(["180 INVITE", "180 INVITE"]);
        _bench.Invites.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_BYE_before_the_answer_ends_the_INVITE()
    {
        await TakeUpAsync();

        await _bench.ReceiveAsync(InDialog("BYE", 2));

        _bench.News().ShouldBe(["200 BYE", "487 INVITE"]);
        _call.Told.ShouldBe(["cancelled"]);
    }

    [Fact]
    public async Task A_second_INVITE_before_the_first_is_answered_gets_500_with_Retry_After()
    {
        await TakeUpAsync();

        await _bench.ReceiveAsync(InDialog("INVITE", 2));

        var response = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
        response.StatusCode.ShouldBe(500);
        int.Parse(response.Headers[HeaderName.RetryAfter]!).ShouldBeInRange(0, 10);
    }

    [Fact]
    public async Task A_lower_or_repeated_CSeq_gets_500()
    {
        await AnswerAsync();
        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.ReceiveAsync(InDialog("OPTIONS", 5, "z9hG4bKa"));
        await _bench.ReceiveAsync(InDialog("OPTIONS", 4, "z9hG4bKb"));
        await _bench.ReceiveAsync(InDialog("BYE", 5, "z9hG4bKc"));

        _bench.News().ShouldBe(["200 OPTIONS", "500 OPTIONS", "500 BYE"]);
        _call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task Unknown_methods_in_a_dialog_are_refused_and_the_call_goes_on()
    {
        await AnswerAsync();
        await _bench.ReceiveAsync(InDialog("ACK", 1));

        await _bench.ReceiveAsync(InDialog("MESSAGE", 2, "z9hG4bKa"));
        await _bench.ReceiveAsync(InDialog("DANCE", 3, "z9hG4bKb"));

        _bench.News().ShouldBe(["405 MESSAGE", "501 DANCE"]);
        _call.Told.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_re_INVITE_is_answered_or_refused_with_488_and_moves_the_remote_target()
    {
        await AnswerAsync();
        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.ReceiveAsync(WithBody(InDialog("INVITE", 2, "z9hG4bKa").Replace("<sip:4711@192.0.2.1>\nContent", "<sip:4711@192.0.2.9:5099>\nContent"), "hold"));
        await _bench.ReceiveAsync(InDialog("ACK", 2, "z9hG4bKb"));
        await _bench.ReceiveAsync(WithBody(InDialog("INVITE", 3, "z9hG4bKc"), "refuse"));

        var responses = _bench.NewMessages();
        System.Text.Encoding.UTF8.GetString(responses[0].Body.Span).ShouldBe("answer to hold");
        ((SipResponse)responses[1]).StatusCode.ShouldBe(488);
        _call.Told.ShouldBe(["offer hold", "offer refuse"]);

        await _bench.OnLoopAsync(() => Session!.HangUp(reason: null));
        ((SipRequest)_bench.NewMessages()[0]).Uri.ToString().ShouldBe("sip:4711@192.0.2.9:5099");
        _bench.Transport.Sent[^1].To.ToString().ShouldBe("192.0.2.9:5099");
    }

    [Fact]
    public async Task A_late_offer_is_answered_by_the_ACK_and_an_INVITE_meanwhile_is_glare()
    {
        await AnswerAsync(isOffer: true);

        await _bench.ReceiveAsync(WithBody(InDialog("INVITE", 2, "z9hG4bKa"), "glare"));
        _bench.News().ShouldBe(["491 INVITE"]);
        await _bench.ReceiveAsync(WithBody(InDialog("ACK", 1), "theirs"));

        _call.Told.ShouldBe(["answer theirs"]);
        await _bench.AdvanceAsync(0.6);
        _bench.News().ShouldBe(["491 INVITE"], "only the refusal is repeated");
    }

    [Theory]
    [InlineData("")]
    [InlineData("refuse")]
    public async Task An_ACK_without_a_usable_answer_to_our_offer_ends_the_call(string body)
    {
        await AnswerAsync(isOffer: true);

        await _bench.ReceiveAsync(WithBody(InDialog("ACK", 1), body));

        _bench.News().ShouldBe(["BYE"]);
        _call.Told[^1].ShouldBe("ended the ACK brought no usable answer to our offer");
    }

    [Fact]
    public async Task Requests_follow_a_loose_route_and_a_strict_one()
    {
        await AnswerAsync(recordRoute: "Record-Route: <sip:192.0.2.50;lr>, <sip:192.0.2.51;lr>\n");
        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.OnLoopAsync(() => Session!.HangUp(reason: null));

        var loose = (SipRequest)_bench.NewMessages()[0];
        loose.Uri.ToString().ShouldBe("sip:4711@192.0.2.1");
        loose.Headers.Where(header => header.Name.Equals(HeaderName.Route)).Select(header => header.Text).ShouldBe(["<sip:192.0.2.50;lr>", "<sip:192.0.2.51;lr>"]);
        _bench.Transport.Sent[^1].To.ToString().ShouldBe("192.0.2.50:5060");
    }

    [Fact]
    public async Task A_strict_router_becomes_the_Request_URI_and_the_target_the_last_route()
    {
        await AnswerAsync(recordRoute: "Record-Route: <sip:192.0.2.50>, <sip:192.0.2.51;lr>\n");
        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.OnLoopAsync(() => Session!.HangUp(reason: null));

        var strict = (SipRequest)_bench.NewMessages()[0];
        strict.Uri.ToString().ShouldBe("sip:192.0.2.50");
        strict.Headers.Where(header => header.Name.Equals(HeaderName.Route)).Select(header => header.Text).ShouldBe(["<sip:192.0.2.51;lr>", "<sip:4711@192.0.2.1>"]);
    }

    [Fact]
    public async Task A_peer_behind_a_NAT_is_called_back_where_it_was_heard()
    {
        await _bench.ReceiveAsync(WithBody(Request("INVITE").Replace("192.0.2.1;branch", "10.0.0.1;rport;branch").Replace("<sip:4711@192.0.2.1>\nContent", "<sip:4711@10.0.0.1>\nContent"), "their offer"), System.Net.IPEndPoint.Parse("192.0.2.1:40000"));
        await AnswerAsync(received: true);
        await _bench.ReceiveAsync(InDialog("ACK", 1));
        await _bench.OnLoopAsync(() => Session!.HangUp(reason: null));

        ((SipRequest)_bench.NewMessages()[0]).Uri.ToString().ShouldBe("sip:4711@10.0.0.1");
        _bench.Transport.Sent[^1].To.ToString().ShouldBe("192.0.2.1:40000");
    }

    private static string InDialog(string method, int cSeq, string branch = "z9hG4bKdialog") =>
        Request(method, branch, cSeq).Replace("To: <sip:1000@192.0.2.100>", "To: <sip:1000@192.0.2.100>;tag=ours");

    private static string WithBody(string request, string body) =>
        request.Replace("Content-Length: 0", $"Content-Type: application/sdp\nContent-Length: {body.Length}").TrimEnd('\n', '\r') + "\n\n" + body;

    private async Task TakeUpAsync(string recordRoute = "", bool received = false, bool withOffer = true)
    {
        if (!received)
        {
            var invite = Request("INVITE", extra: recordRoute);
            await _bench.ReceiveAsync(withOffer ? WithBody(invite, "their offer") : invite);
        }

        var transaction = _bench.Invites.ShouldHaveSingleItem();
        await _bench.OnLoopAsync(() =>
        {
            Dialog.TryAccept(transaction.Request, transaction.Source, "ours", out var dialog, out var error).ShouldBeTrue(error);
            _invite = new IncomingInvite(_bench.Agent, transaction, dialog!, _call);
        });
    }

    private async Task AnswerAsync(bool isOffer = false, string recordRoute = "", bool received = false)
    {
        await TakeUpAsync(recordRoute, received, withOffer: !isOffer);
        await _bench.OnLoopAsync(() => _invite.Answer("sdp"));
        var response = _bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
        response.StatusCode.ShouldBe(200);
        response.To.Tag.ShouldBe("ours");
        response.Headers.Has(HeaderName.Contact).ShouldBeTrue();
        response.Headers.Has(HeaderName.RecordRoute).ShouldBe(recordRoute.Length > 0);
    }
}
