using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Sip;

/// <summary>What connections may cost.</summary>
internal static class ConnectionLimits
{
    /// <summary>Connections of peers at one transport.</summary>
    public const int Connections = 5_000;

    /// <summary>Of them, from one address: many phones may stand behind one.</summary>
    public const int ConnectionsOfOneSource = 500;

    /// <summary>From one message or keep-alive to the next. A registered phone is heard within the longest registration, an hour by default.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(70);

    /// <summary>For the first message, for the rest of one that has begun, and for the peer to take one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How often the above are looked at.</summary>
    public static readonly TimeSpan Inspection = TimeSpan.FromSeconds(5);
}

/// <summary>A transport with connections (RFC 3261 section 18): finds the one to a peer, or opens it, and keeps them within limits.</summary>
internal abstract partial class ConnectionTransport : SipTransport, IConnectionOwner
{
    private readonly ConcurrentDictionary<SipFlow, SipConnection> _connections = new();
    private readonly ConcurrentDictionary<IPAddress, int> _bySource = new();
    private readonly ISipTransportUser _user;
    private readonly ILogger _logger;
    private readonly ITimer _inspection;
    private volatile bool _closing;

    protected ConnectionTransport(ISipTransportUser user, TimeProvider time, ILogger logger)
    {
        _user = user;
        _logger = logger;
        Time = time;
        _inspection = time.CreateTimer(_ => Inspect(), state: null, ConnectionLimits.Inspection, Timeout.InfiniteTimeSpan);
    }

    public sealed override bool IsReliable => true;

    /// <summary>Connections that live, those still being opened included.</summary>
    public int Count => _connections.Count;

    protected TimeProvider Time { get; }

    public override bool IsOpen(SipFlow flow) => _connections.TryGetValue(flow, out var connection) && !connection.IsClosing;

    /// <summary>Hands the message to the connection of the flow; when that is gone, to one to where the peer listens, which is opened if need be.</summary>
    public override bool Send(ReadOnlySpan<byte> message, SipFlow flow)
    {
        if (_connections.TryGetValue(flow, out var open) && !open.IsClosing)
        {
            return open.TrySend(message);
        }

        if (flow.ListensAt is not { } listening || _closing)
        {
            return false;
        }

        var target = new SipFlow(this, listening) { Host = flow.Host };
        if (_connections.TryGetValue(target, out open))
        {
            if (!open.IsClosing)
            {
                return open.TrySend(message);
            }

            _connections.TryRemove(new(target, open));
        }

        if (NewConnection(target) is not { } connection || !_connections.TryAdd(target, connection))
        {
            return false;
        }

        LogOpening(target);
        connection.TrySend(message);
        connection.Start();
        return true;
    }

    public override async ValueTask DisposeAsync()
    {
        _closing = true;
        await _inspection.DisposeAsync();
        var open = _connections.Values.ToArray();
        Array.ForEach(open, connection => connection.Close());
        await Task.WhenAll(open.Select(connection => connection.Completion));
    }

    bool IConnectionOwner.Listens(SipFlow from) => _user.Listens(from.Remote.Address);

    void IConnectionOwner.OnMessage(SipMessage message, SipFlow from) => _user.OnMessage(message, from);

    void IConnectionOwner.OnMalformed(ParseError error, SipFlow from) => _user.OnMalformed(error, from);

    void IConnectionOwner.OnEnded(SipConnection connection, bool wasOpen, Exception? error)
    {
        _connections.TryRemove(new(connection.Flow, connection));
        if (connection.Flow.ListensAt is null)
        {
            Uncount(connection.Flow.Remote.Address);
        }

        if (error is null or IOException or SocketException or WebSocketException or AuthenticationException or OperationCanceledException or ObjectDisposedException)
        {
            LogEnded(connection.Flow, error?.Message ?? "closed");
        }
        else
        {
            // A defect met on one connection must not end the others; it is reported with its stack, not hidden.
            LogDefect(error, connection.Flow);
        }

        if (wasOpen)
        {
            _user.OnClosed(connection.Flow);
        }
        else
        {
            _user.OnUnreachable(connection.Flow);
        }
    }

    /// <summary>Prepares a connection to where a peer listens; null when this transport cannot open any.</summary>
    protected abstract SipConnection? NewConnection(SipFlow target);

    /// <summary>Takes a peer's connection, unless there are too many; then the caller closes it.</summary>
    protected bool TryTake(SipConnection connection)
    {
        var source = connection.Flow.Remote.Address;
        if (!_user.Listens(source))
        {
            return false;
        }

        var ofSource = _bySource.AddOrUpdate(source, 1, static (_, count) => count + 1);
        if (_closing || Count >= ConnectionLimits.Connections || ofSource > ConnectionLimits.ConnectionsOfOneSource)
        {
            Uncount(source);
            LogTooMany(connection.Flow);
            return false;
        }

        _connections[connection.Flow] = connection;
        connection.Start();
        return true;
    }

    private void Uncount(IPAddress source)
    {
        _bySource.AddOrUpdate(source, 0, static (_, count) => count - 1);
        _bySource.TryRemove(new(source, 0));
    }

    private void Inspect()
    {
        foreach (var connection in _connections.Values)
        {
            if (connection.IsOverdue(ConnectionLimits.Idle, ConnectionLimits.Patience))
            {
                connection.Abort();
            }
        }

        _inspection.Change(ConnectionLimits.Inspection, Timeout.InfiniteTimeSpan);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Connecting to {Peer}")]
    private partial void LogOpening(SipFlow peer);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The connection with {Peer} is over: {Reason}")]
    private partial void LogEnded(SipFlow peer, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The connection with {Peer} failed by a defect")]
    private partial void LogDefect(Exception defect, SipFlow peer);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Too many connections; one from {Peer} is closed")]
    private partial void LogTooMany(SipFlow peer);
}
