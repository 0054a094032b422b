using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip;

/// <summary>The rules of RFC 3261 section 8.2 that hold for every request, and the way responses go back.</summary>
public sealed class UserAgentTests
{
    [Fact]
    public async Task Options_is_answered_with_what_we_allow()
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("OPTIONS"));

        var response = bench.NewMessages().ShouldHaveSingleItem().ShouldBeOfType<SipResponse>();
        response.StatusCode.ShouldBe(200);
        response.Headers[HeaderName.Allow].ShouldBe("INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, PRACK, UPDATE, INFO, REFER");
        response.To.Tag.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("MESSAGE", "405 MESSAGE")]
    [InlineData("NEVERHEARD", "501 NEVERHEARD")]
    [InlineData("options", "501 options")]
    [InlineData("BYE", "481 BYE")]
    [InlineData("CANCEL", "481 CANCEL")]
    public async Task Requests_that_mean_nothing_get_their_code(string method, string expected)
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request(method));

        bench.News().ShouldBe([expected]);
    }

    [Fact]
    public async Task A_request_in_no_dialog_of_ours_gets_481_and_its_ACK_silence()
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("INVITE").Replace("To: <sip:1000@192.0.2.100>", "To: <sip:1000@192.0.2.100>;tag=gone"));
        await bench.ReceiveAsync(Request("ACK", branch: "z9hG4bKother").Replace("To: <sip:1000@192.0.2.100>", "To: <sip:1000@192.0.2.100>;tag=gone"));

        bench.News().ShouldBe(["481 INVITE"]);
    }

    [Fact]
    public async Task A_repeated_request_gets_the_same_answer_and_is_not_taken_up_twice()
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("OPTIONS"));
        await bench.ReceiveAsync(Request("OPTIONS"));

        var responses = bench.NewMessages();
        responses.Count.ShouldBe(2);
        responses[0].ToBytes().ShouldBe(responses[1].ToBytes());
    }

    [Fact]
    public async Task A_request_that_came_by_two_paths_is_merged()
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("INVITE"));
        await bench.ReceiveAsync(Request("INVITE", branch: "z9hG4bKsecond-path"));

        bench.Invites.Count.ShouldBe(1);
        bench.News().ShouldBe(["482 INVITE"]);
    }

    [Fact]
    public async Task Transactions_are_told_apart_by_branch_sent_by_and_method()
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("OPTIONS"));
        await bench.ReceiveAsync(Request("OPTIONS").Replace("192.0.2.1;branch", "192.0.2.1:5061;branch").Replace("Call-ID: ", "Call-ID: other"));
        await bench.ReceiveAsync(Request("BYE"));

        bench.News().ShouldBe(["200 OPTIONS", "200 OPTIONS", "481 BYE"]);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1:5060", null, null)]
    [InlineData("192.0.2.1:5070", "192.0.2.1:5070", null, null)]
    [InlineData("10.0.0.1:5070", "192.0.2.1:5070", "192.0.2.1", null)]
    [InlineData("phone.example.com", "192.0.2.1:5060", "192.0.2.1", null)]
    [InlineData("10.0.0.1:5070;rport", "192.0.2.1:33333", "192.0.2.1", "33333")]
    [InlineData("10.0.0.1;maddr=198.51.100.1", "192.0.2.1:5060", "192.0.2.1", null)]
    public async Task Responses_go_where_the_request_came_from(string sentBy, string to, string? received, string? rport)
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("OPTIONS").Replace("192.0.2.1;branch", $"{sentBy};branch"), IPEndPoint.Parse("192.0.2.1:33333"));

        bench.Transport.Sent[0].To.ShouldBe(IPEndPoint.Parse(to));
        var via = bench.NewMessages()[0].TopVia;
        (via.Parameters["received"], via.Parameters["rport"]).ShouldBe((received, rport));
    }

    [Fact]
    public async Task The_other_vias_of_a_joined_header_stay_when_the_first_is_stamped()
    {
        await using var bench = new AgentBench();

        await bench.ReceiveAsync(Request("OPTIONS").Replace("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1", "Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2"));

        bench.NewMessages()[0].Headers[HeaderName.Via].ShouldBe("SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=192.0.2.1, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK2");
    }

    internal static string Request(string method, string branch = "z9hG4bK1", int cSeq = 1, string extra = "") => $"""
        {method} sip:1000@192.0.2.100 SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.1;branch={branch}
        Max-Forwards: 70
        From: <sip:4711@192.0.2.1>;tag=caller
        To: <sip:1000@192.0.2.100>
        Call-ID: call-1
        CSeq: {cSeq} {method}
        Contact: <sip:4711@192.0.2.1>
        {extra}Content-Length: 0


        """;
}
