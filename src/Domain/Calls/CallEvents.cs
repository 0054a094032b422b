using System.Text.Json.Serialization;

using CallCenter.Domain.Floor;

namespace CallCenter.Domain.Calls;

/// <summary>An event of one call's stream. A call is one caller's presence from INVITE to hang-up (KPI.md).</summary>
public abstract record CallEvent(Guid CallId, DateTimeOffset OccurredAt) : DomainEvent(OccurredAt);

/// <param name="From">The caller's number as signalled; empty when withheld or unknown.</param>
/// <param name="To">The dialled number.</param>
/// <param name="SipCallId">Call-ID header of the first dialog (RFC 3261 section 8.1.1.4); null for imported history.</param>
/// <param name="CustomerNumber">The customer's number in the company's own books, where it is known.</param>
/// <param name="Segment">Customer segment, e.g. <c>high</c>.</param>
/// <param name="Topic">What the call is about; null reads as "none" (KPI.md).</param>
public sealed record CallReceived(
    Guid CallId, CallDirection Direction, string From, string To, DateTimeOffset OccurredAt,
    string? SipCallId = null, string? CustomerNumber = null, string? Segment = null, string? Topic = null) : CallEvent(CallId, OccurredAt);

public sealed record CallEnteredIvr(Guid CallId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The call entered a queue: a visit, the unit of all queue figures, begins.</summary>
/// <param name="HeadStartSeconds">Seconds by which the caller ranks as if already waiting; a routing fact, no part of any wait.</param>
/// <param name="Needs">What the call needs of whoever takes it, beside what the queue asks; null for nothing.</param>
public sealed record CallQueued(
    Guid CallId, Guid QueueId, DateTimeOffset OccurredAt, int HeadStartSeconds = 0,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ContactNeeds? Needs = null) : CallEvent(CallId, OccurredAt);

public sealed record CallOffered(Guid CallId, Guid AgentId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The agent did not take the offer; unless it still rings elsewhere, the call waits again with its place kept.</summary>
public sealed record CallOfferNotAnswered(Guid CallId, Guid AgentId, NonResponse Reason, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>An agent took the call; whoever else it was offered to is not asked any more.</summary>
/// <param name="AgentId">Null where a number outside answered, and in imported history that does not name the agent.</param>
public sealed record CallAnswered(Guid CallId, Guid? AgentId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

public sealed record CallHeld(Guid CallId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

public sealed record CallRetrieved(Guid CallId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The agent who talked has handed the caller over, and is no longer part of the call.</summary>
/// <param name="FromAgentId">Who handed over.</param>
/// <param name="ToAgentId">Who talks from now on; null when the call goes to a queue.</param>
/// <param name="ToQueueId">Where the call waits from now on, by the <see cref="CallQueued"/> that follows; null when it goes to an agent.</param>
/// <param name="ToNumber">The number outside that the caller talks with from now on; null when it goes elsewhere.</param>
/// <param name="ToFlow">The flow that the caller goes through from now on, or the mailbox (<c>voicemail ...</c>); null when it goes elsewhere.</param>
public sealed record CallTransferred(
    Guid CallId, Guid FromAgentId, Guid? ToAgentId, Guid? ToQueueId, TransferKind Kind, DateTimeOffset OccurredAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ToNumber = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ToFlow = null) : CallEvent(CallId, OccurredAt);

/// <summary>The customer left the queue before an agent answered. <see cref="CallEnded"/> follows.</summary>
public sealed record CallAbandoned(Guid CallId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <param name="Cause">A word in kebab-case, e.g. <c>hang-up</c>, <c>system-restart</c>.</param>
public sealed record CallEnded(Guid CallId, CallParty EndedBy, string Cause, CallOutcome Outcome, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

public sealed record WrapUpStarted(Guid CallId, Guid AgentId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <param name="Resolved">Whether the agent marked the contact's matter as settled; null when nothing was said.</param>
public sealed record WrapUpCompleted(
    Guid CallId, Guid AgentId, DateTimeOffset OccurredAt,
    string? Disposition = null, bool? Resolved = null, string? Notes = null) : CallEvent(CallId, OccurredAt);

/// <summary>How the audio of one party's leg was; told when the leg has ended, so it may come after <see cref="CallEnded"/>.</summary>
/// <param name="Party">Caller or agent.</param>
/// <param name="AgentId">Whose leg, when it is an agent's and that is known.</param>
public sealed record CallMediaMeasured(Guid CallId, CallParty Party, Guid? AgentId, MediaFigures Figures, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>Figures of one leg's audio over its whole life, as the telephony measured or estimated them.</summary>
/// <param name="Codec">Name in SDP, e.g. <c>PCMA</c>.</param>
/// <param name="PacketsSent">RTP packets to the party.</param>
/// <param name="PacketsReceived">RTP packets from the party.</param>
/// <param name="PacketsLost">Lost on the way from the party.</param>
/// <param name="RemotePacketsLost">Lost on the way to the party, as it reported; null when it reported nothing.</param>
/// <param name="JitterMs">Of what came from the party.</param>
/// <param name="RemoteJitterMs">Of what the party received, as it reported.</param>
/// <param name="RoundTripMs">Mean of those measured.</param>
/// <param name="Mos">Estimated opinion of the party's voice, 1 to 4.5.</param>
/// <param name="RemoteMos">Estimated opinion of what the party heard.</param>
/// <param name="SilenceSeconds">Pauses of more than a second in which nothing came from the party.</param>
public sealed record MediaFigures(
    string? Codec, long PacketsSent, long PacketsReceived, long PacketsLost, long? RemotePacketsLost,
    double JitterMs, double? RemoteJitterMs, double? RoundTripMs, double? Mos, double? RemoteMos, double SilenceSeconds);

/// <summary>The batch that brought this call of another system's records was reverted: the call counts in no list and no figure any more. Its last event.</summary>
public sealed record CallWithdrawn(Guid CallId, Guid BatchId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

public enum CallDirection { Inbound, Outbound, Internal }

/// <summary>How a call was handed over.</summary>
public enum TransferKind
{
    /// <summary>Without speaking to whom it went to.</summary>
    Blind,

    /// <summary>After a talk of the two agents.</summary>
    Attended,
}

public enum CallParty { Caller, Agent, System, Unknown, Outside }

/// <summary>Why an offer was not answered.</summary>
public enum NonResponse
{
    /// <summary>The agent's phone rejected the call.</summary>
    Refused,

    /// <summary>It rang for the queue's ring time.</summary>
    TimedOut,

    /// <summary>The phone could not be reached.</summary>
    Unreachable,
}

/// <summary>How a call ended; that of its last visit where it had one (KPI.md).</summary>
public enum CallOutcome { Handled, Abandoned, SelfServed, LeftInIvr, Overflowed, Blocked, Failed, Unknown }
