using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>
/// Who goes first: the contact with the highest rank, over all queues; of equal ones the one queued first, then the lower id.
/// Rank, in seconds = seconds waited + head start + 60 x (points of the queue + of the segment + of the contact) + urgency.
/// Urgency is 0 until half the queue's service level has passed, then grows evenly to <see cref="QueueSettings.UrgencySeconds"/> at the service level, and stays (adr/0027).
/// </summary>
public static class Rank
{
    /// <summary>A point counts as so many seconds waited.</summary>
    public const int PointSeconds = 60;

    public static double Of(WaitingContact contact, QueueSettings queue, DateTimeOffset at)
    {
        var waited = contact.WaitedSeconds(at);
        var ofSegment = contact.Segment is { } segment ? queue.SegmentPriorities.GetValueOrDefault(segment) : 0;
        var urgency = queue.UrgencySeconds * Math.Clamp((2 * waited / queue.ServiceLevelSeconds) - 1, 0, 1);
        return waited + contact.HeadStartSeconds + (PointSeconds * (queue.Priority + ofSegment + contact.Priority)) + urgency;
    }

    /// <summary>How many of the same queue go before a contact.</summary>
    public static int Ahead(WaitingContact contact, IEnumerable<WaitingContact> others, QueueSettings queue, DateTimeOffset at)
    {
        var order = Order(contact, queue, at);
        return others.Count(other => other.QueueId == contact.QueueId && other.ContactId != contact.ContactId && Order(other, queue, at).CompareTo(order) < 0);
    }

    /// <summary>Sorts those who go first to the front.</summary>
    internal static (double, DateTimeOffset, Guid) Order(WaitingContact contact, QueueSettings queue, DateTimeOffset at) => (-Of(contact, queue, at), contact.QueuedAt, contact.ContactId);
}
