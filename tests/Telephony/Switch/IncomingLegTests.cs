using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>Calls into the switch, over real sockets.</summary>
public sealed class IncomingLegTests
{
    [Fact]
    public async Task A_trunk_call_waits_for_verbs_rings_is_answered_and_hung_up_by_the_caller()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var invite = caller.Call("1000", caller.Sdp());

        var call = await bench.NextAsync<IncomingCall>();
        call.ShouldSatisfyAllConditions(
            () => call.From.ShouldBe("4711"),
            () => call.To.ShouldBe("1000"),
            () => call.SipCallId.ShouldBe(invite.CallId),
            () => call.Source.ShouldBe(new TrunkSource("local")));
        (await caller.ResponseAsync(100, "INVITE")).To.Tag.ShouldBeNull();
        caller.Heard().Count.ShouldBe(1, "nothing but 100 without a verb");

        bench.Switch.Ring(call.Leg).ShouldBeTrue();
        await caller.ResponseAsync(180, "INVITE");
        bench.Switch.Answer(call.Leg).ShouldBeTrue();
        var answer = await caller.ResponseAsync(200, "INVITE");
        Encoding.UTF8.GetString(answer.Body.Span).ShouldContain("m=audio");
        caller.InDialog("ACK", invite, answer);
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(call.Leg);

