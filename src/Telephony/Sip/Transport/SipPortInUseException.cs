using System.Net;

namespace CallCenter.Telephony.Sip;

/// <summary>The port that SIP should listen on is taken by another program.</summary>
public sealed class SipPortInUseException(string protocol, IPEndPoint endPoint, Exception inner)
    : IOException($"{protocol} port {endPoint.Port} on {endPoint.Address} is in use", inner)
{
    /// <summary>UDP, TCP or TLS.</summary>
    public string Protocol { get; } = protocol;

    /// <summary>The endpoint that could not be bound.</summary>
    public IPEndPoint EndPoint { get; } = endPoint;
}
