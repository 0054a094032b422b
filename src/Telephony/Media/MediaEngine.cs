using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using CallCenter.Telephony.Rtp;
using CallCenter.Telephony.Sdp;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony.Media;

/// <summary>Makes media legs on one address and paces everything they play.</summary>
public sealed class MediaEngine : IAsyncDisposable
{
    /// <summary>How often legs look whether something is due: reports, and keys whose release was lost.</summary>
    private static readonly TimeSpan TimerInterval = TimeSpan.FromMilliseconds(500);

    private readonly IPAddress _bind;
    private readonly PortRange _ports;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RtpPortAllocator _allocator;
    private readonly IPAddress _advertised;
    private readonly ConcurrentDictionary<MediaLeg, byte> _legs = new();
    private readonly DatagramLoop[] _loops;
    private readonly ITimer _timer;
    private int _created;
    private volatile bool _disposed;

    /// <summary>Ports are bound leg by leg, later.</summary>
    /// <param name="bind">Where RTP is sent and received. For 0.0.0.0 or :: the first address of a network that is up is named in SDP.</param>
    /// <param name="ports">Each leg takes an even port and the next odd one.</param>
    /// <param name="time">Paces playing and measures jitter.</param>
    /// <param name="logger">Told what fails.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ports"/> holds no port pair.</exception>
    public MediaEngine(IPAddress bind, PortRange ports, TimeProvider time, ILogger logger)
    {
        _bind = bind;
        _ports = ports;
        _time = time;
        _logger = logger;
        _allocator = new RtpPortAllocator(bind, ports);
        _advertised = bind.Equals(IPAddress.Any) || bind.Equals(IPAddress.IPv6Any) ? FirstAddress(bind.AddressFamily) : bind;
        Player = new Player(time);

        _timer = time.CreateTimer(_ => OnTimer(), state: null, TimerInterval, Timeout.InfiniteTimeSpan);

        // A thread relays about a thousand calls, and costs nothing while there are none.
        _loops = [.. Enumerable.Range(1, Environment.ProcessorCount).Select(i => new DatagramLoop($"media {i}", logger))];
    }

    internal Player Player { get; }

    /// <summary>Guards which legs are bridged with which, so that two bridges at once never leave half a pair.</summary>
    internal Lock Bridges { get; } = new();

    /// <summary>Binds an RTP/RTCP port pair for one call leg.</summary>
    /// <exception cref="MediaPortsExhaustedException">No pair is free.</exception>
    /// <exception cref="SocketException">The address cannot be bound at all.</exception>
    public MediaLeg CreateLeg() => CreateLeg(AudioPolicy.Default);

    internal MediaLeg CreateLeg(AudioPolicy policy)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var ports = _allocator.TryBind() ?? throw new MediaPortsExhaustedException(_bind, _ports);
        var loop = _loops[(int)((uint)Interlocked.Increment(ref _created) % (uint)_loops.Length)];
        var leg = new MediaLeg(this, loop, ports, _advertised, policy, _time, _logger);
        _legs.TryAdd(leg, 0);
        return leg;
    }

    /// <summary>Disposes every leg and ends the engine's threads.</summary>
    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _timer.Dispose();
            foreach (var leg in _legs.Keys)
            {
                leg.Dispose();
            }

            Player.Dispose();
            Array.ForEach(_loops, l => l.Dispose());
        }

        return ValueTask.CompletedTask;
    }

    internal void Remove(MediaLeg leg, RtpPortPair ports)
    {
        _legs.TryRemove(leg, out _);
        _allocator.Release(ports);
    }

    private void OnTimer()
    {
        foreach (var (leg, _) in _legs)
        {
            leg.OnTimer();
        }

        _timer.Change(TimerInterval, Timeout.InfiniteTimeSpan);
    }

    private static IPAddress FirstAddress(AddressFamily family) =>
        NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .FirstOrDefault(a => a.AddressFamily == family && !a.IsIPv6LinkLocal)
        ?? (family == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
}
