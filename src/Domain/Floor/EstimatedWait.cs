namespace CallCenter.Domain.Floor;

/// <summary>
/// How long a contact will wait, by what the queue has done lately: 0.7 x (contacts ahead + 1) x mean interval of the last 50 answers + 0.3 x mean wait of the last 5 answered.
/// Of the methods measured on a bank's fortnight this one errs least without leaning to one side (adr/0028, <c>./bench/run wait</c>).
/// </summary>
public static class EstimatedWait
{
    private const double ShareOfIntervals = 0.7;

    /// <summary>Of a contact that comes or waits, from now, in seconds; 0 when an agent of the queue is idle and nobody is ahead. Null while there is nothing to go by.</summary>
    public static double? For(WaitingContact contact, FloorPicture floor)
    {
        var queue = floor.Queues[contact.QueueId];
        var ahead = Rank.Ahead(contact, floor.Waiting, queue.Settings, floor.At);
        return ahead == 0 && floor.Agents.Any(agent => agent.IsIdle(floor.At) && agent.Queues.Contains(queue.Id)) ? 0 : Of(queue.Pace, ahead);
    }

    /// <summary>By the pace alone.</summary>
    /// <param name="pace">Of the queue.</param>
    /// <param name="ahead">Contacts that go first, 0 up.</param>
    public static double? Of(QueuePace pace, int ahead) => (pace.MeanIntervalSeconds, pace.MeanWaitSeconds) switch
    {
        ({ } interval, { } wait) => (ShareOfIntervals * (ahead + 1) * interval) + ((1 - ShareOfIntervals) * wait),
        (null, { } wait) => wait,
        _ => null,
    };
}
