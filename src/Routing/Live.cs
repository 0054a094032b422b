using CallCenter.Domain.Agents;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Floor;
using CallCenter.Domain.Queues;
using CallCenter.Routing.Ivr;
using CallCenter.Domain.Voicemails;
using CallCenter.Telephony;

namespace CallCenter.Routing;

/// <summary>A stream's state in memory, ahead of the disk by what the journal still has to write.</summary>
internal abstract class Live<TState>(Guid id, string streamType, TState state, long version)
{
    public Guid Id { get; } = id;
    public string StreamType { get; } = streamType;
    public TState State { get; set; } = state;
    public long Version { get; set; } = version;
}

/// <summary>A call that is in progress, with its legs.</summary>
/// <param name="id">The call.</param>
/// <param name="callerLeg">The customer's or calling phone's leg, which came in or was called by us.</param>
/// <param name="sipCallId">Call-ID of that leg's dialog.</param>
/// <param name="from">The caller's number.</param>
internal sealed class LiveCall(Guid id, LegId callerLeg, string sipCallId, string from) : Live<Call>(id, Call.StreamType, Call.Initial, 0)
{
    /// <summary>Of a call that goes out, known when it is dialled; no leg before.</summary>
    public LegId CallerLeg { get; set; } = callerLeg;
    public string SipCallId { get; } = sipCallId;
    public string From { get; } = from;

    /// <summary>The dialled number.</summary>
    public string To { get; init; } = "";
    public string? DisplayName { get; init; }

    /// <summary>Where the call waits or waited last; null when it has been in no queue.</summary>
    public LiveQueue? Queue { get; set; }

    /// <summary>How the call stands among those who wait: set before it enters a queue by what is known of it, its queue and its waiting since from then on.</summary>
    public WaitingContact Contact { get; set; } = new(id, Guid.Empty, DateTimeOffset.MinValue);

    /// <summary>From when the wait counts.</summary>
    public DateTimeOffset RankedSince => Contact.QueuedAt;

    /// <summary>Whose phones ring for the call.</summary>
    public List<LiveOffer> Offers { get; } = [];

    /// <summary>Whom the call talks with, or who wraps it up.</summary>
    public LiveAgent? Agent { get; set; }
    public LegId? AgentLeg { get; set; }

    /// <summary>Whose phone made the call, where that is an agent's.</summary>
    public LiveAgent? Caller { get; init; }

    /// <summary>What is known of the call beside its numbers; it travels with the call.</summary>
    public Dictionary<string, string> Attributes { get; } = new(StringComparer.Ordinal);

    /// <summary>How much more the caller matters, by the number that was dialled: 0 to 9.</summary>
    public int Priority { get; set; }

    /// <summary>The voice that speaks to the caller, as espeak-ng names it; null where nothing says so.</summary>
    public string? Language { get; set; }

    /// <summary>The call's way through a flow; null while it is in none.</summary>
    public IvrVisit? Ivr { get; set; }

    /// <summary>The way that the call goes on should it not be taken where its flow has sent it; null where it then ends.</summary>
    public IvrVisit? Resumable { get; set; }

    /// <summary>The agent who talks is handing the caller over.</summary>
    public Handover? Handover { get; set; }

    /// <summary>The callback by which the customer was called, until an agent has answered.</summary>
    public LiveCallback? Callback { get; set; }

    /// <summary>What the customer's next key is for; null while keys are for nothing but the queue.</summary>
    public Action<char>? OnKey { get; set; }

    /// <summary>What has been pressed, each key once.</summary>
    public KeyPresses Keys { get; } = new();

    /// <summary>What follows when this has been played to its end.</summary>
    public (Guid PlaybackId, Action Then)? AfterPlaying { get; set; }

    /// <summary>What follows when the customer's phone, which we have called, is answered.</summary>
    public Action? OnCallerAnswered { get; set; }

    /// <summary>What follows, beside the end of the call, when the customer's leg has ended.</summary>
    public Action<LegEnded>? OnCallerGone { get; set; }

    /// <summary>How legs were that have just ended, waiting for the step that tells what followed from that.</summary>
    public List<CallCommand> Measured { get; } = [];

    /// <summary>Which row of announcements runs: each visit to a queue has its own.</summary>
    public int AnnouncementRow { get; set; }

    /// <summary>How many announcements of the row have been made; null before the row has begun.</summary>
    public int? Announced { get; set; }
    public bool Waits => State.Phase is CallPhase.Queued or CallPhase.Offered;

    /// <summary>Who talks besides caller and agent; null while nobody does.</summary>
    public LiveConference? Conference { get; set; }

