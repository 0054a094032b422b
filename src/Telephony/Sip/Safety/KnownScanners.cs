using System.Text;

namespace CallCenter.Telephony.Sip;

/// <summary>Programs that announce themselves in User-Agent and that no phone or trunk is. Those that hide are found by what they do.</summary>
internal static class KnownScanners
{
    private static readonly byte[][] Names =
    [
        .. new[] { "friendly-scanner", "friendly-request", "sipvicious", "sip-scan", "sipcli", "sundayddr", "sivus", "pplsip", "iwar", "smap", "vaxasip", "siparmyknife", "sipptk" }
            .Select(Encoding.ASCII.GetBytes),
    ];

    /// <summary>The program that sent the request; null when it names none of them.</summary>
    public static string? Of(SipRequest request)
    {
        if (!request.Headers.TryGet(HeaderName.UserAgent, out var agent))
        {
            return null;
        }

        foreach (var name in Names)
        {
            if (Begins(agent.Span, name))
            {
                return Encoding.ASCII.GetString(name);
            }
        }

        return null;
    }

    private static bool Begins(ReadOnlySpan<byte> agent, ReadOnlySpan<byte> name) =>
        agent.Length >= name.Length && Ascii.EqualsIgnoreCase(agent[..name.Length], name);
}
