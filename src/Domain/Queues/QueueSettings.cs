using System.Collections.ObjectModel;
using System.Text.Json.Serialization;

namespace CallCenter.Domain.Queues;

/// <summary>What a supervisor may set on a queue.</summary>
/// <param name="Number">The dialled number that leads here; null for a queue that is known only from history.</param>
/// <param name="RingSeconds">How long an agent's phone rings before the next one is tried, 1..300.</param>
/// <param name="WrapUpSeconds">Longest wrap-up after a call, 0..3600; 0 means none.</param>
/// <param name="ShortAbandonSeconds">Who leaves within so many seconds counts as a short abandon (KPI.md), 0..300.</param>
public sealed record QueueSettings(string Name, string? Number, int RingSeconds = 15, int WrapUpSeconds = 30, int ShortAbandonSeconds = 5)
{
    /// <summary>Which of the agents who can take a contact gets it.</summary>
    public DistributionMethod Method { get; init; } = DistributionMethod.LongestIdle;

    /// <summary>Points of every contact of this queue, -100..100; what a point is worth is said in <see cref="Floor.Rank"/>.</summary>
    public int Priority { get; init; }

    /// <summary>Points of contacts of a customer segment, beside those of the queue, each -100..100.</summary>
    public IReadOnlyDictionary<string, int> SegmentPriorities { get; init; } = ReadOnlyDictionary<string, int>.Empty;

    /// <summary>The wait within which a contact should be answered, 1..3600.</summary>
    public int ServiceLevelSeconds { get; init; } = 20;

    /// <summary>Seconds that a contact's rank gains as its wait nears the service level, 0..3600; 0 for none.</summary>
    public int UrgencySeconds { get; init; }

    /// <summary>What an agent must or should be able to do.</summary>
    public IReadOnlyList<SkillNeed> Skills { get; init; } = [];

    /// <summary>Who is asked first and who after some wait; empty: all agents of the queue at once. With tiers, an agent in none of them is not asked.</summary>
    public IReadOnlyList<QueueTier> Tiers { get; init; } = [];

    /// <summary>Ids of agents in the order in which hunting and top-down go; agents that are not named come after them by id.</summary>
    public IReadOnlyList<Guid> Order { get; init; } = [];

    /// <summary>How long a contact waits for the agent who served that customer last, 0..3600; 0: not at all.</summary>
    public int LastAgentPatienceSeconds { get; init; }

    /// <summary>When contacts go elsewhere, and where; the first rule that holds counts.</summary>
    public IReadOnlyList<OverflowRule> Overflow { get; init; } = [];

    /// <summary>When the queue is open; null for always.</summary>
    public Guid? CalendarId { get; init; }

    /// <summary>Language of what waiting callers are told, e.g. <c>en</c>, <c>de</c>: a voice of espeak-ng.</summary>
    public string Language { get; init; } = "en";

    /// <summary>What waiting callers are told.</summary>
    public QueueAnnouncements Announcements { get; init; } = new();

    /// <summary>An agent who leaves so many offers of this queue unanswered in a row is made not ready, 0..20; 0: never.</summary>
    public int RonaAfter { get; init; }

    /// <summary>Agents' phones are asked to answer by themselves.</summary>
    public bool AutoAnswer { get; init; }

    /// <summary>Talks are recorded.</summary>
    public bool Record { get; init; }

    /// <summary>The key by which a waiting caller asks to be called back, one of 0 to 9, * and #; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CallbackKey { get; init; }

    /// <summary>The key by which a waiting caller leaves a message instead, one of 0 to 9, * and #; null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? VoicemailKey { get; init; }

    /// <summary>Recordings of the queue's talks and messages in its mailbox are deleted when they are so many days old, 0..36500; 0: never.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int KeepAudioDays { get; init; }
}

/// <summary>Which of the agents who can take a contact gets it (adr/0027). Before the method count: who has missed this very contact, tiers and preferred skills.</summary>
public enum DistributionMethod
{
    /// <summary>Who has been idle longest.</summary>
    LongestIdle,

    /// <summary>The next in the queue's order after whoever was offered a contact last, round and round.</summary>
    Hunting,

    /// <summary>All at once; the first to answer has it.</summary>
    RingAll,

    /// <summary>Who has taken fewest contacts since signing in.</summary>
    FewestCalls,

    /// <summary>Who has talked least since signing in.</summary>
    LeastTalk,

    /// <summary>Who is best at the skills that are needed.</summary>
    Skills,

    /// <summary>Anyone, by a hash of contact and agent: a replay gives the same.</summary>
    Random,

    /// <summary>The first in the queue's order who is idle.</summary>
    TopDown,
}

/// <summary>A skill that a queue's contacts need.</summary>
/// <param name="Name">As agents have it.</param>
/// <param name="Minimum">Least proficiency, 1..10.</param>
/// <param name="Strength">Whether nobody without it is asked, or only later.</param>
public sealed record SkillNeed(string Name, int Minimum, SkillStrength Strength = SkillStrength.Required)
{
    /// <summary>What is enough after some wait; the last that has come counts.</summary>
    public IReadOnlyList<SkillRelaxation> Relaxations { get; init; } = [];
}

public enum SkillStrength
{
    /// <summary>Who has less is not offered the contact.</summary>
    Required,

    /// <summary>Who has less is offered the contact only when nobody else can take it.</summary>
    Preferred,
}

/// <param name="AfterSeconds">Wait from which it holds, 1..86400.</param>
/// <param name="Minimum">Least proficiency from then on, 0..10; 0 drops the need.</param>
public sealed record SkillRelaxation(int AfterSeconds, int Minimum);

/// <summary>A line of agents.</summary>
/// <param name="Groups">Who belongs to one of these groups is in the tier.</param>
/// <param name="AfterSeconds">Wait from which the tier is asked too, 0..86400.</param>
public sealed record QueueTier(IReadOnlyList<string> Groups, int AfterSeconds);

/// <summary>What a waiting caller is told over the music.</summary>
/// <param name="FirstAfterSeconds">From entering the queue to the first announcement, 0..3600.</param>
/// <param name="EverySeconds">From one announcement to the next, 5..3600; 0: only the first.</param>
/// <param name="Position">Whether the place in the queue is said.</param>
/// <param name="EstimatedWait">Whether the estimated wait is said.</param>
public sealed record QueueAnnouncements(int FirstAfterSeconds = 0, int EverySeconds = 20, bool Position = true, bool EstimatedWait = false)
{
    /// <summary>Said one after the other, one at each announcement, after position and wait; in the queue's language, 300 characters at most.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];
}

/// <summary>A contact for which a rule holds leaves the queue.</summary>
/// <param name="Cause">What the rule looks at.</param>
/// <param name="Threshold">Of the cause, in its unit.</param>
/// <param name="To">Where the contact goes.</param>
public sealed record OverflowRule(OverflowCause Cause, int Threshold, Destination To);

/// <summary>Why a contact leaves a queue for elsewhere.</summary>
public enum OverflowCause
{
    /// <summary>It has waited for the threshold in seconds, 1 up.</summary>
    AfterSeconds,

    /// <summary>When it comes, so many contacts wait already; 0 up.</summary>
    QueueLength,

    /// <summary>When it comes, the estimated wait is the threshold in seconds or more; 1 up.</summary>
    EstimatedWait,

    /// <summary>It has waited for the threshold in seconds, 0 up, and no agent who serves the queue is signed in.</summary>
    NoAgents,

    /// <summary>When it comes, the queue's calendar is closed or has a holiday; the threshold is 0.</summary>
    Closed,
}
