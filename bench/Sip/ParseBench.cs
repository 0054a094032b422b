using System.Diagnostics;
using System.Text;

using CallCenter.Telephony.Sip;

namespace CallCenter.Sip.Bench;

/// <summary>How fast datagrams become messages on one thread, and what each allocates.</summary>
internal static class ParseBench
{
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(2);

    // What a softphone, a trunk and SIPp send in a call, in the shares of a call: 7 messages.
    private static readonly byte[][] Call = [.. new[]
    {
        Message(
            "INVITE sip:1000@192.0.2.10:5060 SIP/2.0", "CSeq: 20 INVITE", to: "<sip:1000@192.0.2.10>",
            "Contact: <sip:alice@198.51.100.7:5062;transport=udp>;+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000a95a0e128>\"", "Max-Forwards: 70",
            "Supported: replaces, outbound, gruu, 100rel, timer", "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, MESSAGE, SUBSCRIBE, INFO, PRACK, UPDATE",
            "User-Agent: Linphone/5.0.2 (belle-sip/5.2.0)", "Content-Type: application/sdp"),
        Message("SIP/2.0 100 Trying", "CSeq: 20 INVITE", to: "<sip:1000@192.0.2.10>"),
        Message("SIP/2.0 180 Ringing", "CSeq: 20 INVITE", to: "<sip:1000@192.0.2.10>;tag=8f2a1c", "Contact: <sip:1000@192.0.2.10:5060>"),
        Message(
            "SIP/2.0 200 OK", "CSeq: 20 INVITE", to: "<sip:1000@192.0.2.10>;tag=8f2a1c", "Contact: <sip:1000@192.0.2.10:5060>",
            "Allow: INVITE, ACK, CANCEL, OPTIONS, BYE", "Content-Type: application/sdp"),
        Message("ACK sip:1000@192.0.2.10:5060 SIP/2.0", "CSeq: 20 ACK", to: "<sip:1000@192.0.2.10>;tag=8f2a1c", "Max-Forwards: 70"),
        Message("BYE sip:1000@192.0.2.10:5060 SIP/2.0", "CSeq: 21 BYE", to: "<sip:1000@192.0.2.10>;tag=8f2a1c", "Max-Forwards: 70", "User-Agent: Linphone/5.0.2 (belle-sip/5.2.0)"),
        Message("SIP/2.0 200 OK", "CSeq: 21 BYE", to: "<sip:1000@192.0.2.10>;tag=8f2a1c"),
    }.Select(Encoding.UTF8.GetBytes)];

    public static void Run()
    {
        foreach (var (name, messages) in new[] { ("the 7 messages of a call", Call), ("INVITE with SDP alone", [Call[0]]) })
        {
            _ = Measure(messages);
            var rounds = new[] { Measure(messages), Measure(messages), Measure(messages) };
            Array.Sort(rounds);
            Console.WriteLine(
                $"parse, {name} ({messages.Average(message => message.Length):F0} bytes on average): {rounds[1].PerSecond:N0} messages/s a core [{rounds[0].PerSecond:N0} to {rounds[2].PerSecond:N0}], {rounds[1].Bytes:N0} bytes allocated a message");
        }
    }

    // As a stack needs it: with the fields by which a message finds its transaction and dialog.
    private static (double PerSecond, double Bytes) Measure(byte[][] messages)
    {
        GC.Collect();
        var (count, tags) = (0L, 0L);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < Span)
        {
            for (var i = 0; i < 1000; i++)
            {
                if (!SipMessage.TryParse(messages[count++ % messages.Length], out var message, out var error))
                {
                    throw new InvalidOperationException(error.ToString());
                }

                tags += message.TopVia.Branch!.Length + message.From.Tag!.Length + (message.To.Tag?.Length ?? 0) + message.CallId.Length + message.CSeq.Number;
            }
        }

        GC.KeepAlive(tags);
        return (count / (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds, (double)(GC.GetAllocatedBytesForCurrentThread() - allocated) / count);
    }

    private static string Message(string startLine, string cSeq, string to, params string[] more)
    {
        var sdp = more.Contains("Content-Type: application/sdp", StringComparer.Ordinal)
            ? "v=0\r\no=alice 2890844526 2890844526 IN IP4 198.51.100.7\r\ns=Talk\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\nm=audio 7078 RTP/AVP 96 0 8 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\na=rtpmap:101 telephone-event/8000\r\na=rtcp-fb:* ccm tmmbr\r\n"
            : "";
        return string.Join("\r\n", [
            startLine, "Via: SIP/2.0/UDP 198.51.100.7:5062;branch=z9hG4bK.8tXk2sOpQ;rport", "From: \"Alice\" <sip:alice@example.com>;tag=l9zZk3bfC", $"To: {to}", "Call-ID: x8Lq9~aVNp@198.51.100.7", cSeq, .. more,
            $"Content-Length: {sdp.Length}", "", sdp]);
    }
}