        caller.InDialog("BYE", invite, answer);
        await caller.ResponseAsync(200, "BYE");
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(call.Leg, LegEndReason.RemoteHangUp, SipStatus: null, Text: null));
        bench.Switch.HangUp(call.Leg, HangUpCause.Normal).ShouldBeFalse("the leg is gone");
        bench.Switch.Answer(call.Leg).ShouldBeFalse();
    }

    [Fact]
    public async Task We_hang_up_an_answered_call_by_BYE()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var (leg, _, _) = await bench.AnsweredCallAsync(caller);

        bench.Switch.HangUp(leg, HangUpCause.Normal).ShouldBeTrue();

        var bye = await caller.RequestAsync("BYE");
        bye.Headers[HeaderName.Reason].ShouldBe("Q.850;cause=16");
        caller.Respond(bye, 200);
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.LocalHangUp);
    }

    [Fact]
    public async Task A_caller_who_gives_up_ends_as_cancelled()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var invite = caller.Call("1000", caller.Sdp());
        var call = await bench.NextAsync<IncomingCall>();

        caller.Cancel(invite);

        await caller.ResponseAsync(200, "CANCEL");
        caller.Send(invite.AckFor(await caller.ResponseAsync(487, "INVITE")));
        (await bench.NextAsync<LegEnded>()).ShouldBe(new LegEnded(call.Leg, LegEndReason.Cancelled, SipStatus: null, Text: null));
    }

    [Theory]
    [InlineData(HangUpCause.Busy, 486)]
    [InlineData(HangUpCause.Declined, 603)]
    [InlineData(HangUpCause.Normal, 480)]
    [InlineData(HangUpCause.Failure, 503)]
    public async Task An_unanswered_call_is_hung_up_by_a_final_response(HangUpCause cause, int status)
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var invite = caller.Call("1000", caller.Sdp());
        var call = await bench.NextAsync<IncomingCall>();

        bench.Switch.HangUp(call.Leg, cause).ShouldBeTrue();

        caller.Send(invite.AckFor(await caller.ResponseAsync(status, "INVITE")));
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.LocalHangUp);
    }

    [Fact]
    public async Task A_call_is_rejected_with_the_status_given_and_only_a_refusal_is_taken()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        caller.Call("1000", caller.Sdp());
        var call = await bench.NextAsync<IncomingCall>();

        Should.Throw<ArgumentOutOfRangeException>(() => bench.Switch.Reject(call.Leg, 200, "OK"));
        Should.Throw<ArgumentException>(() => bench.Switch.Reject(call.Leg, 404, "Not\r\nFound"));
        bench.Switch.Reject(call.Leg, 404, "No Such Number").ShouldBeTrue();

        (await caller.ResponseAsync(404, "INVITE")).ReasonPhrase.ShouldBe("No Such Number");
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.LocalHangUp);
    }

    [Theory]
    [InlineData("4711")]
    [InlineData("2001")]
    public async Task A_stranger_gets_the_same_challenge_for_a_user_that_exists_and_one_that_does_not(string user)
    {
        await using var bench = await SwitchBench.StartAsync();
        var stranger = bench.Phone(user, address: "127.0.0.2");
        stranger.Call("1000", stranger.Sdp());
        var challenge = await stranger.ResponseAsync(401, "INVITE");
        stranger.Call("1000", stranger.Sdp(), stranger.Authorize(challenge, "INVITE", "guess"));
        var again = await stranger.ResponseAsync(401, "INVITE");

        foreach (var answer in new[] { challenge, again })
        {
            answer.ReasonPhrase.ShouldBe("Unauthorized");
            answer.Headers.Select(header => header.Name.Text).ShouldBe(["Via", "From", "To", "Call-ID", "CSeq", "WWW-Authenticate", "WWW-Authenticate"]);
            answer.ToString().ShouldNotContain("stale");
        }

        var caller = bench.Phone("4712");
        caller.Call("1000", caller.Sdp());
        (await bench.NextAsync<IncomingCall>()).From.ShouldBe("4712", "nobody was told of the stranger");
    }

    [Fact]
    public async Task OPTIONS_are_answered_200_whatever_the_user()
    {
        await using var bench = await SwitchBench.StartAsync();
        var stranger = bench.Phone("4711", address: "127.0.0.2");
        foreach (var user in new[] { "2001", "9999" })
        {
            stranger.SendRaw(Encoding.UTF8.GetBytes($"""
                OPTIONS sip:{user}@127.0.0.1 SIP/2.0
                Via: SIP/2.0/UDP {stranger.EndPoint};branch=z9hG4bK{user}
                From: <sip:{user}@127.0.0.1>;tag=1
                To: <sip:{user}@127.0.0.1>
                Call-ID: {user}
                CSeq: 1 OPTIONS
                Content-Length: 0


                """.ReplaceLineEndings("\r\n")));
            await stranger.ResponseAsync(200, "OPTIONS");
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.2")]
    public async Task A_From_that_is_an_extension_is_challenged_wherever_it_comes_from(string address)
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("2001", address);
        var first = phone.Call("2002", phone.Sdp());
        var challenge = await phone.ResponseAsync(401, "INVITE");
        phone.Send(first.AckFor(challenge));

        phone.Call("2002", phone.Sdp(), phone.Authorize(challenge, "INVITE", "wrong"));
        var again = await phone.ResponseAsync(401, "INVITE");
        phone.Call("2002", phone.Sdp(), phone.Authorize(again, "INVITE", "secret"));

        (await bench.NextAsync<IncomingCall>()).Source.ShouldBe(new ExtensionSource("2001"));
    }

    [Fact]
    public async Task An_offer_without_a_codec_of_ours_gets_488_and_no_leg()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");

        caller.Call("1000", caller.Sdp(codecs: "18"));
        await caller.ResponseAsync(488, "INVITE");
        caller.Call("1000", "this is no SDP");
        await caller.ResponseAsync(488, "INVITE");

        var (leg, _, _) = await bench.AnsweredCallAsync(caller);
        leg.ShouldBe(new LegId(1), "no leg was made for what was refused");
    }

    [Fact]
    public async Task A_call_without_an_offer_gets_ours_and_its_ACK_brings_the_answer()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var invite = caller.Call("1000", sdp: null);
        var call = await bench.NextAsync<IncomingCall>();
        bench.Switch.Answer(call.Leg);
        var offer = await caller.ResponseAsync(200, "INVITE");
        Encoding.UTF8.GetString(offer.Body.Span).ShouldContain("m=audio");
        await bench.NextAsync<LegAnswered>();

        caller.InDialog("ACK", invite, offer, caller.Sdp(direction: "sendonly"));

        (await bench.NextAsync<LegHeld>()).Leg.ShouldBe(call.Leg);
    }

    [Fact]
    public async Task The_caller_holds_and_retrieves()
    {
        await using var bench = await SwitchBench.StartAsync();
        var caller = bench.Phone("4711");
        var (leg, invite, answer) = await bench.AnsweredCallAsync(caller);

        foreach (var (direction, reply) in new[] { ("sendonly", "a=recvonly"), ("inactive", "a=inactive") })
        {
            var hold = caller.InDialog("INVITE", invite, answer, caller.Sdp(direction: direction));
            var held = await caller.ResponseAsync(200, "INVITE");
            Encoding.UTF8.GetString(held.Body.Span).ShouldContain(reply);
            caller.InDialog("ACK", hold, held);
        }

        (await bench.NextAsync<LegHeld>()).Leg.ShouldBe(leg);
        var retrieve = caller.InDialog("INVITE", invite, answer, caller.Sdp());
        caller.InDialog("ACK", retrieve, await caller.ResponseAsync(200, "INVITE"));
        (await bench.NextAsync<LegRetrieved>()).Leg.ShouldBe(leg);

        caller.InDialog("INVITE", invite, answer, caller.Sdp(codecs: "18"));
        await caller.ResponseAsync(488, "INVITE");
        caller.InDialog("BYE", invite, answer);
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.RemoteHangUp);
    }

    [Fact]
    public async Task Two_calls_at_once_do_not_mix()
    {
        await using var bench = await SwitchBench.StartAsync();
        var (first, second) = (bench.Phone("4711"), bench.Phone("4712"));
        var (legA, inviteA, answerA) = await bench.AnsweredCallAsync(first);
        var (legB, inviteB, answerB) = await bench.AnsweredCallAsync(second);
        legA.ShouldNotBe(legB);

        second.InDialog("BYE", inviteA, answerA);
        await second.ResponseAsync(200, "BYE");
        (await bench.NextAsync<LegEnded>()).Leg.ShouldBe(legA);
        second.InDialog("BYE", inviteB, answerB);
        (await bench.NextAsync<LegEnded>()).Leg.ShouldBe(legB);
        first.Heard().OfType<SipRequest>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_free_media_port_a_call_gets_503()
    {
        await using var bench = await SwitchBench.StartAsync(ports: new PortRange(34000, 34001));
        var caller = bench.Phone("4711");
        await bench.AnsweredCallAsync(caller);

        caller.Call("1000", caller.Sdp());

        await caller.ResponseAsync(503, "INVITE");
    }
}
