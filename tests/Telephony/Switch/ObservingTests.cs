using System.Text;
using System.Threading.Channels;
using CallCenter.Telephony.Sip;
using CallCenter.Telephony.Tests.Sip;

namespace CallCenter.Telephony.Tests.Switching;

public class ObservingTests
{
    private static readonly OriginateOptions Options = new() { FromUser = "4711", RingTimeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public async Task The_messages_of_both_legs_of_a_call_are_one_ladder_in_their_order()
    {
        var kept = new KeptLadders();
        var subject = Guid.NewGuid();
        await using (var bench = await SwitchBench.StartAsync(change: options => options with { LadderStore = kept }))
        {
            var agent = await bench.RegisteredAsync("2001");
            var caller = bench.Phone("4711");
            var invite = caller.Call("1000", caller.Sdp());
            var leg = (await bench.NextAsync<IncomingCall>()).Leg;
            bench.Switch.Name(leg, subject).ShouldBeTrue();
            bench.Switch.Answer(leg);
            var answer = await caller.ResponseAsync(200, "INVITE");
            caller.InDialog("ACK", invite, answer, sdp: null);
            await bench.NextAsync<LegAnswered>();

            bench.Switch.Name(bench.Switch.Originate("2001", Options), subject).ShouldBeTrue();
            agent.Respond(await agent.RequestAsync("INVITE"), 486);
            await agent.RequestAsync("ACK");
            await bench.NextAsync<LegEnded>();

            caller.InDialog("BYE", invite, answer, sdp: null);
            await caller.ResponseAsync(200, "BYE");
            await bench.NextAsync<LegEnded>();

            var figures = bench.Switch.Figures();
            figures.Requests.Single(count => count.Name == "INVITE").ShouldBe(new TelephonyCount("INVITE", 1, 1));
            figures.Responses.Single(count => count.Name == "486").ShouldBe(new TelephonyCount("486", 1, 0));
            figures.Responses.Single(count => count.Name == "401").Sent.ShouldBe(1);
            (figures.Registrations, figures.Malformed, figures.Dialogs).ShouldBe((1, 0, 0));
        }

        var ladder = await kept.Ladders.Reader.ReadAsync();
        ladder.Subject.ShouldBe(subject);
        var phone = ladder.Entries.First(entry => entry.IsSent && Told(entry) == "< INVITE").Peer;
        ladder.Entries.Where(entry => !entry.Peer.Equals(phone)).Select(Told).ShouldBe(["> INVITE", "< 100 INVITE", "< 200 INVITE", "> ACK", "> BYE", "< 200 BYE"]);
        ladder.Entries.Where(entry => entry.Peer.Equals(phone)).Select(Told).ShouldBe(["< INVITE", "> 486 INVITE", "< ACK"]);
        ladder.Entries.Select(entry => entry.At).ShouldBeInOrder();
        ladder.Entries.ShouldAllBe(entry => entry.Transport == "UDP" && entry.Peer.Port > 0);
        kept.Ladders.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Calls_that_nobody_names_leave_no_ladder()
    {
        var kept = new KeptLadders();
        await using (var bench = await SwitchBench.StartAsync(change: options => options with { LadderStore = kept }))
        {
            var caller = bench.Phone("4711");
            caller.Call("1000", caller.Sdp());
            bench.Switch.Reject((await bench.NextAsync<IncomingCall>()).Leg, 404, "Not Found");
            await caller.ResponseAsync(404, "INVITE");
        }

        kept.Ladders.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public void A_ladder_is_bounded_and_says_what_is_missing()
    {
        var ladders = new SipLadders(TimeProvider.System);
        var flow = new SipFlow(new MemoryTransport(), AgentBench.Peer);
        ladders.Open("a");
        ladders.Name("a", Guid.NewGuid());
        for (var i = 0; i < 500; i++)
        {
            ladders.Add("a", isSent: false, flow, new byte[20_000]);
        }

        ladders.Add("another", isSent: false, flow, new byte[1]);
        var ladder = ladders.Close("a")!;
        (ladder.Entries.Count, ladder.LeftOut).ShouldBe((400, 100));
        ladder.Entries.ShouldAllBe(entry => entry.Message.Length == 8_192);
        ladders.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Counters_tell_methods_codes_and_directions_apart()
    {
        var counters = new SipCounters();
        counters.CountSent("BYE sip:a SIP/2.0\r\n"u8);
        counters.CountSent("BYEBYE sip:a SIP/2.0\r\n"u8);
        counters.CountSent("SIP/2.0 699 Odd\r\n"u8);
        counters.CountTimeout(TimerName.B);
        counters.Requests.ShouldBe([new TelephonyCount("BYE", 0, 1), new TelephonyCount("others", 0, 1)]);
        counters.Responses.ShouldBe([new TelephonyCount("699", 0, 1)]);
        counters.Timeouts.ShouldBe([("B", 1L)]);
    }

    private static string Told(LadderEntry entry)
    {
        SipMessage.TryParse(entry.Message.Span, out var message, out var error).ShouldBeTrue($"{error} {Encoding.UTF8.GetString(entry.Message.Span)}");
        var what = message is SipResponse response ? $"{response.StatusCode} {response.CSeq.Method}" : ((SipRequest)message!).Method;
        return $"{(entry.IsSent ? "<" : ">")} {what}";
    }

    private sealed class KeptLadders : ILadderStore
    {
        public Channel<SipLadder> Ladders { get; } = Channel.CreateUnbounded<SipLadder>();

        public void Keep(SipLadder ladder) => Ladders.Writer.TryWrite(ladder);
    }
}
