using CallCenter.Domain.Queues;

namespace CallCenter.Domain.Floor;

/// <summary>Whether a contact leaves its queue for elsewhere. Of the queue's rules the first that holds counts.</summary>
public static class Overflow
{
    /// <summary>How often a contact may overflow; after that it stays where it is. Queues that send contacts round in a circle would else do so for ever.</summary>
    public const int Most = 8;

    /// <param name="contact">Who comes or waits.</param>
    /// <param name="floor">Without the contact itself when it comes.</param>
    /// <param name="isComing">
    /// Whether the contact is entering the queue now. Length, estimated wait and closing are looked at then only: whoever waits when the queue closes is still served.
    /// </param>
    /// <returns>The rule that holds; null when the contact stays.</returns>
    public static OverflowRule? Decide(WaitingContact contact, FloorPicture floor, bool isComing)
    {
        var queue = floor.Queues[contact.QueueId];
        return contact.Overflows >= Most ? null : queue.Settings.Overflow.FirstOrDefault(rule => Holds(rule, contact, queue, floor, isComing));
    }

    /// <summary>The waits, in seconds, at which a rule may begin to hold though nothing else has changed.</summary>
    public static IEnumerable<int> WaitsThatMatter(QueueSettings queue) =>
        queue.Overflow.Where(rule => rule.Cause is OverflowCause.AfterSeconds or OverflowCause.NoAgents && rule.Threshold > 0).Select(rule => rule.Threshold).Distinct();

    private static bool Holds(OverflowRule rule, WaitingContact contact, QueueOnFloor queue, FloorPicture floor, bool isComing) => rule.Cause switch
    {
        OverflowCause.AfterSeconds => contact.WaitedSeconds(floor.At) >= rule.Threshold,
        OverflowCause.NoAgents => contact.WaitedSeconds(floor.At) >= rule.Threshold && !floor.Agents.Any(agent => agent.Queues.Contains(queue.Id)),
        OverflowCause.QueueLength => isComing && floor.Waiting.Count(other => other.QueueId == queue.Id && other.ContactId != contact.ContactId) >= rule.Threshold,
        OverflowCause.EstimatedWait => isComing && EstimatedWait.For(contact, floor) >= rule.Threshold,
        OverflowCause.Closed => isComing && !queue.IsOpen(floor.At),
        _ => false,
    };
}
