using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Switching;

/// <summary>REFER and Replaces at a whole switch, over real sockets (RFC 3515, RFC 3891), and what is said before and within a call.</summary>
public sealed class TransferTests
{
    [Fact]
    public async Task A_phone_asks_for_a_blind_transfer_and_is_told_how_it_goes()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        var (leg, invite, answer) = await bench.AnsweredCallAsync(phone);
        phone.InDialog("REFER", invite, answer, ("Refer-To", $"<sip:2002@{bench.Switch.SipEndPoint}>"));

        var asked = await bench.NextAsync<TransferRequested>();
        (asked.Leg, asked.Target, asked.TargetUri, asked.Replaced).ShouldBe((leg, "2002", $"sip:2002@{bench.Switch.SipEndPoint}", null));
        bench.Switch.AcceptTransfer(leg, asked.Transfer).ShouldBeTrue();
        await phone.ResponseAsync(202, "REFER");
        phone.Respond(await phone.RequestAsync("NOTIFY"), 200);
        bench.Switch.ReportTransfer(leg, asked.Transfer, 200, "OK").ShouldBeTrue();
        var last = await phone.RequestAsync("NOTIFY");
        phone.Respond(last, 200);
        System.Text.Encoding.UTF8.GetString(last.Body.Span).ShouldBe("SIP/2.0 200 OK\r\n");

