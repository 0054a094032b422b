using System.Text;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony.Tests.Sip.Messages;

public sealed class SipMessageTests
{
    private const string Options = """
        OPTIONS sip:1000@192.0.2.100 SIP/2.0
        Via: SIP/2.0/UDP [2001:db8::9:1]:5070;branch=z9hG4bKa;rport, SIP/2.0/TCP proxy.example.com;branch=z9hG4bKb
        v: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKc
        Max-Forwards: 70
        f: "Ann \"the\" Agent" <sip:2001@example.com>;tag=1
        t: <sip:1000@example.com>
        i: abc@192.0.2.1
        CSeq: 7 OPTIONS
        m: <sip:2001@192.0.2.1:5070>, "B" <sip:2001@[2001:db8::1]:5071;transport=udp>;q=0.5
        Subject: folded
         over
        	three lines
        X-Unknown: kept as it is;,,;
        l: 5

        hello
        """;

    [Fact]
    public void Compact_folded_and_comma_joined_headers_are_read_as_their_long_forms()
    {
        var message = Parse(Options).ShouldBeOfType<SipRequest>();

        message.Method.ShouldBe("OPTIONS");
        message.Uri.UserText.ShouldBe("1000");
        message.TopVia.ShouldBe(new Via("UDP", "[2001:db8::9:1]", 5070, message.TopVia.Parameters));
        message.TopVia.Branch.ShouldBe("z9hG4bKa");
        message.TopVia.WantsRPort.ShouldBeTrue();
        message.Headers.All(HeaderName.Via).Count().ShouldBe(2);
        message.From.DisplayName.ShouldBe("Ann \"the\" Agent");
        message.From.Tag.ShouldBe("1");
        message.To.Tag.ShouldBeNull();
        message.CallId.ShouldBe("abc@192.0.2.1");
        message.CSeq.ShouldBe(new CSeq(7, "OPTIONS"));
        message.MaxForwards.ShouldBe(70);
        message.Headers[HeaderName.Subject].ShouldBe("folded   over  \tthree lines");
        message.Headers[HeaderName.Of("x-unknown")].ShouldBe("kept as it is;,,;");
        message.Headers.TryGetAddresses(HeaderName.Contact, out var contacts, out _).ShouldBeTrue();
        contacts.Select(contact => contact.Uri.ToString()).ShouldBe(["sip:2001@192.0.2.1:5070", "sip:2001@[2001:db8::1]:5071;transport=udp"]);
        contacts[1].Parameters["Q"].ShouldBe("0.5");
        Encoding.UTF8.GetString(message.Body.Span).ShouldBe("hello");
    }

    [Fact]
    public void A_message_written_and_read_again_is_the_same()
    {
        var first = Parse(Options);

        SipMessage.TryParse(first.ToBytes(), out var again, out _).ShouldBeTrue();

        again.Headers.ShouldBe(first.Headers);
        again.Body.ToArray().ShouldBe(first.Body.ToArray());
        again.ToBytes().ShouldBe(first.ToBytes());
    }

