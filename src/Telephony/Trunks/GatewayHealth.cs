using System.Net;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

/// <summary>
/// Where a gateway is, and whether it is up, from what OPTIONS and INVITEs meet there. It takes two results in a row against what is held true to change it, so a single lost packet changes nothing.
/// Belongs to the loop.
/// </summary>
internal sealed class GatewayHealth(Gateway gateway)
{
    private const int ToChange = 2;

    private int _against;
    private DateTimeOffset _suspendedUntil = DateTimeOffset.MinValue;
    private IReadOnlyList<SipFlow> _targets = [];
    private int _target;

    public Gateway Gateway { get; } = gateway;

    public bool IsUp { get; private set; } = true;

    /// <summary>What was last heard of it.</summary>
    public string? Detail { get; private set; }

    public DateTimeOffset? At { get; private set; }

    public GatewayStatus Status => new(Gateway, IsUp, Detail, At);

    /// <summary>Where it is reached; null while its name is not resolved, or when we speak none of its transports.</summary>
    public SipFlow? Flow => _targets.Count == 0 ? null : _targets[_target % _targets.Count];

    /// <summary>Finds where the gateway is (RFC 3263); what is known already stays when its name leads nowhere now. Of several places the next is taken after each failure.</summary>
    public void Locate(UserAgent agent, Action then)
    {
        if (IPAddress.TryParse(Gateway.Host, out var address))
        {
            _targets = agent.Transports.Find(Gateway.Transport.ToUpperInvariant(), address.AddressFamily) is { } transport ? [new SipFlow(transport, new IPEndPoint(address, Gateway.Port))] : [];
            then();
            return;
        }

        agent.Locate(TrunkRequests.UriOf(user: null, Gateway), flows =>
        {
            if (flows.Count > 0 && !flows.SequenceEqual(_targets))
            {
                (_targets, _target) = (flows, 0);
            }

            then();
        });
    }

    /// <summary>It may be called now.</summary>
    public bool IsUsable(DateTimeOffset now) => IsUp && now >= _suspendedUntil;

    /// <summary>It asked for a rest (RFC 3261 section 20.33); others are tried meanwhile.</summary>
    public void Suspend(DateTimeOffset until) => _suspendedUntil = until;

    /// <summary>Takes note of a result; true when the gateway has gone up or down by it.</summary>
    /// <param name="well">Any response but 408 and 503.</param>
    /// <param name="detail">The status, or what failed.</param>
    /// <param name="now">When.</param>
    public bool Note(bool well, string detail, DateTimeOffset now)
    {
        (Detail, At) = (detail, now);
        _target += well ? 0 : 1;
        if (well == IsUp)
        {
            _against = 0;
            return false;
        }

        if (++_against < ToChange)
        {
            return false;
        }

        (_against, IsUp) = (0, well);
        return true;
    }
}
