using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>Where a message came from or goes to: a peer over a transport. Connection transports find their connection by it.</summary>
public sealed record SipFlow(SipTransport Transport, IPEndPoint Remote)
{
    private SocketAddress? _address;

    /// <summary>The peer in the form that sockets take; made once.</summary>
    internal SocketAddress Address => _address ??= Remote.Serialize();

    public bool Equals(SipFlow? other) => other is not null && ReferenceEquals(Transport, other.Transport) && Remote.Equals(other.Remote);

    public override int GetHashCode() => Remote.GetHashCode();

    public override string ToString() => $"{Transport.Protocol} {Remote}";
}

/// <summary>Receives what transports read. Called on the transport's thread: hands over and returns.</summary>
internal interface ISipTransportUser
{
    void OnMessage(SipMessage message, SipFlow from);

    /// <summary>Whether to look at what comes from there: asked before anything is parsed, and before a connection is taken.</summary>
    bool Listens(IPAddress source) => true;

    void OnMalformed(ParseError error, SipFlow from);

    /// <summary>The network says that nobody listens there (ICMP, or a connection that failed).</summary>
    void OnUnreachable(SipFlow peer);
}

/// <summary>A way for SIP messages to travel (RFC 3261 section 18).</summary>
public abstract class SipTransport : IAsyncDisposable
{
    /// <summary>The transport as Via names it: UDP, TCP, TLS, WS, WSS.</summary>
    public abstract string Protocol { get; }

    /// <summary>True when the transport itself repeats what is lost, so that transactions need not.</summary>
    public abstract bool IsReliable { get; }

    /// <summary>The address that this side listens on.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Sends one message; never blocks for long and never throws for a peer's fault.</summary>
    /// <returns>False when the message could not be handed to the network.</returns>
    public abstract bool Send(ReadOnlySpan<byte> message, SipFlow flow);

    public abstract ValueTask DisposeAsync();
}
