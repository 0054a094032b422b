using System.Net;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>Makes media legs on one address and paces everything they play.</summary>
public sealed class MediaEngine(IPAddress bind, PortRange ports, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Binds an RTP/RTCP port pair for one call leg.</summary>
    /// <exception cref="MediaPortsExhaustedException">No pair is free.</exception>
    public MediaLeg CreateLeg() => throw new NotSupportedException($"{bind}{ports}{time}{logger}");

    /// <summary>Disposes every leg.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
