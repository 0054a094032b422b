using System.Net;

using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>Who is not listened to, and how many calls a source may have.</summary>
public sealed partial class Switch
{
    /// <summary>The longest block.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromDays(30);

    private readonly SipGuard _guard;
    private readonly Dictionary<LegId, SourceRecord> _callsOf = [];

    // Asked for every datagram, on the transports' threads; replaced as a whole.
    private volatile IPNetwork[] _trustedNetworks;

    /// <summary>
    /// Stops listening to a source: what comes from there is dropped unread. Also for a block that an earlier process made. Calls that are up go on until their own signalling fails.
    /// No <see cref="SourceBlocked"/> follows; a <see cref="BlockExpired"/> does.
    /// </summary>
    /// <param name="address">An IPv4 address, or an IPv6 address or /64 network.</param>
    /// <param name="reason">For people.</param>
    /// <param name="until">At most <see cref="LongestBlock"/> from now; a time past ends the block at once.</param>
    /// <returns>False when a trusted trunk has the address: change the trunk instead.</returns>
    /// <exception cref="ArgumentException">It is no address.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="until"/> is too far away.</exception>
    public bool Block(string address, string reason, DateTimeOffset until)
    {
        var source = KeyOf(address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(until, _time.GetUtcNow() + LongestBlock);
        if (IsTrusted(address))
        {
            return false;
        }

        _loop.Post(() => _guard.Blocks.Set(new Block(source, reason, until)));
        return true;
    }

    /// <summary>Listens to a source again; without effect when it is not blocked.</summary>
    /// <exception cref="ArgumentException">It is no address.</exception>
    public void Unblock(string address)
    {
        var source = KeyOf(address);
        _loop.Post(() => _guard.Blocks.Remove(source));
    }

    /// <summary>Whether a trusted trunk has the address, or lies in the same /64 network.</summary>
    /// <exception cref="ArgumentException">It is no address.</exception>
    public bool IsTrusted(string address)
    {
        var source = KeyOf(address);
        return Array.Exists(_trustedNetworks, network => network.Contains(source.FirstAddress()) || SourceKey.Of(network.BaseAddress) == source);
    }

    /// <summary>An address in the form of <see cref="SourceBlocked.Address"/>; false when it is none.</summary>
    public static bool TrySourceOf(string address, out string source)
    {
        var valid = SourceKey.TryParse(address, out var key);
        source = valid ? key.ToString() : "";
        return valid;
    }

    private static SourceKey KeyOf(string address) =>
        SourceKey.TryParse(address, out var source) ? source : throw new ArgumentException($"\"{address}\" is not an IPv4 address, an IPv6 address or an IPv6 /64 network", nameof(address));

    private bool IsTrunk(IPAddress address)
    {
        foreach (var network in _trustedNetworks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private void OnBlocked(Block block) => _host.Notify(new SourceBlocked(block.Source.ToString(), block.Reason, _time.GetUtcNow(), block.Until));

    private void OnBlockExpired(Block block) => _host.Notify(new BlockExpired(block.Source.ToString(), _time.GetUtcNow()));

    private bool MayCall(ServerTransaction invite, CallSource source)
    {
        if (source is ExtensionSource)
        {
            _agent.Proved(invite);
        }

        return invite.Record is not { } record || _guard.MayCall(record, invite.Source);
    }

    private void CountCall(LegId leg, ServerTransaction invite)
    {
        if (invite.Record is { } record)
        {
            record.Calls++;
            _callsOf.Add(leg, record);
        }
    }

    private void OnLegRemoved(LegId leg)
    {
        if (_callsOf.Remove(leg, out var record))
        {
            record.Calls--;
        }

        EndLadder(leg);
    }
}
