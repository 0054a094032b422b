using System.Net;
using System.Threading.Channels;
using CallCenter.Telephony.Media;
using CallCenter.Telephony.Sip;
using Microsoft.Extensions.Logging;

namespace CallCenter.Telephony;

/// <summary>
/// The door of the telephony room: legs and bridges. It knows no calls, queues or agents; it tells what happens on the wire and does what it is told.
/// Verbs may come from any thread, never block and never throw for a leg that is already gone: they are carried out in the order given, and false means that the leg is gone.
/// A verb that means nothing in the leg's state (playing before the answer, answering twice) has no effect.
/// </summary>
public sealed partial class Switch : ISwitch, ISourceGate, IAsyncDisposable, ICallTaker
{
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(2);

    private readonly SwitchOptions _options;
    private readonly TimeProvider _time;
    private readonly LegHost _host;
    private readonly ILogger _logger;
    private readonly SipLoop _loop;
    private readonly UserAgent _agent;
    private readonly Registrar _registrar;
    private readonly TrunkTable _trunks;
    private readonly CallAdmission _admission;
    private readonly MediaEngine _media;
    private int _disposed;
    private bool _closing;

    /// <param name="options">Addresses, trunks, timers.</param>
    /// <param name="accounts">Whose phones may register and call.</param>
    /// <param name="time">The clock of every timer.</param>
    /// <param name="loggers">Makes the loggers of the switch and its parts.</param>
    /// <exception cref="ArgumentException">An option makes no sense; the message names it.</exception>
    public Switch(SwitchOptions options, IAccounts accounts, TimeProvider time, ILoggerFactory loggers)
    {
        SwitchOptions.Validate(options);
        _options = options;
        _time = time;
        _logger = loggers.CreateLogger("CallCenter.Telephony.Sip");
        _loop = new SipLoop(time, _logger);
        _host = new LegHost(options, _loop, time);
        var authenticator = new DigestAuthenticator(options.Realm, options.DigestAlgorithms, accounts, time);
        _trunks = new TrunkTable(time, _host.Notify);
        _admission = new CallAdmission(accounts, _trunks, authenticator);
        _registrar = new Registrar(time, _loop.Timers, authenticator, options.LongestRegistration, OnRegistrationChanged, options.BindingStore);
        _trustedNetworks = NetworksOf(options.Trunks);
        _watch = new SipWatch(time);
        _guard = new SipGuard(_loop, time, _registrar.Sources, IsTrunk, OnBlocked, OnBlockExpired, _logger);
        _agent = new UserAgent(_loop, options.Timers, _registrar, this, _logger) { Guard = _guard, Watch = _watch };
        _meter = new TelephonyMeter(Figures);
        _host.Removed = OnLegRemoved;
        _host.Dialling = OnDialling;
        _host.LegOf = dialog => _agent.FindDialog(dialog)?.User as Leg;
        _media = new MediaEngine([.. options.Addresses], options.RtpPorts, time, loggers.CreateLogger("CallCenter.Telephony.Media"));
    }

    /// <summary>What happens, in order for each leg; ends when the switch is disposed. One reader.</summary>
    public ChannelReader<SwitchNotification> Notifications => _host.Notifications;

