namespace CallCenter.Domain.Calls;

/// <summary>An event of a call that an agent's or supervisor's hands made.</summary>
public abstract record DeskEvent(Guid CallId, DateTimeOffset OccurredAt) : CallEvent(CallId, OccurredAt);

/// <summary>The caller does not hear the agent from now on; the agent hears the caller.</summary>
public sealed record CallMuted(Guid CallId, Guid AgentId, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

public sealed record CallUnmuted(Guid CallId, Guid AgentId, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>A number outside is called over a trunk: the one that an agent dialled (told by <see cref="CallReceived"/>), or where an agent forwards calls to.</summary>
/// <param name="AgentId">Who calls; null for a call that is sent on.</param>
/// <param name="Trunk">Name of the trunk.</param>
public sealed record CallDialled(Guid CallId, Guid? AgentId, string Trunk, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>A third party talks in the call from now on.</summary>
/// <param name="PartyId">Names the party for as long as the call lives.</param>
/// <param name="AgentId">Who, when it is an agent.</param>
/// <param name="Number">Who, when it is a number outside.</param>
public sealed record PartyJoined(Guid CallId, Guid PartyId, DateTimeOffset OccurredAt, Guid? AgentId = null, string? Number = null) : DeskEvent(CallId, OccurredAt);

public sealed record PartyLeft(Guid CallId, Guid PartyId, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>The agent has left the caller in a slot, from which any agent may fetch it.</summary>
/// <param name="AgentId">Who parked it, and is rung when nobody fetches it.</param>
/// <param name="Slot">1 up; free again when the call has left it.</param>
public sealed record CallParked(Guid CallId, Guid AgentId, int Slot, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>Nobody fetched the call in time: who parked it is rung.</summary>
public sealed record ParkTimedOut(Guid CallId, Guid AgentId, int Slot, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <param name="AgentId">Who fetched it, or took it back.</param>
public sealed record ParkedCallRetrieved(Guid CallId, Guid AgentId, int Slot, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>An agent took a call that rang elsewhere, or waited. <see cref="CallAnswered"/> follows.</summary>
/// <param name="AgentId">Who took it.</param>
/// <param name="FromAgentId">At whose phone it rang; null for a call that waited.</param>
public sealed record CallPickedUp(Guid CallId, Guid AgentId, DateTimeOffset OccurredAt, Guid? FromAgentId = null) : DeskEvent(CallId, OccurredAt);

/// <summary>The call went where the agent forwards calls to, instead of ringing at the agent or after that.</summary>
/// <param name="AgentId">Whose forward it is.</param>
/// <param name="Kind">Which.</param>
/// <param name="To">Where, as the agent set it.</param>
public sealed record CallForwarded(Guid CallId, Guid AgentId, ForwardKind Kind, Destination To, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>The call has come near its longest time: both sides have heard a tone.</summary>
/// <param name="SecondsLeft">Until it is ended.</param>
public sealed record CallLengthWarned(Guid CallId, int SecondsLeft, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>A supervisor hears the call from now on, or in another mode than before.</summary>
/// <param name="SupervisorId">The supervising agent.</param>
/// <param name="Shown">Whether the agent is shown that.</param>
public sealed record SupervisionStarted(Guid CallId, Guid SupervisorId, SupervisionMode Mode, bool Shown, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

public sealed record SupervisionEnded(Guid CallId, Guid SupervisorId, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>The supervisor talks with the caller in the agent's place.</summary>
public sealed record CallTakenOver(Guid CallId, Guid SupervisorId, Guid FromAgentId, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

/// <summary>The call rings at an agent who talks in another one, and hears a tone: call waiting.</summary>
/// <param name="AgentId">Who talks.</param>
/// <param name="TalkId">The call that the agent talks in.</param>
public sealed record CallWaitingSignalled(Guid CallId, Guid AgentId, Guid TalkId, DateTimeOffset OccurredAt) : DeskEvent(CallId, OccurredAt);

public enum ForwardKind
{
    Always,
    Busy,
    NoAnswer,

    /// <summary>The phone itself has sent the call there (3xx).</summary>
    Redirected,
}

/// <summary>Who hears a supervisor.</summary>
public enum SupervisionMode
{
    /// <summary>Nobody.</summary>
    Listen,

    /// <summary>The agent.</summary>
    Whisper,

    /// <summary>All.</summary>
    Barge,
}

/// <summary>Who talks besides caller and agent.</summary>
public sealed record Party(Guid Id, Guid? AgentId, string? Number);

/// <param name="AgentId">Who parked it.</param>
public sealed record ParkedAt(int Slot, Guid AgentId);

public sealed record Supervision(Guid SupervisorId, SupervisionMode Mode, bool Shown);
