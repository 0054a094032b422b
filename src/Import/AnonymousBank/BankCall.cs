using CallCenter.Domain.Calls;

namespace CallCenter.Import.AnonymousBank;

/// <summary>Tells a row as the events of a call, by the same decider that live calls obey.</summary>
internal static class BankCall
{
    /// <summary>Seconds by which the bank ranked a high-priority caller as already waiting.</summary>
    private const int HighPriorityHeadStart = 90;

    public static IReadOnlyList<CallEvent> Events(Guid callId, BankRow row, Func<string, Guid> queueId, Func<string, Guid> agentId)
    {
        var high = row.Priority == 2;
        var queuedAt = row.Entry.AddSeconds(row.IvrSeconds);
        var leftQueueAt = queuedAt.AddSeconds(row.QueueSeconds);
        var enqueue = new EnqueueCall(queueId(row.Type ?? "none"), queuedAt, high ? HighPriorityHeadStart : 0);
        IReadOnlyList<CallCommand> rest = row.Outcome switch
        {
            "AGENT" =>
            [
                enqueue,
                new AnswerCall(row.Server is { } server ? agentId(server) : null, leftQueueAt),
                new EndCall(CallParty.Unknown, "hang-up", leftQueueAt.AddSeconds(row.ServiceSeconds)),
            ],
            "HANG" when row.Queued => [enqueue, new EndCall(CallParty.Caller, "hang-up", leftQueueAt)],
            "HANG" => [new EndCall(CallParty.Caller, "hang-up", queuedAt)],
            _ when row.Queued => [enqueue, new LoseTrackOfCall(leftQueueAt)],
            _ => [new LoseTrackOfCall(queuedAt)],
        };
        return Decide(
        [
            new ReceiveCall(callId, CallDirection.Inbound, "", row.Line, row.Entry, null, row.CustomerNumber, high ? "high" : "regular", row.Type),
            new EnterIvr(row.Entry),
            .. rest,
        ]);
    }

    private static List<CallEvent> Decide(IEnumerable<CallCommand> commands)
    {
        var (call, events) = (Call.Initial, new List<CallEvent>());
        foreach (var command in commands)
        {
            var decision = CallDecider.Decide(command, call);
            if (decision.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"{command.GetType().Name} of an imported call was refused: {refusal.Message}");
            }

            events.AddRange(decision.Events);
            call = decision.Events.Aggregate(call, Call.Evolve);
        }

        return events;
    }
}