    /// <summary>Opens the sockets, UDP and TCP and, with a certificate, TLS, and takes up the bindings that were kept.</summary>
    /// <exception cref="SipPortInUseException">The SIP port is taken; the message names it.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        OpenTransports();
        SetTrunks(_options.Trunks);
        return Task.CompletedTask;
    }

    /// <summary>Tells the caller that it rings (180).</summary>
    public bool Ring(LegId leg) => On(leg, static found => (found as IncomingLeg)?.Ring());

    /// <summary>Answers an incoming call (200 with our SDP).</summary>
    public bool Answer(LegId leg) => On(leg, static found => (found as IncomingLeg)?.Answer());

    /// <summary>Asks the phone of an originated leg that rings to answer by itself (NOTIFY of the event <c>talk</c>). Without effect where <see cref="LegRinging.CanBeTold"/> has not said that it can.</summary>
    public bool TellToAnswer(LegId leg) => On(leg, static found => (found as OutgoingLeg)?.TellToAnswer());

    /// <summary>Refuses an incoming call.</summary>
    /// <param name="leg">A leg not yet answered.</param>
    /// <param name="status">400 to 699.</param>
    /// <param name="reason">Reason phrase.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a refusal.</exception>
    /// <exception cref="ArgumentException"><paramref name="reason"/> holds a line break.</exception>
    public bool Reject(LegId leg, int status, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 400);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 699);
        SipText.ThrowIfBreaksLine(reason, nameof(reason));
        return On(leg, found => (found as IncomingLeg)?.Reject(status, reason));
    }

    /// <summary>Calls a phone at all its bindings; the first to answer wins. The result comes as <see cref="LegRinging"/>, <see cref="LegAnswered"/>, <see cref="LegEnded"/>.</summary>
    /// <exception cref="ArgumentException">A header of the options cannot be written.</exception>
    public LegId Originate(string extension, OriginateOptions options)
    {
        OriginateOptions.Validate(options);
        var leg = new OutgoingLeg(_host.NewId(), _host, _agent, options);
        _host.Add(leg);
        _loop.Post(() => leg.Start(_media, new PhoneRoute(_agent, _closing ? [] : _registrar.Find(extension), options)));
        return leg.Id;
    }

    /// <summary>Plays to the leg, in place of what it plays now.</summary>
    public bool Play(LegId leg, Playlist playlist, Guid playbackId) => On(leg, found =>
    {
        if (found.HasMedia)
        {
            found.Media!.Play(playlist, playbackId, finished => On(leg, _ => _host.Notify(new PlaybackFinished(leg, finished))));
        }
    });

    /// <summary>Stops playing; no <see cref="PlaybackFinished"/> follows.</summary>
    public bool StopPlaying(LegId leg) => On(leg, static found => found.Media?.StopPlaying());

    /// <summary>Relays audio between two legs that are answered or have early media, in place of what they play or are bridged to.</summary>
    /// <returns>False when either leg is gone.</returns>
    public bool Bridge(LegId a, LegId b) => _host.Find(b) is not null && On(a, first =>
    {
        if (first.HasMedia && _host.Find(b) is { HasMedia: true } second)
        {
            first.Media!.Bridge(second.Media!);
            first.WatchMedia();
            second.WatchMedia();
        }
    });

    /// <summary>Ends the bridge that a leg is in; both legs live on.</summary>
    public bool Unbridge(LegId a) => On(a, static found => found.Media?.Unbridge());

    /// <summary>Ends a leg by BYE, CANCEL or a final response, as its state needs.</summary>
    public bool HangUp(LegId leg, HangUpCause cause) => On(leg, found => found.HangUp(cause));

    /// <summary>The live bindings of an extension, newest first.</summary>
    public IReadOnlyList<Binding> Bindings(string extension) =>
        [.. _registrar.Find(extension).Select(found => found.ToBinding())];

    /// <summary>Ends what is live (BYE, CANCEL, 503), waits 2 s at most for the answers, and closes the sockets.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        _loop.Post(() =>
        {
            _closing = true;
            _trunks.Replace(_agent, []);
            foreach (var leg in _host.Live)
            {
                leg.HangUp(HangUpCause.Failure);
            }
        });

        // Peers that do not answer are left to their own timers.
        await Task.WhenAny(_agent.WhenIdle(), Task.Delay(LongestFarewell, _time, CancellationToken.None));
        await _agent.DisposeAsync();
        await _media.Recorder.DisposeAsync();
        await EndLaddersAsync();
        await _loop.DisposeAsync();
        _meter.Dispose();
        await _media.DisposeAsync();
        _host.Close();
    }

    void ICallTaker.OnInvite(ServerTransaction invite)
    {
        var request = invite.Request;
        var tag = _agent.Transactions.NewTag();
        if (_closing)
        {
            invite.Respond(503, "Service Unavailable");
        }
        else if (_trunks.IsOurs(request.CallId))
        {
            invite.Respond(482, "Loop Detected");
        }
        else if (!_admission.TryAdmit(request, TrunkAddressOf(invite.Source), invite.Record, tag, out var source, out var trunk, out var challenge))
        {
            _agent.Judge(invite, challenge!);
            invite.RespondOnce(challenge!);
        }
        else if (SessionTimer.IsTooBrief(request, _agent.Timers))
        {
            invite.Respond(SessionTimer.TooBrief(request, tag, _agent.Timers));
        }
        else if (ReplacementFault(request, tag, out var replaced) is { } fault)
        {
            invite.Respond(fault);
        }
        else if (!MayCall(invite, source!))
        {
            invite.Respond(503, "Too Many Calls");
        }
        else if (!Dialog.TryAccept(request, invite.Source, tag, out var dialog, out var error))
        {
            invite.Respond(400, $"Bad Request ({error})");
        }
        else
        {
            BeginLadder(invite);
            invite.Respond(SipResponse.For(request, 100, "Trying", toTag: null));
            TakeUp(invite, dialog!, source!, trunk, replaced);
            DropLadderUnlessTaken(invite);
        }
    }

    private void TakeUp(ServerTransaction invite, Dialog dialog, CallSource source, TrunkLine? trunk, LegId? replaced)
    {
        var request = invite.Request;
        MediaLeg media;
        try
        {
            media = _media.CreateLeg(_host.AudioPolicyFor(invite.Source.Transport.IsSecure, trunk?.Codecs), _media.FamilyFor(request.Body.Span, invite.Source.Remote.AddressFamily));
        }
        catch (MediaPortsExhaustedException)
        {
            invite.Respond(503, "No Media Port Free");
            _host.Notify(new CallTurnedAway(CallOn(_host.NewId(), request, source, trunk, replaced), "no-media-port"));
            return;
        }

        string? answer = null;
        if (!request.Body.IsEmpty && !media.TryCreateAnswer(request.Body.Span, out answer, out _))
        {
            media.Dispose();
            invite.Respond(488, "Not Acceptable Here");
            return;
        }

        if (trunk?.TryTake() == false)
        {
            media.Dispose();
            invite.Respond(503, "The Trunk Has All Its Calls");
            return;
        }

        var leg = new IncomingLeg(_host.NewId(), _host, _agent, invite, dialog, media, answer) { Ended = trunk is null ? null : trunk.Release };
        _host.Add(leg);
        CountCall(leg.Id, invite);
        NoteCallId(leg.Id, request.CallId);
        _host.Notify(CallOn(leg.Id, request, source, trunk, replaced));
    }

    private IncomingCall CallOn(LegId leg, SipRequest request, CallSource source, TrunkLine? trunk, LegId? replaced)
    {
        var caller = CallerIdentity.Of(request, isTrusted: trunk is not null);
        return new IncomingCall(leg, request.CallId, caller.Number, caller.DisplayName, DialledNumber(request, trunk), source, _time.GetUtcNow(), replaced)
        {
            RedirectedFrom = caller.RedirectedFrom,
        };
    }

    private void OnRegistrationChanged(string extension, bool registered) =>
        _host.Notify(registered ? new PhoneRegistered(extension) : new PhoneUnregistered(extension));

    // True when the leg lives now; by the time its turn comes it may have ended, and then nothing is done.
    private bool On(LegId id, Action<Leg> act)
    {
        if (_host.Find(id) is not { } leg)
        {
            return false;
        }

        _loop.Post(() =>
        {
            if (!leg.IsEnded)
            {
                act(leg);
            }
        });
        return true;
    }
}
