using System.Text;
using System.Text.RegularExpressions;

using CallCenter.Telephony.Sip;

namespace CallCenter.Api.Ladders;

/// <summary>One message of a call as it is kept and shown. Secrets are struck out before it is kept: digest responses, the keys of SRTP, and keys pressed, which may be a PIN.</summary>
/// <param name="Direction"><c>IN</c> or <c>OUT</c>.</param>
/// <param name="Peer">Address and port of the other side.</param>
internal sealed partial record StoredLadderEntry(DateTimeOffset At, string Direction, string Peer, string Transport, string Message)
{
    /// <summary>Request line or status line.</summary>
    public string StartLine => Message.Split("\r\n", 2)[0];

    public static StoredLadderEntry Of(LadderEntry entry) => new(
        entry.At, entry.IsSent ? "OUT" : "IN", entry.Peer.ToString(), entry.Transport, Secrets().Replace(Encoding.UTF8.GetString(entry.Message.Span), "$1(removed)"));

    [GeneratedRegex("(?<1>\\bresponse\\s*=\\s*\"?)[0-9a-f]+|(?<1>\\binline:)[A-Za-z0-9+/=]+|(?<1>\\bSignal\\s*=\\s*)[0-9*#A-D!]+|(?<1>\\bapplication/dtmf\\s*\r\n([^\r\n]+\r\n)*\r\n)[0-9*#A-D!]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Secrets();
}
