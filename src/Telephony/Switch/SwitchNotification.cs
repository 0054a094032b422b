using CallCenter.Telephony.Media;

namespace CallCenter.Telephony;

/// <summary>Something that happened on the wire. Those of one leg are delivered in order, <see cref="LegEnded"/> last and exactly once.</summary>
public abstract record SwitchNotification;

/// <summary>A call came in and waits for a verb; nothing but <c>100 Trying</c> has been sent.</summary>
/// <param name="Leg">The caller's leg.</param>
/// <param name="SipCallId">Call-ID header, for tracing.</param>
/// <param name="From">The caller's number: user part of From, or of what a trusted trunk asserts (RFC 3325), unescaped; empty when a trunk says that it is withheld.</param>
/// <param name="DisplayName">The caller's display name, from the same place.</param>
/// <param name="To">The dialled number: user part of the Request-URI, unescaped.</param>
/// <param name="Source">Which trunk, or which of our own phones.</param>
/// <param name="At">When the INVITE was taken up.</param>
/// <param name="Replaces">The leg whose place the call is to take (RFC 3891): once this one is answered, that one is to be hung up.</param>
public sealed record IncomingCall(LegId Leg, string SipCallId, string From, string? DisplayName, string To, CallSource Source, DateTimeOffset At, LegId? Replaces = null) : SwitchNotification
{
    /// <summary>Who was called first, when a trusted trunk says that the call was diverted to us (RFC 5806, RFC 7044); null otherwise.</summary>
    public string? RedirectedFrom { get; init; }
}

/// <summary>The phone of an originated leg rings (first 180 or 183); once more when a phone that can be told to answer begins to.</summary>
public sealed record LegRinging(LegId Leg) : SwitchNotification
{
    /// <summary><see cref="ISwitch.TellToAnswer"/> has an effect.</summary>
    public bool CanBeTold { get; init; }
}

/// <summary>A 2xx was sent (incoming leg) or received (originated leg).</summary>
public sealed record LegAnswered(LegId Leg) : SwitchNotification;

/// <summary>The leg is gone. The last notification of a leg, and the only one of its kind for it.</summary>
/// <param name="Leg">Which leg.</param>
/// <param name="Reason">Who or what ended it.</param>
/// <param name="SipStatus">The final status that the other side sent, when that ended it.</param>
/// <param name="Text">The other side's reason phrase, the Reason header of its BYE or CANCEL (RFC 3326: protocol, cause, text), or a description of what failed.</param>
public sealed record LegEnded(LegId Leg, LegEndReason Reason, int? SipStatus, string? Text) : SwitchNotification
{
    /// <summary>Where the phone sends the call instead of taking it (3xx); null when it names no place.</summary>
    public Redirection? Redirect { get; init; }
}

/// <summary>Another place for a call, as a phone names it in the Contact of a 3xx (RFC 3261 section 21.3).</summary>
/// <param name="Target">User part, unescaped; empty when there is none.</param>
/// <param name="TargetUri">The whole address.</param>
/// <param name="IsHere">The address is one that this switch listens on.</param>
public sealed record Redirection(string Target, string TargetUri, bool IsHere);

/// <summary>The other side put us on hold (RFC 3264 section 8.4).</summary>
public sealed record LegHeld(LegId Leg) : SwitchNotification;

/// <summary>The other side retrieved the call from hold.</summary>
public sealed record LegRetrieved(LegId Leg) : SwitchNotification;

/// <summary>A playback that does not loop has come to its end (not: was replaced or stopped).</summary>
public sealed record PlaybackFinished(LegId Leg, Guid PlaybackId) : SwitchNotification;

/// <summary>An extension has a binding, and had none before.</summary>
public sealed record PhoneRegistered(string Extension) : SwitchNotification;

/// <summary>The last binding of an extension is gone: removed or expired.</summary>
public sealed record PhoneUnregistered(string Extension) : SwitchNotification;

/// <summary>The other side pressed a key.</summary>
/// <param name="Leg">Whose phone.</param>
/// <param name="Digit">0 to 9, *, #, A to D, or <c>!</c> for a hook flash.</param>
/// <param name="Duration">How long it was pressed, where the method tells.</param>
/// <param name="Method">How it came; a phone that sends a key in two ways is told of twice.</param>
public sealed record DtmfReceived(LegId Leg, char Digit, TimeSpan? Duration, DtmfMethod Method) : SwitchNotification;

/// <summary>A gateway of the trunk answers: calls can go out.</summary>
public sealed record TrunkUp(string Trunk) : SwitchNotification;

/// <summary>The last gateway of the trunk that answered does so no more.</summary>
public sealed record TrunkDown(string Trunk, string Reason) : SwitchNotification;

/// <summary>The provider has taken our registration.</summary>
public sealed record TrunkRegistered(string Trunk) : SwitchNotification;

/// <summary>The provider has refused our registration or its refresh, or does not answer; it is tried again.</summary>
public sealed record TrunkUnregistered(string Trunk, string Reason) : SwitchNotification;

