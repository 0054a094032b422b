namespace CallCenter.Import.QueueLog;

/// <summary>One call with its visits to queues, taken from its lines in their order.</summary>
internal sealed class QueueLogCall(string id)
{
    public string Id => id;

    public List<QueueLogVisit> Visits { get; } = [];

    public string Caller { get; private set; } = "";

    public string Dialled { get; private set; } = "";

    public int FirstLine { get; private set; }

    public DateTimeOffset FirstAt { get; private set; }

    public DateTimeOffset LastAt { get; private set; }

    /// <summary>The visit that lasts; null between two and after the last.</summary>
    public QueueLogVisit? Open => Visits is [.., { End: VisitEnd.None } visit] ? visit : null;

    public void Take(QueueLogLine line, ImportNotes notes)
    {
        if (FirstLine == 0)
        {
            (FirstLine, FirstAt) = (line.Number, line.At);
        }

        if (TryTake(line, notes))
        {
            LastAt = line.At;
        }
    }

    private bool TryTake(QueueLogLine line, ImportNotes notes)
    {
        switch (line.Event)
        {
            case "DID":
                Dialled = line.Text(0);
                return true;
            case "ENTERQUEUE":
                Enter(line, notes);
                return true;
            case "CONNECT":
                return line.HasLengths(notes, (0, "holdtime"), (2, "ringtime")) && IsAgent(line, notes) && Continue(line, line.Length(0), notes) is { } answered && Answer(answered, line, line.At, line.Length(2), notes);
            case "COMPLETEAGENT" or "COMPLETECALLER":
                return Finish(line, 0, line.Event == "COMPLETEAGENT" ? VisitEnd.CompletedByAgent : VisitEnd.CompletedByCaller, "", notes);
            case "TRANSFER" or "BLINDTRANSFER":
                return Finish(line, 2, VisitEnd.Transferred, line.Text(1).Length > 0 ? $"{line.Text(0)}@{line.Text(1)}" : line.Text(0), notes);
            case "ATTENDEDTRANSFER":
                // LINK names two channels, the other methods one thing.
                return Finish(line, line.Text(0) == "LINK" ? 3 : 2, VisitEnd.Transferred, line.Text(1), notes);
            case "ABANDON":
                return Leave(line, 2, VisitEnd.Abandoned, "", notes);
            case "EXITWITHTIMEOUT":
                return Leave(line, 2, VisitEnd.Left, "after-seconds", notes);
            case "EXITEMPTY":
                return Leave(line, 2, VisitEnd.Left, "no-agents", notes);
            case "EXITWITHKEY":
                return Leave(line, 3, VisitEnd.Left, "key", notes);
            case "SYSCOMPAT":
                return Leave(line, -1, VisitEnd.Incompatible, "", notes);
            default:
                return Ring(line, notes);
        }
    }

    private void Enter(QueueLogLine line, ImportNotes notes)
    {
        if (Open is { } visit)
        {
            visit.Close(VisitEnd.Left, line.At, "unknown");
            notes.Judge(line.Number, "entered a queue without leaving the one before", $"call {Id} was still in {visit.Queue}: that visit counts as overflowed");
        }

        Caller = Caller.Length > 0 ? Caller : line.Text(1);
        Visits.Add(new QueueLogVisit(line.Queue, line.At));
    }

    // A phone that rang: RINGNOANSWER, RINGCANCELED, AGENTDUMP.
    private bool Ring(QueueLogLine line, ImportNotes notes)
    {
        var rang = line.Length(0, milliseconds: true) ?? TimeSpan.Zero;
        if (!line.HasLengths(notes, (0, "ringtime")) || Continue(line, null, notes, rang) is not { } visit)
        {
            return false;
        }

        if (visit.Agent is not null)
        {
            notes.Judge(line.Number, "rang after the call was answered", $"{line.Event} of call {Id} is left out");
            return false;
        }

        visit.Offers.Add(new QueueLogOffer(
            line.Agent, Later(visit.EnteredAt, line.At - rang), line.Event == "RINGCANCELED" ? null : line.At, IsRefused: line.Event == "AGENTDUMP" || rang == TimeSpan.Zero));
        return true;
    }

    /// <param name="place">Where the parameters say how long the caller waited, and after it how long they talked.</param>
    private bool Finish(QueueLogLine line, int place, VisitEnd end, string detail, ImportNotes notes)
    {
        if (!line.HasLengths(notes, (place, "holdtime"), (place + 1, "calltime")) || !IsAgent(line, notes) || Continue(line, line.Length(place) + line.Length(place + 1), notes) is not { } visit)
        {
            return false;
        }

        if (visit.Agent is null)
        {
            Answer(visit, line, line.At - (line.Length(place + 1) ?? TimeSpan.Zero), null, notes);
            notes.Judge(line.Number, "ended without having been answered", $"the answer of call {Id} is reckoned from its calltime");
        }

        visit.Close(end, line.At, detail, attended: line.Event == "ATTENDEDTRANSFER");
        return true;
    }

    /// <param name="place">Where the parameters say how long the caller waited.</param>
    private bool Leave(QueueLogLine line, int place, VisitEnd end, string detail, ImportNotes notes)
    {
        if (!line.HasLengths(notes, (place, "waittime")) || Continue(line, line.Length(place), notes) is not { } visit)
        {
            return false;
        }

        if (visit.Agent is not null && end != VisitEnd.Incompatible)
        {
            notes.Judge(line.Number, "left the queue after it was answered", $"call {Id} counts as completed by the caller");
            end = VisitEnd.CompletedByCaller;
        }

        visit.Close(end, line.At, detail);
        return true;
    }

    private bool Answer(QueueLogVisit visit, QueueLogLine line, DateTimeOffset at, TimeSpan? rang, ImportNotes notes)
    {
        if (visit.Agent is not null)
        {
            notes.Judge(line.Number, "answered twice", $"{line.Agent} as a second agent of call {Id} is left out");
            return false;
        }

        (visit.Agent, visit.AnsweredAt) = (line.Agent, Later(visit.EnteredAt, at));
        if (rang is { } ringing)
        {
            visit.Offers.Add(new QueueLogOffer(line.Agent, Later(visit.EnteredAt, at - ringing), null, IsRefused: false));
        }

        return true;
    }

    /// <summary>The visit that a line goes on with; one that began before the log is reckoned from how long it has lasted. Null, and judged, when the visit is over already.</summary>
    private QueueLogVisit? Continue(QueueLogLine line, TimeSpan? since, ImportNotes notes, TimeSpan atLeast = default)
    {
        if (Open is { } visit)
        {
            if (!visit.IsEntryKnown && since is { } longer)
            {
                (visit.EnteredAt, visit.IsEntryKnown) = (line.At - longer, true);
            }

            return visit;
        }

        if (Visits is [.., var last] && last.Queue == line.Queue)
        {
            notes.Judge(line.Number, "said after the visit's end", $"{line.Event} of call {Id} is left out");
            return null;
        }

        notes.Judge(line.Number, "began before the log", since is null ? $"when call {Id} entered {line.Queue} is not said" : $"when call {Id} entered {line.Queue} is reckoned from how long it waited and talked");
        visit = new QueueLogVisit(line.Queue, line.At - (since ?? atLeast)) { IsEntryKnown = since is not null };
        Visits.Add(visit);
        return visit;
    }

    private static bool IsAgent(QueueLogLine line, ImportNotes notes)
    {
        if (line.Agent is not ("" or QueueLogLine.None))
        {
            return true;
        }

        notes.Refuse(line.Number, "agent", line.Agent, $"{line.Event} must name the agent");
        return false;
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;
}