    /// <summary>Who hears the call.</summary>
    public List<LiveSupervisor> Supervisors { get; } = [];

    /// <summary>How often the call was forwarded: two agents may forward to each other.</summary>
    public int Forwards { get; set; }

    /// <summary>On hold because the agent took a second call, not because the phone or the agent asked for it.</summary>
    public bool HeldForSecond { get; set; }

    /// <summary>When the call is ended for its length; null for never.</summary>
    public DateTimeOffset? EndsAt { get; set; }
}

/// <summary>A call that rings at an agent's phone.</summary>
internal sealed class LiveOffer(LiveAgent agent)
{
    public LiveAgent Agent { get; } = agent;

    /// <summary>The leg that rings; null before the offer is durable.</summary>
    public LegId? Leg { get; set; }

    /// <summary>The phone that rings can be told to answer.</summary>
    public bool CanBeTold { get; set; }

    /// <summary>The agent talks in another call, which its state stays about: call waiting.</summary>
    public bool Knocks { get; set; }

    /// <summary>The agent hears the tone of a call that knocks.</summary>
    public bool IsSignalled { get; set; }
}

/// <summary>An agent of the center, signed in or not.</summary>
internal sealed class LiveAgent(Guid id, Agent state, long version) : Live<Agent>(id, Agent.StreamType, state, version)
{
    public bool PhoneRegistered { get; set; }

    /// <summary>After an offer was not answered, the next one waits a little: a phone that refuses at once would be offered calls without end.</summary>
    public DateTimeOffset OfferableFrom { get; set; } = DateTimeOffset.MinValue;

    /// <summary>The extension at which the router looks for the agent.</summary>
    public string? SitsAt { get; set; } = state.Extension;

    /// <summary>Since this process began, the phone has been away.</summary>
    public bool PhoneWasGone { get; set; }

    /// <summary>The call that knocked last, with its offer.</summary>
    public (LiveCall Call, LiveOffer Offer)? Knock { get; set; }

    /// <summary>The call that was taken last beside the one at hand.</summary>
    public LiveCall? Second { get; set; }

    /// <summary>Offers left unanswered since the last one that was answered.</summary>
    public int MissedInARow { get; set; }

    /// <summary>The agent as decisions see it; made anew when something has changed.</summary>
    public AgentOnFloor OnFloor
    {
        get
        {
            if (!ReferenceEquals(_pictured, State) || field!.IsReachable != IsReachable || field.OfferableFrom != OfferableFrom)
            {
                _pictured = State;
                field = new AgentOnFloor(Id, State.Status, State.Since, State.Queues)
                {
                    Attributes = State.Attributes, IsReachable = IsReachable, OfferableFrom = OfferableFrom, CallsTaken = State.CallsTaken, TalkTime = State.TalkTime,
                };
            }

            return field;
        }
    }

    private bool IsReachable => PhoneRegistered && !State.Desk.DoNotDisturb;

    private Agent? _pictured;
}

/// <summary>A message that is being left.</summary>
internal sealed class LiveVoicemail(Guid id) : Live<Voicemail>(id, Voicemail.StreamType, Voicemail.Initial, 0);

/// <summary>Somebody who is to be called back.</summary>
/// <param name="id">The callback.</param>
/// <param name="state">With the number in plain.</param>
/// <param name="version">Of the stream.</param>
internal sealed class LiveCallback(Guid id, Callback state, long version) : Live<Callback>(id, Callback.StreamType, state, version)
{
    /// <summary>The call by which they are called; null while none is.</summary>
    public LiveCall? Call { get; set; }

    /// <summary>The place that is kept, as the queue ranks who waits.</summary>
    public DateTimeOffset RankedSince => State.Rank.QueuedAt.AddSeconds(-State.Rank.HeadStartSeconds);
}

/// <summary>A queue as it is configured now. Its stream is not ours to write: whoever changes it, the log tells us.</summary>
internal sealed class LiveQueue(Queue state)
{
    public Guid Id => State.Id;
    public Queue State { get; set; } = state;
    public QueueSettings Settings => State.Settings;

    /// <summary>When it is open; null for always.</summary>
    public Calendar? Calendar { get; set; }

    /// <summary>Whom it has offered a call last.</summary>
    public Guid? LastOffered { get; set; }

    /// <summary>How fast calls have been taken from it.</summary>
    public QueuePace Pace { get; set; } = QueuePace.Unknown;

    /// <summary>The queue as decisions see it.</summary>
    public QueueOnFloor OnFloor => new(Id, Settings) { Calendar = Calendar, LastOffered = LastOffered, Pace = Pace };
}
