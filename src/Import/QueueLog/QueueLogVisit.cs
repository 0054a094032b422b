namespace CallCenter.Import.QueueLog;

/// <summary>How a visit to a queue ended, as the log has it.</summary>
internal enum VisitEnd
{
    /// <summary>It has not, so far.</summary>
    None,
    CompletedByAgent,
    CompletedByCaller,
    Abandoned,

    /// <summary>Left the queue for what the dialplan had next.</summary>
    Left,

    /// <summary>The agent sent the caller elsewhere.</summary>
    Transferred,

    /// <summary>The two channels could not be joined.</summary>
    Incompatible,

    /// <summary>Asterisk was started again.</summary>
    Restart,

    /// <summary>The log says no more of it.</summary>
    Lost,
}

/// <summary>One ringing of a member's phone.</summary>
/// <param name="To">When it was over; null where the call's next event says so: answered, or the caller gone.</param>
internal sealed record QueueLogOffer(string Agent, DateTimeOffset From, DateTimeOffset? To, bool IsRefused);

/// <summary>One call's visit to one queue.</summary>
internal sealed class QueueLogVisit(string queue, DateTimeOffset enteredAt)
{
    public string Queue => queue;

    public DateTimeOffset EnteredAt { get; set; } = enteredAt;

    /// <summary>False while the log has only told of a time after it.</summary>
    public bool IsEntryKnown { get; set; } = true;

    public List<QueueLogOffer> Offers { get; } = [];

    /// <summary>Who answered; null while nobody has.</summary>
    public string? Agent { get; set; }

    public DateTimeOffset AnsweredAt { get; set; }

    public VisitEnd End { get; private set; }

    public DateTimeOffset EndedAt { get; private set; }

    /// <summary>Why it left the queue, or where the agent sent it.</summary>
    public string Detail { get; private set; } = "";

    /// <summary>The agent spoke first with whom the caller was sent to.</summary>
    public bool IsAttended { get; private set; }

    public void Close(VisitEnd end, DateTimeOffset at, string detail = "", bool attended = false) => (End, EndedAt, Detail, IsAttended) = (end, at, detail, attended);
}