        phone.InDialog("BYE", invite, answer);
        (await bench.NextAsync<LegEnded>()).Reason.ShouldBe(LegEndReason.RemoteHangUp);
    }

    [Fact]
    public async Task An_attended_transfer_names_the_leg_that_the_call_is_to_take_the_place_of()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        var (first, invite, answer) = await bench.AnsweredCallAsync(phone);
        var (second, consult, consulted) = await bench.AnsweredCallAsync(phone, "2002");
        var replaces = Uri.EscapeDataString($"{consult.CallId};to-tag={consulted.To.Tag};from-tag={consult.From.Tag}");
        phone.InDialog("REFER", invite, answer, ("Refer-To", $"<sip:2002@{bench.Switch.SipEndPoint}?Replaces={replaces}>"));

        var asked = await bench.NextAsync<TransferRequested>();

        (asked.Leg, asked.Replaced).ShouldBe((first, second));
        bench.Switch.RefuseTransfer(first, asked.Transfer, 603, "Decline").ShouldBeTrue();
        await phone.ResponseAsync(603, "REFER");
    }

    [Fact]
    public async Task An_attended_transfer_to_a_call_that_is_gone_is_told_481()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        var (_, invite, answer) = await bench.AnsweredCallAsync(phone);
        phone.InDialog("REFER", invite, answer, ("Refer-To", $"<sip:2002@{bench.Switch.SipEndPoint}?Replaces=gone%3Bto-tag%3Da%3Bfrom-tag%3Db>"));

        await phone.ResponseAsync(202, "REFER");
        var trying = await phone.RequestAsync("NOTIFY");
        phone.Respond(trying, 200);
        System.Text.Encoding.UTF8.GetString((await phone.RequestAsync("NOTIFY")).Body.Span).ShouldBe("SIP/2.0 481 Call/Transaction Does Not Exist\r\n");
    }

    [Fact]
    public async Task A_call_with_Replaces_names_the_leg_or_is_refused_as_the_RFC_says()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        var (leg, invite, answer) = await bench.AnsweredCallAsync(phone);
        var other = bench.Phone("4712");
        string Replacing(string tag, string more = "") => $"{invite.CallId};to-tag={tag};from-tag={invite.From.Tag}{more}";

        other.Call("1000", other.Sdp(), ("Replaces", Replacing("nobody")));
        await other.ResponseAsync(481, "INVITE");
        other.Call("1000", other.Sdp(), ("Replaces", Replacing(answer.To.Tag!, ";early-only")));
        await other.ResponseAsync(486, "INVITE");
        other.Call("1000", other.Sdp(), ("Replaces", "nonsense"));
        await other.ResponseAsync(400, "INVITE");
        other.Call("1000", other.Sdp(), ("Replaces", Replacing(answer.To.Tag!)));

        (await bench.NextAsync<IncomingCall>()).Replaces.ShouldBe(leg);
    }

    [Fact]
    public async Task A_call_may_replace_one_that_we_ring_but_not_one_that_rings_at_us()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var originated = bench.Switch.Originate("2001", new OriginateOptions { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) });
        var ringing = await phone.RequestAsync("INVITE");
        phone.Respond(ringing, 180);
        await bench.NextAsync<LegRinging>();
        var other = bench.Phone("4712");
        var waiting = other.Call("1000", other.Sdp());
        await bench.NextAsync<IncomingCall>();
        var trying = await other.ResponseAsync(100, "INVITE");
        trying.To.Tag.ShouldBeNull("no dialog that could be named");

        other.Call("1000", other.Sdp(), ("Replaces", $"{ringing.CallId};to-tag={ringing.From.Tag};from-tag=phone;early-only"));

        (await bench.NextAsync<IncomingCall>()).Replaces.ShouldBe(originated);
        waiting.ShouldNotBeNull();
    }

    [Fact]
    public async Task An_interval_below_90_s_is_refused_before_the_call_is_taken_up()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        phone.Call("1000", phone.Sdp(), ("Session-Expires", "60"), ("Supported", "timer"));

        (await phone.ResponseAsync(422, "INVITE")).Headers[HeaderName.MinSe].ShouldBe("90");
    }

    [Fact]
    public async Task Early_media_of_a_phone_that_rings_is_told_and_its_answer_holds()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = await bench.RegisteredAsync("2001");
        var leg = bench.Switch.Originate("2001", new OriginateOptions { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) });
        var invite = await phone.RequestAsync("INVITE");
        phone.Respond(invite, 183, phone.Sdp());
        await bench.NextAsync<LegRinging>();
        (await bench.NextAsync<LegEarlyMedia>()).Leg.ShouldBe(leg);

        phone.Respond(invite, 200, phone.Sdp(codecs: "8"));

        await phone.RequestAsync("ACK");
        (await bench.NextAsync<LegAnswered>()).Leg.ShouldBe(leg);
    }

    [Fact]
    public async Task A_caller_hears_before_the_answer_what_is_bridged_with_it()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        phone.Call("1000", phone.Sdp());
        var call = await bench.NextAsync<IncomingCall>();
        bench.Switch.Progress(call.Leg).ShouldBeTrue();

        (await phone.ResponseAsync(183, "INVITE")).Body.IsEmpty.ShouldBeFalse();
        bench.Switch.Answer(call.Leg);
        (await phone.ResponseAsync(200, "INVITE")).Body.IsEmpty.ShouldBeFalse("an unreliable answer is said again");
    }

    [Fact]
    public async Task Holding_a_leg_offers_sendonly_and_retrieving_it_sendrecv()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        var (leg, _, _) = await bench.AnsweredCallAsync(phone);
        bench.Switch.Hold(leg).ShouldBeTrue();
        var hold = await phone.RequestAsync("INVITE");
        System.Text.Encoding.UTF8.GetString(hold.Body.Span).ShouldContain("a=sendonly");
        phone.Respond(hold, 200, phone.Sdp(codecs: "0 8", direction: "recvonly"));
        await phone.RequestAsync("ACK");

        bench.Switch.Unhold(leg).ShouldBeTrue();
        var retrieve = await phone.RequestAsync("INVITE");
        System.Text.Encoding.UTF8.GetString(retrieve.Body.Span).ShouldContain("a=sendrecv");
        phone.Respond(retrieve, 200, phone.Sdp(codecs: "0 8"));
        await phone.RequestAsync("ACK");
    }

    [Fact]
    public async Task A_key_by_INFO_is_told()
    {
        await using var bench = await SwitchBench.StartAsync();
        var phone = bench.Phone("4711");
        var (leg, invite, answer) = await bench.AnsweredCallAsync(phone);
        phone.Info(invite, answer, "application/dtmf-relay", "Signal=7\r\nDuration=200\r\n");

        (await bench.NextAsync<DtmfReceived>()).ShouldBe(new DtmfReceived(leg, '7', TimeSpan.FromMilliseconds(200), DtmfMethod.Info));
    }
}