/// <summary>A file could not be played, or not to its end.</summary>
/// <param name="Leg">Which leg.</param>
/// <param name="PlaybackId">As it was given to the verb.</param>
/// <param name="Reason">What is wrong with the file.</param>
public sealed record PlaybackFailed(LegId Leg, Guid PlaybackId, string Reason) : SwitchNotification;

/// <summary>A recording has ended, and its file is closed and on the disk.</summary>
/// <param name="Recording">Which.</param>
/// <param name="Path">Its file, as it was named.</param>
/// <param name="Duration">From its beginning to its end, pauses included.</param>
/// <param name="Sha256">Hash of the whole file, in hexadecimal; null when the file cannot be read.</param>
/// <param name="Bytes">Size of the file.</param>
/// <param name="Failure">Why it ended before its time, or what is missing in it; null when it is whole.</param>
public sealed record RecordingFinished(RecordingId Recording, string Path, TimeSpan Duration, string? Sha256, long Bytes, string? Failure) : SwitchNotification
{
    /// <summary>From its beginning to the last sound that was louder than a quiet line; zero when nobody said anything.</summary>
    public TimeSpan HeardUntil { get; init; }
}

/// <summary>An originated leg is to be heard already, before it is answered (183 with SDP): ringback of the far network, an announcement.</summary>
public sealed record LegEarlyMedia(LegId Leg) : SwitchNotification;

/// <summary>The other side of an answered leg asks that its call be connected elsewhere (REFER); <see cref="Switch.AcceptTransfer"/> or <see cref="Switch.RefuseTransfer"/> must follow within 16 s.</summary>
/// <param name="Leg">Whose other side asks.</param>
/// <param name="Transfer">Names the request in the verbs.</param>
/// <param name="Target">Whom to call: user part of the Refer-To address, unescaped; empty when it has none.</param>
/// <param name="TargetUri">The whole address, sip or sips.</param>
/// <param name="Replaced">The leg whose place the call is to take: the transfer is attended. Null for a blind one.</param>
public sealed record TransferRequested(LegId Leg, TransferId Transfer, string Target, string TargetUri, LegId? Replaced) : SwitchNotification;

/// <summary>A source went on doing what scanners do, and is not listened to for a time.</summary>
/// <param name="Address">An IPv4 address, or the /64 network of an IPv6 address.</param>
/// <param name="Reason">What it did, for people.</param>
/// <param name="At">Since when.</param>
/// <param name="Until">When the block ends, unless <see cref="Switch.Unblock"/> ends it before.</param>
public sealed record SourceBlocked(string Address, string Reason, DateTimeOffset At, DateTimeOffset Until) : SwitchNotification;

/// <summary>A block has come to its end: one that the switch made, or one that it was told of.</summary>
public sealed record BlockExpired(string Address, DateTimeOffset At) : SwitchNotification;

/// <summary>How the audio of a leg was. Comes right before its <see cref="LegEnded"/>, when any audio went either way.</summary>
public sealed record LegMeasured(LegId Leg, MediaQuality Quality) : SwitchNotification;

/// <summary>A call that was let in could not be taken; it has been refused already and has no leg.</summary>
/// <param name="Call">What it would have been.</param>
/// <param name="Cause">A word in kebab-case: <c>no-media-port</c>.</param>
public sealed record CallTurnedAway(IncomingCall Call, string Cause) : SwitchNotification;

/// <summary>Where an incoming call comes from.</summary>
public abstract record CallSource;

/// <summary>A trusted trunk, by the name it is configured with.</summary>
public sealed record TrunkSource(string Name) : CallSource;

/// <summary>One of our own phones, whose credentials were checked.</summary>
public sealed record ExtensionSource(string Extension) : CallSource;

/// <summary>How a key press travels.</summary>
public enum DtmfMethod
{
    /// <summary>Telephone events in RTP (RFC 4733).</summary>
    TelephoneEvent,

    /// <summary>SIP INFO with application/dtmf-relay or application/dtmf.</summary>
    Info,

    /// <summary>The tones themselves, heard in the audio.</summary>
    InBand,
}

/// <summary>Why a leg ended.</summary>
public enum LegEndReason
{
    /// <summary>BYE from the other side.</summary>
    RemoteHangUp,

    /// <summary>A verb of ours.</summary>
    LocalHangUp,

    /// <summary>The caller gave up before an answer.</summary>
    Cancelled,

    /// <summary>4xx or 6xx from the phone we called.</summary>
    Rejected,

    /// <summary>Our ring time-out passed.</summary>
    NoAnswer,

    /// <summary>No binding, no response (Timer B), or the transport says that nobody is there.</summary>
    Unreachable,

    /// <summary>Anything else: 3xx or 5xx, no ACK, unusable SDP, no media port.</summary>
    Failed,

    /// <summary>Neither audio nor RTCP came for longer than <see cref="SwitchOptions.MediaTimeout"/> allows: the line is dead.</summary>
    MediaTimeout,
}
