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

    private readonly PortRange _ports;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Interface[] _interfaces;
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
        : this([bind], ports, time, logger)
    {
    }

    /// <summary>Legs of one engine can be bridged whatever their address families.</summary>
    /// <param name="bind">Where RTP is sent and received: one address of each family at most.</param>
    /// <param name="ports">Each leg takes an even port and the next odd one.</param>
    /// <param name="time">Paces playing and measures jitter.</param>
    /// <param name="logger">Told what fails.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="ports"/> holds no port pair.</exception>
    public MediaEngine(IReadOnlyList<IPAddress> bind, PortRange ports, TimeProvider time, ILogger logger)
    {
        _ports = ports;
        _time = time;
        _logger = logger;
        _interfaces = [.. bind.Select(address => new Interface(
            address, address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? FirstAddress(address.AddressFamily) : address, new RtpPortAllocator(address, ports)))];
        Player = new Player(time, logger);
        Recorder = new Recorder(time, logger);

        _timer = time.CreateTimer(_ => OnTimer(), state: null, TimerInterval, Timeout.InfiniteTimeSpan);

        // A thread relays about a thousand calls, and costs nothing while there are none.
        _loops = [.. Enumerable.Range(1, Environment.ProcessorCount).Select(i => new DatagramLoop($"media {i}", logger))];
    }

    internal Player Player { get; }

    internal Recorder Recorder { get; }

    /// <summary>Guards which legs are bridged with which, so that two bridges at once never leave half a pair.</summary>
    internal Lock Bridges { get; } = new();

    /// <summary>The address family for a leg that gets this offer: that of the offer's address, where it is one and we have it.</summary>
    /// <param name="offer">SDP, or anything else.</param>
    /// <param name="otherwise">That of the signalling.</param>
    public AddressFamily FamilyFor(ReadOnlySpan<byte> offer, AddressFamily otherwise)
    {
        if (_interfaces.Length == 1 || !SdpParser.TryParse(offer, out var description, out _))
        {
            return otherwise;
        }

        var connection = description.Media.FirstOrDefault(media => media.Port != 0)?.Connection ?? description.Connection;
        return connection is not null && connection.TryGetAddress(out var address) ? address.AddressFamily : otherwise;
    }

    /// <summary>Binds an RTP/RTCP port pair for one call leg.</summary>
    /// <param name="family">The peer's address family; without an address of that family here, or without a wish, the first one's.</param>
    /// <exception cref="MediaPortsExhaustedException">No pair is free.</exception>
    /// <exception cref="SocketException">The address cannot be bound at all.</exception>
    public MediaLeg CreateLeg(AddressFamily family = AddressFamily.Unspecified) => CreateLeg(AudioPolicy.Default, family);

    internal MediaLeg CreateLeg(AudioPolicy policy, AddressFamily family = AddressFamily.Unspecified)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var local = Array.Find(_interfaces, candidate => candidate.Address.AddressFamily == family) ?? _interfaces[0];
        var ports = local.Ports.TryBind() ?? throw new MediaPortsExhaustedException(local.Address, _ports);
        var loop = _loops[(int)((uint)Interlocked.Increment(ref _created) % (uint)_loops.Length)];
        var leg = new MediaLeg(this, loop, ports, local.Advertised, policy, _time, _logger);
        _legs.TryAdd(leg, 0);
        return leg;
    }

    /// <summary>Closes every recording, disposes every leg and ends the engine's threads.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _timer.Dispose();
            await Recorder.DisposeAsync();
            foreach (var leg in _legs.Keys)
            {
                leg.Dispose();
            }

            Player.Dispose();
            Array.ForEach(_loops, l => l.Dispose());
        }
    }

    internal void Remove(MediaLeg leg, RtpPortPair ports)
    {
        _legs.TryRemove(leg, out _);
        Array.Find(_interfaces, local => local.Address.AddressFamily == ports.Rtp.AddressFamily)!.Ports.Release(ports);
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

    /// <summary>An address of ours: where it is bound, what SDP names it, and its ports.</summary>
    private sealed record Interface(IPAddress Address, IPAddress Advertised, RtpPortAllocator Ports);
}