    [Fact]
    public void Body_length_follows_Content_Length_or_the_datagram()
    {
        Parse(Options.Replace("l: 5", "l: 2")).Body.Length.ShouldBe(2);
        Parse(Options.Replace("l: 5", "l: 0")).Body.Length.ShouldBe(0);
        Parse(Options.Replace("l: 5\n", "")).Body.Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("l: 5", "l: 6", "Content-Length is 6, but 5 bytes follow")]
    [InlineData("l: 5", "l: 99999999999999999999", "Content-Length is not one number")]
    [InlineData("l: 5", "l: five", "Content-Length is not one number")]
    [InlineData("l: 5", "l: 5\nContent-Length: 5", "Content-Length is not one number")]
    [InlineData("CSeq: 7 OPTIONS", "CSeq: 7 INVITE", "the method of CSeq is not OPTIONS")]
    [InlineData("CSeq: 7 OPTIONS", "CSeq: 4294967296 OPTIONS", "CSeq is missing or malformed")]
    [InlineData("CSeq: 7 OPTIONS", "CSeq: 7 OPTIONS\nCSeq: 8 OPTIONS", "CSeq stands twice")]
    [InlineData("Max-Forwards: 70", "Max-Forwards: 256", "Max-Forwards is not a number from 0 to 255")]
    [InlineData("t: <sip:1000@example.com>", "t: <sip:1000@example.com", "To: '<' without '>'")]
    [InlineData("t: <sip:1000@example.com>", "t: <sip:10%0@example.com>", "To: the user part of a URI is malformed")]
    [InlineData("t: <sip:1000@example.com>", "t: <sip:1000@example.com:70000>", "To: the host or port of a URI is malformed")]
    [InlineData("SIP/2.0\nVia", "SIP/3.0\nVia", "the SIP version is not 2.0")]
    [InlineData("X-Unknown: kept", "No colon kept", "a header field has no name")]
    public void A_malformed_request_says_what_is_wrong_and_can_be_answered(string good, string bad, string reason)
    {
        Options.ShouldContain(good);

        SipMessage.TryParse(Bytes(Options.Replace(good, bad)), out _, out var error).ShouldBeFalse();

        error.Reason.ShouldBe(reason);
        error.Answerable.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n\r\n")]
    [InlineData("hello\r\n\r\n")]
    [InlineData("OPTIONS sip:a@b SIP/2.0\r\n")]
    [InlineData("SIP/2.0 99 Low\r\n\r\n")]
    [InlineData("SIP/2.0 2000 High\r\n\r\n")]
    [InlineData("ACK sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: one ACK\r\n\r\n")]
    public void What_cannot_be_answered_is_met_with_silence(string text)
    {
        SipMessage.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error).ShouldBeFalse();
        error.Answerable.ShouldBeNull();
    }

    [Theory]
    [InlineData("X-A: b\rX-C: d")]
    [InlineData("X-A: b\nX-C: d")]
    public void A_bare_CR_or_LF_is_no_line_end(string header)
    {
        var bytes = Encoding.UTF8.GetBytes(Options.ReplaceLineEndings("\r\n").Replace("X-Unknown: kept as it is;,,;", header));

        SipMessage.TryParse(bytes, out _, out var error).ShouldBeFalse();

        error.Reason.ShouldBe("a line break that is not CRLF");
    }

    [Theory]
    [InlineData("a\r\nb")]
    [InlineData("a\nb")]
    [InlineData("a\rb")]
    public void Nothing_with_a_line_break_can_be_written_into_a_message(string text)
    {
        var request = (SipRequest)Parse(Options);

        Should.Throw<ArgumentException>(() => request.Headers.Add(HeaderName.Subject, text));
        Should.Throw<ArgumentException>(() => SipResponse.For(request, 200, text, toTag: null));
        Should.Throw<ArgumentException>(() => HeaderName.Of(text));
    }

    [Fact]
    public void Limits_hold_and_at_the_limit_all_is_well()
    {
        string With(int headers) => Options.Replace("X-Unknown: kept as it is;,,;", string.Join('\n', Enumerable.Range(0, headers).Select(i => $"X-{i}: v")));
        var others = Options.Split("\n\n")[0].Split('\n').Count(line => line.Contains(':') && !line.StartsWith(' ') && !line.StartsWith('\t')) - 2;

        SipMessage.TryParse(Bytes(With(SipLimits.Headers - others)), out _, out _).ShouldBeTrue();
        SipMessage.TryParse(Bytes(With(SipLimits.Headers - others + 1)), out _, out var tooMany).ShouldBeFalse();
        tooMany.Reason.ShouldStartWith("more than 256 header fields");
        SipMessage.TryParse(Bytes(Options.Replace("kept", new string('x', SipLimits.HeaderBytes))), out _, out var tooLong).ShouldBeFalse();
        tooLong.Reason.ShouldStartWith("more than 256 header fields");
        SipMessage.TryParse(new byte[SipLimits.MessageBytes + 1], out _, out var tooBig).ShouldBeFalse();
        tooBig.StatusCode.ShouldBe(513);
    }

    [Fact]
    public void A_reason_phrase_may_be_empty_or_absent()
    {
        const string Rest = "\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>\r\nTo: <sip:a@b>\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n";

        foreach (var line in new[] { "SIP/2.0 180 ", "SIP/2.0 180" })
        {
            SipMessage.TryParse(Encoding.UTF8.GetBytes(line + Rest), out var message, out _).ShouldBeTrue();
            message.ShouldBeOfType<SipResponse>().ReasonPhrase.ShouldBe("");
        }
    }

    private static SipMessage Parse(string text)
    {
        SipMessage.TryParse(Bytes(text), out var message, out var error).ShouldBeTrue(error?.ToString());
        return message!;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));
}
