using System.Net;
using System.Threading.Channels;
using CallCenter.Telephony.Media;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony;

/// <summary>
/// The door of the telephony room: legs and bridges. It knows no calls, queues or agents; it tells what happens on the wire and does what it is told.
/// Verbs may come from any thread, never block and never throw for a leg that is already gone: they are carried out in the order given, and false means that the leg is gone.
/// </summary>
public sealed class Switch : IAsyncDisposable
{
    /// <param name="options">Addresses, trunks, timers.</param>
    /// <param name="accounts">Whose phones may register and call.</param>
    /// <param name="time">The clock of every timer.</param>
    /// <param name="loggers">Makes the loggers of the switch and its parts.</param>
    public Switch(SwitchOptions options, IAccounts accounts, TimeProvider time, ILoggerFactory loggers)
    {
        throw new NotSupportedException();
    }

    /// <summary>What happens, in order for each leg. One reader.</summary>
    public ChannelReader<SwitchNotification> Notifications => throw new NotSupportedException();

    /// <summary>Where SIP listens, once started.</summary>
    public IPEndPoint SipEndPoint => throw new NotSupportedException();

    /// <summary>Opens the sockets.</summary>
    /// <exception cref="SipPortInUseException">The SIP port is taken; the message names it.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Tells the caller that it rings (180).</summary>
    public bool Ring(LegId leg) => throw new NotSupportedException();

    /// <summary>Answers an incoming call (200 with our SDP).</summary>
    public bool Answer(LegId leg) => throw new NotSupportedException();

    /// <summary>Refuses an incoming call.</summary>
    /// <param name="leg">A leg not yet answered.</param>
    /// <param name="status">400 to 699.</param>
    /// <param name="reason">Reason phrase.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a refusal.</exception>
    public bool Reject(LegId leg, int status, string reason) => throw new NotSupportedException();

    /// <summary>Calls a phone at all its bindings; the first to answer wins. The result comes as <see cref="LegRinging"/>, <see cref="LegAnswered"/>, <see cref="LegEnded"/>.</summary>
    public LegId Originate(string extension, OriginateOptions options) => throw new NotSupportedException();

    /// <summary>Plays to the leg, in place of what it plays now.</summary>
    public bool Play(LegId leg, Playlist playlist, Guid playbackId) => throw new NotSupportedException();

    /// <summary>Stops playing; no <see cref="PlaybackFinished"/> follows.</summary>
    public bool StopPlaying(LegId leg) => throw new NotSupportedException();

    /// <summary>Relays audio between two answered legs, in place of what they play or are bridged to.</summary>
    /// <returns>False when either leg is gone.</returns>
    public bool Bridge(LegId a, LegId b) => throw new NotSupportedException();

    /// <summary>Ends the bridge that a leg is in; both legs live on.</summary>
    public bool Unbridge(LegId a) => throw new NotSupportedException();

    /// <summary>Ends a leg by BYE, CANCEL or a final response, as its state needs.</summary>
    public bool HangUp(LegId leg, HangUpCause cause) => throw new NotSupportedException();

    /// <summary>The live bindings of an extension, newest first.</summary>
    public IReadOnlyList<Binding> Bindings(string extension) => throw new NotSupportedException();

    /// <summary>Ends what is live (BYE, CANCEL, 503), waits 2 s at most for the answers, and closes the sockets.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
