using System.Text.Json;

namespace CallCenter.Driving;

/// <summary>A call as GraphQL shows it.</summary>
internal sealed record CallRecord(
    string Id, string State, string? Outcome, string? Cause, string From, string To, string? SipCallId, DateTimeOffset ReceivedAt, DateTimeOffset? EndedAt,
    double? WaitSeconds, double? TalkSeconds, double? HoldSeconds, AgentRecord? Agent, IReadOnlyList<EventRecord> Timeline)
{
    public const string Fields =
        $"id state outcome cause from to sipCallId receivedAt endedAt waitSeconds talkSeconds holdSeconds agent {{ {AgentRecord.Fields} }} timeline {{ {EventRecord.Fields} }}";

    /// <summary>What happened to it, in order. How its sound was is measured when a leg ends, at no fixed place among the rest.</summary>
    public IEnumerable<string> Story => Timeline.Select(e => e.Type).Where(type => type != "call_media_measured");

    /// <summary>Which side ended it; null while it lives.</summary>
    public string? EndedBy => Timeline.SingleOrDefault(e => e.Type == "call_ended")?.Data.GetProperty("EndedBy").GetString();

    /// <summary>When the first event of a type happened.</summary>
    public DateTimeOffset At(string type) => Timeline.First(e => e.Type == type).At;

    public override string ToString() => $"{From} {State} {Outcome} {Cause} [{string.Join(' ', Story)}]";
}

internal sealed record AgentRecord(string Id, string Extension, string Status)
{
    public const string Fields = "id extension status";
}

internal sealed record EventRecord(string Id, string Position, string Stream, int Version, string Type, DateTimeOffset At, JsonElement Data)
{
    public const string Fields = "id position stream version type at data";

    /// <summary>The event as text, to the letter.</summary>
    public override string ToString() => $"{Id} {Position} {Stream} {Version} {Type} {At:O} {Data}";
}

internal sealed record KpiRecord(
    int ContactsOffered, int ContactsHandled, int ContactsAbandoned, double? AverageSpeedOfAnswerSeconds, double? AverageTimeToAbandonSeconds, double? AverageTalkSeconds,
    double? AverageHoldSeconds, double? AverageAfterCallWorkSeconds, double? LongestWaitSeconds, int AgentNonResponse)
{
    public const string Fields = "contactsOffered contactsHandled contactsAbandoned averageSpeedOfAnswerSeconds averageTimeToAbandonSeconds averageTalkSeconds "
        + "averageHoldSeconds averageAfterCallWorkSeconds longestWaitSeconds agentNonResponse";
}
