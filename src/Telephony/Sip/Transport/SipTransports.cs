using System.Net.Sockets;

namespace CallCenter.Telephony.Sip;

/// <summary>The transports of one agent. There is at most one of a protocol and address family.</summary>
internal sealed class SipTransports : IAsyncDisposable
{
    public static readonly SipTransports None = new([]);

    public SipTransports(IReadOnlyList<SipTransport> all)
    {
        All = all;
        foreach (var transport in all)
        {
            transport.Siblings = this;
        }
    }

    public IReadOnlyList<SipTransport> All { get; }

    /// <summary>Sees what is sent; null when nobody looks.</summary>
    public SipWatch? Watch { get; init; }

    /// <summary>See <see cref="UserAgent.Locate"/>; without an agent nothing is found.</summary>
    public Action<SipUri, Action<IReadOnlyList<SipFlow>>> Locate { get; init; } = static (_, found) => found([]);

    /// <param name="protocol">As Via names it: UDP, TCP, TLS, WS, WSS.</param>
    /// <param name="family">That of the peer's address.</param>
    public SipTransport? Find(string protocol, AddressFamily family)
    {
        foreach (var transport in All)
        {
            if (transport.LocalEndPoint.AddressFamily == family && string.Equals(transport.Protocol, protocol, StringComparison.Ordinal))
            {
                return transport;
            }
        }

        return null;
    }

    /// <summary>The flow to a place that was located; null when nothing here speaks so.</summary>
    public SipFlow? FlowTo(SipTarget target) =>
        Find(target.Protocol, target.EndPoint.AddressFamily) is { } transport ? new SipFlow(transport, target.EndPoint) { Host = target.Host } : null;

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in All)
        {
            await transport.DisposeAsync();
        }
    }
}
