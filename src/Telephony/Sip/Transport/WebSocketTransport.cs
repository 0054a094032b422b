using System.Net;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>SIP over WebSockets that the host accepts (RFC 7118). We cannot open any: a client is reached over its own, or not at all.</summary>
/// <param name="localEndPoint">What Via and Contact name; clients come back over their connection, whatever stands there.</param>
/// <param name="isSecure">WSS.</param>
/// <param name="user">Receives what is read.</param>
/// <param name="time">For limits.</param>
/// <param name="logger">Told what fails.</param>
internal sealed class WebSocketTransport(IPEndPoint localEndPoint, bool isSecure, ISipTransportUser user, TimeProvider time, ILogger logger)
    : ConnectionTransport(user, time, logger)
{
    public override string Protocol => IsSecure ? "WSS" : "WS";

    public override bool IsSecure { get; } = isSecure;

    public override IPEndPoint LocalEndPoint { get; } = localEndPoint;

    // Section 5.3 has one transport parameter for both; the scheme tells them apart.
    public override SipUri ContactUri(bool sips)
    {
        var uri = SipUri.Of(user: null, LocalEndPoint);
        return uri with { Scheme = sips && IsSecure ? "sips" : "sip", Parameters = uri.Parameters.With("transport", "ws") };
    }

    /// <summary>Serves one client until it is gone, or until we close it.</summary>
    public async Task ServeAsync(WebSocket socket, IPEndPoint remote, CancellationToken cancellationToken)
    {
        var connection = new WebSocketConnection(new SipFlow(this, remote) { ListensAt = null }, this, Time, socket);
        if (TryTake(connection))
        {
            await using var closing = cancellationToken.Register(connection.Close);
            await connection.Completion;
        }
        else
        {
            socket.Dispose();
        }
    }

    protected override SipConnection? NewConnection(SipFlow target) => null;
}
