using System.Text;
using CallCenter.Telephony.Sip;
using FsCheck;
using FsCheck.Fluent;

namespace CallCenter.Telephony.Tests.Sip.Transport;

/// <summary>Where one message ends and the next begins (RFC 3261 section 18.3, RFC 5626 section 4.4.1).</summary>
public sealed class StreamFramerTests
{
    private const string Body = "v=0\r\n\r\nnot a head";

    [Fact]
    public void Two_messages_in_one_segment_are_two() =>
        Frames(Message("Content-Length: 0") + Message($"l : {Body.Length}", Body) + "SIP/2.0 200").ShouldBe(["Message", "Message", "Incomplete"]);

    [Theory]
    [InlineData("Content-Length: 17")]
    [InlineData("content-length:\t0017 ")]
    [InlineData("l: 17")]
    [InlineData("Content-Length:\r\n 17")]
    [InlineData("Subject: folded\r\n l: 7\r\nContent-Length: 17")]
    public void The_length_is_found_however_it_is_written_and_wherever_segments_end(string header)
    {
        var bytes = Encoding.ASCII.GetBytes(Message(header, Body));
        Body.Length.ShouldBe(17);
        for (var split = 1; split < bytes.Length; split++)
        {
            var framer = new StreamFramer();
            framer.Next(bytes.AsSpan(0, split), out _, out _).ShouldBe(FrameKind.Incomplete, $"after {split} bytes");
            framer.Next(bytes, out var length, out _).ShouldBe(FrameKind.Message);
            length.ShouldBe(bytes.Length);
        }
    }

    [Theory]
    [InlineData("Subject: none", "Content-Length is missing, which a stream cannot do without", 400)]
    [InlineData("Content-Length: 1\r\nl: 1", "Content-Length is not one number", 400)]
    [InlineData("Content-Length: -1", "Content-Length is not one number", 400)]
    [InlineData("Content-Length: 1, 2", "Content-Length is not one number", 400)]
    [InlineData("Content-Length:", "Content-Length is not one number", 400)]
    [InlineData("Content-Length: 99999999999999999999", "Content-Length is not one number", 400)]
    [InlineData("Content-Length: 65536", "more than 65535 bytes", 513)]
    public void A_stream_whose_next_message_cannot_be_found_is_broken(string header, string reason, int status)
    {
        var framer = new StreamFramer();
        var bytes = Encoding.ASCII.GetBytes(Message(header));

        framer.Next(bytes, out var length, out var fault).ShouldBe(FrameKind.Broken);

        length.ShouldBe(bytes.Length);
        fault!.Reason.ShouldBe(reason);
        fault.StatusCode.ShouldBe(status);
    }

    [Fact]
    public void Header_fields_that_never_end_break_the_stream_at_the_limit()
    {
        var framer = new StreamFramer();
        var endless = Enumerable.Repeat((byte)'x', SipLimits.MessageBytes).ToArray();

        framer.Next(endless.AsSpan(0, SipLimits.MessageBytes - 1), out _, out _).ShouldBe(FrameKind.Incomplete);
        framer.Next(endless, out _, out var fault).ShouldBe(FrameKind.Broken);
        fault!.StatusCode.ShouldBe(513);
    }

    [Theory]
    [InlineData("\r\n\r\n", "Ping")]
    [InlineData("\r\n\r\n\r\n\r\n", "Ping Ping")]
    [InlineData("\r\nS", "Blank Incomplete")]
    [InlineData("\r\n", "Incomplete")]
    [InlineData("\r\n\r", "Incomplete")]
    [InlineData("\r\n\rx", "Blank Incomplete")]
    public void Line_breaks_between_messages_are_keep_alives(string bytes, string frames) => Frames(bytes).ShouldBe(frames.Split(' '));

    [Fact]
    public void A_message_after_a_keep_alive_is_whole() => Frames("\r\n\r\n" + Message("l: 0")).ShouldBe(["Ping", "Message"]);

    [Fact]
    public void Whatever_comes_it_never_throws_and_takes_no_more_than_there_is() =>
        Prop.ForAll(Noise().ToArbitrary(), bytes =>
        {
            var framer = new StreamFramer();
            for (var at = 0; at < bytes.Length;)
            {
                var kind = framer.Next(bytes.AsSpan(at), out var length, out var fault);
                length.ShouldBeInRange(0, bytes.Length - at);
                (kind == FrameKind.Broken).ShouldBe(fault is not null);
                if (kind is FrameKind.Incomplete or FrameKind.Broken)
                {
                    return;
                }

                length.ShouldBePositive();
                at += length;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    private static string Message(string header, string body = "") => $"OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1\r\n{header}\r\n\r\n{body}";

    private static Gen<byte[]> Noise() =>
        Gen.Elements("\r\n", "\r", "\n", " ", "l", "Content-Length", ":", "0", "5", "OPTIONS sip:a SIP/2.0", "\r\n\r\n", "x", "l: 3\r\n\r\n").ArrayOf().Select(parts => Encoding.ASCII.GetBytes(string.Concat(parts)));

    private static List<string> Frames(string text)
    {
        var framer = new StreamFramer();
        var bytes = Encoding.ASCII.GetBytes(text).AsSpan();
        List<string> frames = [];
        while (!bytes.IsEmpty)
        {
            var kind = framer.Next(bytes, out var length, out _);
            frames.Add(kind.ToString());
            if (kind is FrameKind.Incomplete or FrameKind.Broken)
            {
                break;
            }

            bytes = bytes[length..];
        }

        return frames;
    }
}
