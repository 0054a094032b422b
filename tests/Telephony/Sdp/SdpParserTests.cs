using System.Text;
using CallCenter.Telephony.Sdp;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Sdp;

public sealed class SdpParserTests
{
    /// <summary>The example of RFC 8866 section 5.</summary>
    private const string Example =
        "v=0\r\no=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\ns=Call to John Smith\r\ni=SDP Offer #1\r\n"
        + "u=http://www.jdoe.example.com/home.html\r\ne=Jane Doe <jane@jdoe.example.com>\r\np=+1 617 555-6011\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
        + "m=audio 49170 RTP/AVP 0\r\nm=audio 49180 RTP/AVP 0\r\nm=video 51372 RTP/AVP 99\r\nc=IN IP6 2001:db8::2\r\na=rtpmap:99 h263-1998/90000\r\n";

    private static readonly string[] Lines =
    [
        "v=0", "v=1", "o=- 1 1 IN IP4 127.0.0.1", "o=- x 1 IN IP4 127.0.0.1", "s=-", "s=", "t=0 0", "c=IN IP4 0.0.0.0", "c=IN IP6 ::1", "c=IN IP4",
        "a=sendonly", "a=rtpmap:0 PCMU/8000", "a=:", "a=", "m=audio 4000 RTP/AVP 0 8", "m=audio 99999 RTP/AVP 0", "m=audio 1/2 RTP/AVP 0", "m=", "b=AS:64",
        "k=clear:x", "z=0 0", "", "=", "x", "y=1", "A=b",
    ];

    [Fact]
    public void The_example_of_the_RFC_is_read()
    {
        var description = Parse(Example);
        description.Origin.ShouldBe(new SdpOrigin("jdoe", "3724394400", "3724394405", new SdpConnection("IP4", "198.51.100.1")));
        description.SessionName.ShouldBe("Call to John Smith");
        description.Connection.ShouldBe(new SdpConnection("IP4", "198.51.100.1"));
        description.Media.Select(m => (m.Kind, m.Port)).ShouldBe([("audio", 49170), ("audio", 49180), ("video", 51372)]);
        description.Media[2].Connection.ShouldBe(new SdpConnection("IP6", "2001:db8::2"));
        description.Media[2].Attributes.ShouldBe([new SdpAttribute("rtpmap", "99 h263-1998/90000")]);
    }

    [Fact]
    public void Lines_may_end_with_LF_alone_and_the_last_one_not_at_all() =>
        Parse(Example.ReplaceLineEndings("\n").TrimEnd()).Media[2].Attributes.Count.ShouldBe(1);

    [Fact]
    public void Attributes_before_the_first_media_belong_to_the_session()
    {
        var description = Parse("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\na=sendonly\r\nm=audio 4 RTP/AVP 0\r\na=ptime:20\r\n");
        description.Attributes.ShouldBe([new SdpAttribute("sendonly")]);
        description.Media[0].Attributes.ShouldBe([new SdpAttribute("ptime", "20")]);
    }

    [Theory]
    [InlineData("", 1, "begins with")]
    [InlineData("v=1\r\n", 1, "begins with")]
    [InlineData("v=0\r\ns=-\r\nt=0 0\r\n", 4, "o= line is missing")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\nt=0 0\r\n", 4, "s= line is missing")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\n", 4, "t= line is missing")]
    [InlineData("v=0\r\no=- 1 IN IP4 1.2.3.4\r\n", 2, "o= is")]
    [InlineData("v=0\r\no=- a 1 IN IP4 1.2.3.4\r\n", 2, "o= is")]
    [InlineData("v=0\r\no=- 1 1 IN IP5 1.2.3.4\r\n", 2, "an address is")]
    [InlineData("v=0\r\nc=OUT IP4 1.2.3.4\r\n", 2, "an address is")]
    [InlineData("v=0\r\nm=audio 4000 RTP/AVP\r\n", 2, "m= is")]
    [InlineData("v=0\r\nm=audio 65536 RTP/AVP 0\r\n", 2, "port")]
    [InlineData("v=0\r\nm=audio -1 RTP/AVP 0\r\n", 2, "port")]
    [InlineData("v=0\r\nhello\r\n", 2, "a line is a letter")]
    [InlineData("v=0\r\nx=1\r\n", 2, "unknown")]
    [InlineData("v=0\r\nv=0\r\n", 2, "repeated")]
    [InlineData("v=0\r\nX=1\r\n", 2, "lower-case")]
    [InlineData("v=0\r\na=b\0c\r\n", 2, "NUL")]
    [InlineData("v=0\r\na=b\rm=audio 1 RTP/AVP 0\r\n", 2, "bare CR")]
    [InlineData("v=0\r\na=:x\r\n", 2, "needs a name")]
    [InlineData("v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\nm=audio 4 RTP/AVP 0\r\nt=0 0\r\n", 6, "has no place here")]
    public void What_is_malformed_is_refused_with_line_and_reason(string text, int line, string reason)
    {
        SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error).ShouldBeFalse();
        error.Line.ShouldBe(line);
        error.Message.ShouldContain(reason);
    }

    [Fact]
    public void Every_limit_holds()
    {
        const string Head = "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\n";
        Refusal(Head + string.Concat(Enumerable.Repeat("m=audio 4 RTP/AVP 0\r\n", SdpParser.MaxMedia + 1))).ShouldContain("media sections");
        Refusal(Head + string.Concat(Enumerable.Repeat("a=x\r\n", SdpParser.MaxAttributes + 1))).ShouldContain("attributes");
        Refusal(Head + "m=audio 4 RTP/AVP" + string.Concat(Enumerable.Repeat(" 0", SdpParser.MaxFormats + 1)) + "\r\n").ShouldContain("formats");
        Refusal(Head + "i=" + new string('x', SdpParser.MaxLength)).ShouldContain("longer than");
    }

    [Fact]
    public void No_bytes_make_the_parser_throw() =>
        Prop.ForAll<byte[]>(bytes => SdpParser.TryParse([.. "v=0\r\n"u8, .. bytes], out _, out var error) || error.Message.Length > 0)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2000));

    [Fact]
    public void No_heap_of_lines_makes_the_parser_throw_and_what_is_read_is_written_and_read_as_the_same() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), picks =>
        {
            var text = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + string.Concat(picks.Select(p => Lines[(p & int.MaxValue) % Lines.Length] + "\r\n"));
            if (!SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out var first, out _))
            {
                return true;
            }

            var written = first.Write();
            return string.Equals(Parse(written).Write(), written, StringComparison.Ordinal);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000).WithEndSize(12));

    private static SessionDescription Parse(string text)
    {
        SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out var description, out var error).ShouldBeTrue(error.ToString());
        return description;
    }

    private static string Refusal(string text)
    {
        SdpParser.TryParse(Encoding.UTF8.GetBytes(text), out _, out var error).ShouldBeFalse();
        return error.Message;
    }
}
