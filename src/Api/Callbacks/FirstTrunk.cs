using CallCenter.Routing.Callbacks;
using CallCenter.Telephony;

namespace CallCenter.Api.Callbacks;

/// <summary>Numbers outside go over the oldest trunk that calls can go out on, as they are.</summary>
internal sealed class FirstTrunk(IReadOnlyList<Trunk> trunks) : IOutsideLine
{
    private volatile IReadOnlyList<Trunk> _trunks = trunks;

    /// <summary>As they are configured now, the oldest first.</summary>
    public IReadOnlyList<Trunk> Trunks
    {
        set => _trunks = value;
    }

    public (string Trunk, string Number)? RouteOf(string number) => _trunks.FirstOrDefault(trunk => trunk.Gateways.Count > 0) is { } trunk ? (trunk.Name, number) : null;
}
