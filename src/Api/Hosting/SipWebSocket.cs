using System.Net;

using CallCenter.Telephony;

namespace CallCenter.Api.Hosting;

/// <summary>SIP over WebSockets on the HTTP port (RFC 7118).</summary>
internal static class SipWebSocket
{
    private const string Subprotocol = "sip";

    // A client that has gone without a word is found by pings.
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PongTimeout = TimeSpan.FromSeconds(30);

    public static void MapSip(this WebApplication app, string path, Switch @switch)
    {
        app.UseWebSockets();
        app.MapGet(path, (HttpContext context, IHostApplicationLifetime lifetime) => ServeAsync(context, @switch, lifetime.ApplicationStopping));
    }

    private static async Task ServeAsync(HttpContext context, Switch @switch, CancellationToken stopping)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await RefuseAsync(context, StatusCodes.Status426UpgradeRequired, "This is SIP over WebSocket (RFC 7118).");
        }
        else if (!context.WebSockets.WebSocketRequestedProtocols.Contains(Subprotocol, StringComparer.OrdinalIgnoreCase))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "The WebSocket subprotocol must be \"sip\" (RFC 7118 section 4).");
        }
        else if (!IsSameOrigin(context.Request))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "Pages of other origins may not connect.");
        }
        else
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
            {
                SubProtocol = Subprotocol,
                KeepAliveInterval = PingInterval,
                KeepAliveTimeout = PongTimeout,
            });
            var remote = new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort);
            await @switch.ServeWebSocketAsync(socket, remote, context.Request.IsHttps, stopping);
        }
    }

    // As with the rest of this host, which grants no other origin anything: browsers name the page's origin, other clients need none.
    private static bool IsSameOrigin(HttpRequest request) =>
        request.Headers.Origin.ToString() is not { Length: > 0 } origin
        || (Uri.TryCreate(origin, UriKind.Absolute, out var page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync(reason + "\n");
    }
}
