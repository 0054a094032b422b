using System.Net;
using System.Net.WebSockets;
using CallCenter.Telephony.Sip;

namespace CallCenter.Telephony;

public sealed partial class Switch
{
    private const int FreePortAttempts = 10;

    /// <summary>Where SIP over UDP and TCP listens, once started: on <see cref="SwitchOptions.Bind"/>.</summary>
    public IPEndPoint SipEndPoint => _agent.Transports.All[0].LocalEndPoint;

    /// <summary>Every way to reach this switch, once started: transport (UDP, TCP, TLS, WS, WSS) and address. WebSockets come through the host's HTTP port.</summary>
    public IReadOnlyList<(string Protocol, IPEndPoint EndPoint)> SipEndPoints => [.. _agent.Transports.All.Select(transport => (transport.Protocol, transport.LocalEndPoint))];

    /// <summary>Talks SIP over a WebSocket (RFC 7118) that the host has accepted with the subprotocol <c>sip</c>, until either side closes it.</summary>
    /// <param name="socket">Open; disposed when this ends.</param>
    /// <param name="remote">The client's address and port.</param>
    /// <param name="secure">It came over TLS: WSS.</param>
    /// <param name="cancellationToken">Closes it from our side.</param>
    public Task ServeWebSocketAsync(WebSocket socket, IPEndPoint remote, bool secure, CancellationToken cancellationToken)
    {
        var address = remote.Address.IsIPv4MappedToIPv6 ? remote.Address.MapToIPv4() : remote.Address;
        return _agent.Transports.Find(secure ? "WSS" : "WS", address.AddressFamily) is WebSocketTransport transport
            ? transport.ServeAsync(socket, new IPEndPoint(address, remote.Port), cancellationToken)
            : throw new InvalidOperationException($"no address of the family of {remote} is listened on");
    }

    // A page from anywhere can open a WebSocket on a trunk's machine: what comes so is no trunk's.
    private static IPAddress TrunkAddressOf(SipFlow source) => source.Transport is WebSocketTransport ? IPAddress.None : source.Remote.Address;

    private void OpenTransports()
    {
        List<SipTransport> open = [];
        List<Action> start = [];
        try
        {
            var port = _options.SipPort;
            foreach (var address in _options.Addresses)
            {
                var (udp, tcp) = OpenPair(new IPEndPoint(address, port));
                port = udp.LocalEndPoint.Port;
                open.AddRange([udp, tcp, new WebSocketTransport(udp.LocalEndPoint, isSecure: false, _agent, _time, _logger), new WebSocketTransport(udp.LocalEndPoint, isSecure: true, _agent, _time, _logger)]);
                start.AddRange([udp.Start, tcp.Start]);
                if (_options.Tls is { } identity)
                {
                    var tls = TcpTransport.Open(new IPEndPoint(address, _options.SipsPort), identity, _agent, _time, _logger);
                    open.Add(tls);
                    start.Add(tls.Start);
                }
            }
        }
        finally
        {
            // Also those that a failure leaves behind: whoever disposes the switch closes them.
            _agent.Attach(open);
        }

        _agent.Locator = NewLocator();
        _loop.Post(() => _registrar.Restore(_agent.Transports));
        start.ForEach(begin => begin());
    }

    // IPv6 first where there is any, as RFC 6724 prefers it.
    private SipLocator NewLocator()
    {
        var names = SystemNames.Read();
        return new SipLocator(
            new DnsClient(names.Servers, _time, _logger), names.Hosts, _agent.Transports.All.Select(transport => transport.Protocol).Where(protocol => protocol is "UDP" or "TCP" or "TLS").ToHashSet(StringComparer.Ordinal),
            [.. _options.Addresses.Select(address => address.AddressFamily).OrderByDescending(family => family)], static most => Random.Shared.Next(most + 1));
    }

    // UDP and TCP have one port (RFC 3261 section 18.2.1). When any will do, one that is free for UDP may be taken for TCP.
    private (UdpTransport Udp, TcpTransport Tcp) OpenPair(IPEndPoint endPoint)
    {
        for (var attempt = 1; ; attempt++)
        {
            var udp = UdpTransport.Open(endPoint, _agent, _logger);
            try
            {
                return (udp, TcpTransport.Open(udp.LocalEndPoint, identity: null, _agent, _time, _logger));
            }
            catch (SipPortInUseException) when (endPoint.Port == 0 && attempt < FreePortAttempts)
            {
                udp.Abandon();
            }
            catch
            {
                udp.Abandon();
                throw;
            }
        }
    }
}
