namespace CallCenter.Telephony.Sip;

/// <summary>
/// The ways to URIs for those who cannot wait for DNS, as trunks that choose a gateway for a call: what was found last, looked up again in the background once it is half a minute old.
/// When nothing is found any more, what was found before still holds: calls go on while DNS is away. Belongs to the loop.
/// </summary>
internal sealed class KnownHops(UserAgent agent)
{
    private const int Most = 1_000;
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly Dictionary<SipUri, IReadOnlyList<SipFlow>> _known = [];
    private readonly HashSet<SipUri> _fresh = [];

    /// <summary>The best way first; empty for a name that is being looked up for the first time, or leads nowhere. At once for addresses.</summary>
    public IReadOnlyList<SipFlow> Find(SipUri uri)
    {
        if (_fresh.Count < Most && _fresh.Add(uri))
        {
            agent.Loop.Timers.Start(Fresh, () => _fresh.Remove(uri));
            agent.Locate(uri, flows =>
            {
                if (flows.Count > 0 && (_known.Count < Most || _known.ContainsKey(uri)))
                {
                    _known[uri] = flows;
                }
            });
        }

        return _known.GetValueOrDefault(uri, []);
    }
}
