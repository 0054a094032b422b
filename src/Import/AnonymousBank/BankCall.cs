using CallCenter.Domain.Calls;

namespace CallCenter.Import.AnonymousBank;

/// <summary>Tells a row as the events of a call.</summary>
internal static class BankCall
{
    /// <summary>Seconds by which the bank ranked a high-priority caller as already waiting.</summary>
    private const int HighPriorityHeadStart = 90;

    public static IReadOnlyList<CallEvent> Events(Guid callId, BankRow row, Cast cast)
    {
        var high = row.Priority == 2;
        var queuedAt = row.Entry.AddSeconds(row.IvrSeconds);
        var leftQueueAt = queuedAt.AddSeconds(row.QueueSeconds);
        var enqueue = new EnqueueCall(cast.Queue(row.Type ?? "none", row.Entry), queuedAt, high ? HighPriorityHeadStart : 0);
        IReadOnlyList<CallCommand> rest = row.Outcome switch
        {
            "AGENT" =>
            [
                enqueue,
                new AnswerCall(row.Server is { } server ? cast.Agent(server, row.Entry) : null, leftQueueAt),
                new EndCall(CallParty.Unknown, "hang-up", leftQueueAt.AddSeconds(row.ServiceSeconds)),
            ],
            "HANG" when row.Queued => [enqueue, new EndCall(CallParty.Caller, "hang-up", leftQueueAt)],
            "HANG" => [new EndCall(CallParty.Caller, "hang-up", queuedAt)],
            _ when row.Queued => [enqueue, new LoseTrackOfCall(leftQueueAt)],
            _ => [new LoseTrackOfCall(queuedAt)],
        };
        return CallHistory.Tell(
        [
            new ReceiveCall(callId, CallDirection.Inbound, "", row.Line, row.Entry, null, row.CustomerNumber, high ? "high" : "regular", row.Type),
            new EnterIvr(row.Entry),
            .. rest,
        ]);
    }
}
