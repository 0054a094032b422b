using CallCenter.Domain.Calls;

namespace CallCenter.Import.Csv;

/// <summary>One row as a call with one visit to a queue at most. Durations go before instants.</summary>
internal sealed record CsvCall(
    string From, string To, string? Customer, string? Segment, string? Topic, string? Queue, string? Agent,
    DateTimeOffset Received, bool WasInIvr, DateTimeOffset QueuedAt, DateTimeOffset LeftAt, TimeSpan Hold, DateTimeOffset EndedAt,
    CsvOutcome Outcome, TimeSpan? WrapUp, string? Disposition, bool? Resolved)
{
    /// <summary>Null when the row is wrong; why is among the notes.</summary>
    public static CsvCall? Read(CsvRow row)
    {
        var (received, queued, answered, ended) = (row.Instant("received"), row.Instant("queued"), row.Instant("answered"), row.Instant("ended"));
        var (ivr, wait, talk, hold, wrapUp) = (row.Duration("ivr"), row.Duration("wait"), row.Duration("talk"), row.Duration("hold"), row.Duration("wrapUp"));
        var (queue, agent, said, resolved) = (row.Text("queue"), row.Text("agent"), row.Outcome("outcome"), row.Flag("resolved"));
        if (received is null && !row.IsWrong)
        {
            row.Refuse("received", "nothing stands here; the call has no place in time");
        }

        if (row.IsWrong)
        {
            return null;
        }

        var outcome = said ?? (answered is not null || agent is not null ? CsvOutcome.Handled : CsvOutcome.HangUp);
        var inQueue = queue is not null && outcome != CsvOutcome.LeftInIvr && (outcome is CsvOutcome.Handled or CsvOutcome.Abandoned || queued is not null || !row.IsMapped("queued"));
        var queuedAt = ivr is { } before ? received!.Value + before : queued ?? received!.Value;
        var leftAt = wait is { } waited ? queuedAt + waited : answered ?? (outcome == CsvOutcome.Handled ? null : ended) ?? (inQueue ? (DateTimeOffset?)null : queuedAt);
        var endedAt = outcome != CsvOutcome.Handled ? leftAt : talk is { } talked ? leftAt + talked + (hold ?? TimeSpan.Zero) : ended;
        RefuseIf(outcome is CsvOutcome.Handled or CsvOutcome.Abandoned && queue is null, "queue", $"nothing stands here, but a call that was {outcome.ToString().ToLowerInvariant()} was in a queue");
        RefuseIf(leftAt is null, row.IsMapped("wait") ? "wait" : "answered", "nothing stands here, so nobody knows how long the call waited");
        RefuseIf(leftAt is not null && endedAt is null, row.IsMapped("talk") ? "talk" : "ended", "nothing stands here, so nobody knows when the call ended");
        RefuseIf(queuedAt < received, "queued", "lies before the call came in");
        RefuseIf(leftAt < queuedAt, "answered", "lies before the call was in the queue");
        RefuseIf(endedAt < leftAt + (hold ?? TimeSpan.Zero), "ended", "lies before the answer, or the hold is longer than the talk");
        return row.IsWrong ? null : new CsvCall(
            row.Text("from") ?? "", row.Text("to") ?? "", row.Text("customer"), row.Text("segment"), row.Text("topic"), inQueue ? queue : null, agent,
            received!.Value, ivr is not null || !inQueue, queuedAt, leftAt!.Value, hold ?? TimeSpan.Zero, endedAt!.Value, outcome, wrapUp, row.Text("disposition"), resolved);

        void RefuseIf(bool wrong, string field, string message)
        {
            if (wrong && !row.IsWrong)
            {
                row.Refuse(field, message);
            }
        }
    }

    public IReadOnlyList<CallEvent> Tell(Guid id, Cast cast) => CallHistory.Tell(
    [
        new ReceiveCall(id, CallDirection.Inbound, From, To, Received, null, Customer, Segment, Topic),
        .. WasInIvr ? [new EnterIvr(Received)] : Array.Empty<CallCommand>(),
        .. Queue is { } queue ? [new EnqueueCall(cast.Queue(queue, Received), QueuedAt)] : Array.Empty<CallCommand>(),
        .. Outcome switch
        {
            CsvOutcome.Handled => Answered(cast),
            CsvOutcome.Unknown => [new LoseTrackOfCall(EndedAt)],
            _ => [new EndCall(CallParty.Caller, "hang-up", EndedAt)],
        },
    ]);

    // When the hold was, the row does not say: it is told at the end, where it changes no figure.
    private IEnumerable<CallCommand> Answered(Cast cast)
    {
        var wrapsUp = Agent is not null && (WrapUp is not null || Disposition is not null || Resolved is not null);
        yield return new AnswerCall(Agent is { } agent ? cast.Agent(agent, Received) : null, LeftAt);
        if (Hold > TimeSpan.Zero)
        {
            yield return new HoldCall(EndedAt - Hold);
        }

        yield return new EndCall(CallParty.Unknown, "hang-up", EndedAt, wrapsUp);
        if (wrapsUp)
        {
            yield return new CompleteWrapUp(EndedAt + (WrapUp ?? TimeSpan.Zero), Disposition, Resolved);
        }
    }
}
