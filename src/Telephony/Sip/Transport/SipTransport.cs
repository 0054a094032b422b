using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>Where a message came from or goes to: a peer over a transport. Connection transports find their connection by it.</summary>
public sealed record SipFlow(SipTransport Transport, IPEndPoint Remote)
{
    private SocketAddress? _address;

    /// <summary>Where a new connection reaches the peer, should the present one be gone; null when only the peer can open one.</summary>
    public IPEndPoint? ListensAt { get; init; } = Remote;

    /// <summary>The domain that was looked up to find the peer, which must prove to be it over TLS; null where an address was given.</summary>
    public string? Host { get; init; }

    /// <summary>The peer in the form that sockets take; made once.</summary>
    internal SocketAddress Address => _address ??= Remote.Serialize();

    /// <summary>
    /// The way to a next hop (RFC 3261 section 12.2.1.1, RFC 3263 section 4.1) that was learned over this flow: this flow itself when the hop is a name, is of the other address family,
    /// or is the peer of this connection; else the transport that the address asks for.
    /// </summary>
    public SipFlow Toward(SipUri hop)
    {
        if (hop.Address is not { } address || address.AddressFamily != Remote.AddressFamily)
        {
            return this;
        }

        var protocol = hop.Protocol;
        if (Transport.IsReliable && address.Equals(Remote.Address) && (protocol is null || protocol == Transport.Protocol) && Transport.IsOpen(this))
        {
            return this;
        }

        return Transport.Siblings.Find(protocol ?? "UDP", address.AddressFamily) is { } transport
            ? new SipFlow(transport, new IPEndPoint(address, hop.Port is > 0 and { } port ? port : transport.DefaultPort))
            : this;
    }

    /// <summary>Sends a message this way. On the loop; the bytes must not change after.</summary>
    /// <returns>False when the message could not be handed to the network.</returns>
    internal bool Send(byte[] message)
    {
        Transport.Siblings.Watch?.Sent(message, this);
        return Transport.Send(message, this);
    }

    public bool Equals(SipFlow? other) => other is not null && ReferenceEquals(Transport, other.Transport) && Remote.Equals(other.Remote)
        && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

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

    /// <summary>A connection that was open is gone.</summary>
    void OnClosed(SipFlow peer);
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

    /// <summary>Messages travel encrypted (TLS, WSS).</summary>
    public virtual bool IsSecure => false;

    /// <summary>Where peers listen that name no port.</summary>
    public int DefaultPort => IsSecure ? 5061 : 5060;

    /// <summary>The transports of the same agent, this one among them.</summary>
    internal SipTransports Siblings { get; set; } = SipTransports.None;

    /// <summary>Where we are called back over this transport: our Contact.</summary>
    /// <param name="sips">The Contact must be a SIPS address (RFC 3261 section 8.1.1.8); without effect on a transport that is not secure.</param>
    public virtual SipUri ContactUri(bool sips) => SipUri.Of(user: null, LocalEndPoint);

    /// <summary>A message over this flow needs no new connection. Always true without connections.</summary>
    public virtual bool IsOpen(SipFlow flow) => true;

    /// <summary>Sends one message; never blocks for long and never throws for a peer's fault.</summary>
    /// <returns>False when the message could not be handed to the network.</returns>
    public abstract bool Send(ReadOnlySpan<byte> message, SipFlow flow);

    public abstract ValueTask DisposeAsync();
}
