using CallCenter.Domain;
using CallCenter.EventStore;

namespace CallCenter.Import;

/// <summary>Ids that follow from what the records say, so that who meets the same row twice finds it there.</summary>
internal static class HistoryId
{
    private static readonly Guid Space = new("5f0f5c3e-6d8c-4d0e-9a57-0e1f3b6c2a41");

    /// <param name="generation">1, and one more each time that what the key names was withdrawn and came again.</param>
    public static Guid Of(string key, int generation = 1) => NameBasedGuid.Of(Space, generation == 1 ? key : $"{generation}|{key}");

    /// <summary>A new stream of these events, whose ids follow from its own.</summary>
    public static StreamAppend Append(Guid id, string streamType, IReadOnlyList<DomainEvent> events) =>
        new(id, streamType, ExpectedVersion.NoStream, [.. events.Select((e, i) => new EventData(NameBasedGuid.Of(id, $"event|{i + 1}"), e))]);

    /// <summary>Of the event that withdraws a stream.</summary>
    public static Guid OfWithdrawal(Guid streamId) => NameBasedGuid.Of(streamId, "withdrawn");
}
