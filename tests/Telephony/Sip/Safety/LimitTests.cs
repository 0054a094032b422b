using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

public class LimitTests
{
    // So that the answer is shorter than the request.
    private static readonly string LongEnough = $"X: {new string('x', 200)}\n";

    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["OPTIONS"] = Head("OPTIONS"),
        ["REGISTER"] = Head("REGISTER"),
        ["INVITE"] = Head("INVITE"),
        ["an INVITE with a content that we do not know"] = Head("INVITE", "Content-Type: text/plain\n") + "hello",
        ["an INVITE that wants an extension"] = Head("INVITE", "Require: what, we, do, not, have\n"),
        ["an INVITE without hops left"] = Head("INVITE").Replace("70", "0"),
        ["an INVITE in a dialog of nobody's"] = Head("INVITE").Replace("To: <sip:1@h>", "To: <sip:1@h>;tag=1"),
        ["BYE"] = Head("BYE"),
        ["CANCEL"] = Head("CANCEL"),
        ["MESSAGE"] = Head("MESSAGE"),
        ["a method of no RFC"] = Head("X"),
        ["a response"] = Head("INVITE").Replace("INVITE sip:h SIP/2.0", "SIP/2.0 200 OK"),
        ["ACK"] = Head("ACK"),
        ["a malformed request that can be answered"] = Head("INVITE").Replace("CSeq: 1", "CSeq: x"),
        ["another version"] = Head("INVITE").Replace("sip:h SIP/2.0", "sip:h SIP/3.0"),
        ["garbage"] = "garbage",
        ["line breaks"] = "\n\n",
        ["a STUN binding request"] = "\0\u0001\0\0!\u0012¤B123456789012",
    };

    public static TheoryData<string> KindNames => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task A_stranger_gets_no_more_than_it_sent_but_for_a_small_allowance(string kind)
    {
        await using var bench = new GuardBench();
        var received = 0;

        // Two minutes, 20 requests a second from a forged source, each repeated once; and a minute for what we would repeat by ourselves.
        for (var second = 0; second < 120; second++)
        {
            for (var i = 0; i < 20; i++)
            {
                var datagram = GuardBench.Wire(Kinds[kind].Replace("BRANCH", $"z9hG4bK{second}-{i}"));
                bench.Hand(datagram);
                bench.Hand(datagram);
                received += 2 * datagram.Length;
            }

            await bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        await bench.AdvanceAsync(TimeSpan.FromSeconds(60));
        bench.Transport.Sent.ShouldAllBe(item => item.To.Address.Equals(GuardBench.Stranger));
        bench.Transport.Sent.Sum(item => item.Bytes.Length).ShouldBeLessThanOrEqualTo(received + (3 * SipGuard.FreeBytes));
        bench.Agent.Transactions.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData("an INVITE with a content that we do not know")]
    [InlineData("an INVITE that wants an extension")]
    [InlineData("an INVITE in a dialog of nobody's")]
    [InlineData("INVITE")]
    public async Task A_refused_INVITE_of_a_stranger_is_answered_once(string kind)
    {
        await using var bench = new GuardBench();

        await bench.ReceiveAsync(Kinds[kind].Replace("BRANCH", "z9hG4bK1"));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(60));

        bench.News().ShouldHaveSingleItem();
        bench.Agent.Transactions.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task A_trunks_refused_INVITE_is_answered_until_it_is_acknowledged()
    {
        await using var bench = new GuardBench();

        await bench.ReceiveAsync(Kinds["an INVITE that wants an extension"].Replace("BRANCH", "z9hG4bK1"), GuardBench.TrunkAddress);
        await bench.AdvanceAsync(TimeSpan.FromSeconds(60));

        bench.Statuses().ShouldBe(Enumerable.Repeat(420, 11));
    }

    [Fact]
    public async Task Too_many_transactions_get_503_once_and_then_silence()
    {
        await using var bench = new GuardBench();
        for (var i = 0; i < 120; i++)
        {
            await bench.ReceiveAsync(bench.Request("OPTIONS", extra: LongEnough));
        }

        var news = bench.News();
        news.Count(message => ((SipResponse)message).StatusCode == 200).ShouldBe(100);
        var refusal = (SipResponse)news.Single(message => ((SipResponse)message).StatusCode != 200);
        (refusal.StatusCode, refusal.Headers[HeaderName.RetryAfter]).ShouldBe((503, "60"));

        // Others have limits of their own, and this one may ask again when its transactions have ended.
        await bench.ReceiveAsync(bench.Request("OPTIONS"), IPAddress.Parse("198.51.100.8"));
        await bench.AdvanceAsync(TimeSpan.FromSeconds(32));
        await bench.ReceiveAsync(bench.Request("OPTIONS"));
        bench.Statuses().ShouldBe([200, 200]);
    }

    [Theory]
    [InlineData("INVITE", 200, 20)]
    [InlineData("REGISTER", 1000, 50)]
    public async Task A_phones_address_has_a_rate(string method, int burst, int perSecond)
    {
        await using var bench = new GuardBench();
        await bench.ProveAsync("REGISTER", "secret", extra: "Contact: <sip:2001@198.51.100.7>\nExpires: 3600\n");
        await bench.AdvanceAsync(TimeSpan.FromMinutes(1));

        async Task<int> AnsweredAsync(int requests)
        {
            for (var i = 0; i < requests; i++)
            {
                await bench.ReceiveAsync(bench.Request(method));
            }

            return bench.Statuses().Count(status => status == 401);
        }

        // What proved the password was of the burst of a stranger, whose bucket is smaller than a phone's.
        (await AnsweredAsync(burst + 10)).ShouldBe(burst);
        await bench.AdvanceAsync(TimeSpan.FromSeconds(1));
        (await AnsweredAsync(perSecond + 10)).ShouldBe(perSecond);
    }

    [Fact]
    public async Task A_source_fills_no_more_than_its_share_of_the_queue()
    {
        await using var bench = new GuardBench();
        using var gate = new ManualResetEventSlim();
        bench.Loop.Post(gate.Wait);

        for (var i = 0; i < 1_000; i++)
        {
            bench.Hand(GuardBench.Wire(bench.Request("OPTIONS")));
        }

        bench.Loop.Backlog.ShouldBe(SourceLimits.Stranger.Waiting);
        gate.Set();
        await bench.SettleAsync();
        await bench.ReceiveAsync(bench.Request("OPTIONS"), IPAddress.Parse("198.51.100.8"));
        bench.Transport.Sent[^1].To.Address.ToString().ShouldBe("198.51.100.8");
    }

    [Fact]
    public async Task A_million_malformed_datagrams_leave_nothing_behind()
    {
        await using var bench = new GuardBench();
        var datagrams = Enumerable.Range(0, 16).Select(i => GuardBench.Wire(
            i == 0 ? Kinds["a malformed request that can be answered"] : Head("INVITE").Replace("Call-ID: BRANCH\n", ""))).ToArray();

        // Batch by batch, as datagrams would come no faster than they are read.
        async Task PourAsync(int count)
        {
            for (var i = 0; i < count; i++)
            {
                bench.Hand(datagrams[i & 15], new IPAddress([10, 1, (byte)(i >> 8), (byte)i]));
                if (i % 10_000 == 0)
                {
                    await bench.SettleAsync();
                }
            }

            await bench.AdvanceAsync(TimeSpan.FromMinutes(30));
            await bench.AdvanceAsync(TimeSpan.FromDays(2));
        }

        await PourAsync(100_000);
        bench.Transport.Clear();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await PourAsync(1_000_000);
        await bench.ReceiveAsync(bench.Request("OPTIONS"));
        bench.Transport.Clear();

        bench.Guard.Sources.ShouldBe(1);
        bench.Guard.Blocks.Count.ShouldBe(0);
        bench.Agent.Transactions.ServerCount.ShouldBe(1);
        // Other tests run at the same time; 16 bytes of each datagram would show.
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(16_000_000);
    }

    [Fact]
    public void A_message_of_parts_that_are_each_within_their_limits_has_limits_as_a_whole()
    {
        static string? FaultOf(string message) => SipMessage.TryParse(GuardBench.Wire(message), out _, out var error) ? null : error.Reason;

        string With(string fields) => Head("INVITE", fields).Replace("BRANCH", "z9hG4bK1");
        FaultOf(With(string.Concat(Enumerable.Repeat("Via: SIP/2.0/UDP a;branch=z9hG4bK2\n", 99)))).ShouldBeNull();
        FaultOf(With(string.Concat(Enumerable.Repeat("Via: SIP/2.0/UDP a;branch=z9hG4bK2\n", 100)))).ShouldBe("more than 100 Via values");
        FaultOf(With($"Record-Route: {string.Join(',', Enumerable.Repeat("<sip:a;lr>", 100))}\n")).ShouldBeNull();
        FaultOf(With($"Record-Route: {string.Join(',', Enumerable.Repeat("<sip:a;lr>", 101))}\n")).ShouldBe("more than 100 Route and Record-Route values");
        FaultOf(With(string.Concat(Enumerable.Repeat($"X: 1{string.Concat(Enumerable.Repeat(";a", 60))}\n", 9)))).ShouldBe("more than 512 parameters in all");
        FaultOf(With("") + new string('a', SipLimits.BodyBytes)).ShouldBeNull();
        FaultOf(With("") + new string('a', SipLimits.BodyBytes + 1)).ShouldBe("a body of more than 32768 bytes");
    }

    private static string Head(string method, string extra = "") => $"""
        {method} sip:h SIP/2.0
        Via: SIP/2.0/UDP h;branch=BRANCH;rport
        Max-Forwards: 70
        From: <sip:1@h>;tag=1
        To: <sip:1@h>
        Call-ID: BRANCH
        CSeq: 1 {method}
        {extra}

        """;
}
