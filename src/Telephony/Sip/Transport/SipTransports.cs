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

    public async ValueTask DisposeAsync()
    {
        foreach (var transport in All)
        {
            await transport.DisposeAsync();
        }
    }
}
