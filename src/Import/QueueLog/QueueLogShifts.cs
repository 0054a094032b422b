namespace CallCenter.Import.QueueLog;

/// <summary>
/// Follows who is logged in. An agent is, while a member of a queue or logged in by name; paused, while paused in every queue that it is a member of.
/// Of members of whom the log never says that they came or went (those of queues.conf), nobody knows when they worked: they have no shifts.
/// </summary>
internal sealed class QueueLogShifts(ImportNotes notes)
{
    /// <summary>Stands for a log-in by name, which is for all queues.</summary>
    private const string ByName = "";

    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private DateTimeOffset? _begin;
    private DateTimeOffset _last;

    public List<QueueLogShift> Closed { get; } = [];

    public void Take(QueueLogLine line)
    {
        _begin ??= line.At;
        switch (line.Event)
        {
            case "QUEUESTART":
                Restart(line);
                break;
            case "ADDMEMBER":
                Join(line, line.Queue);
                if (line.Text(0) == "PAUSED")
                {
                    Pause(line, line.Queue, null);
                }

                break;
            case "AGENTLOGIN" or "AGENTCALLBACKLOGIN":
                Join(line, ByName);
                break;
            case "REMOVEMEMBER":
                Leave(line, line.Queue, Since(line, null));
                break;
            case "AGENTLOGOFF" or "AGENTCALLBACKLOGOFF" when line.HasLengths(notes, (1, "logintime")):
                Leave(line, null, Since(line, line.At - line.Length(1)));
                break;
            case "PAUSE":
                Pause(line, line.Queue, Text(line));
                break;
            case "PAUSEALL":
                Pause(line, null, Text(line));
                break;
            case "UNPAUSE":
                Unpause(line, line.Queue);
                break;
            case "UNPAUSEALL":
                Unpause(line, null);
                break;
            default:
                break;
        }

        _last = line.At;
    }

    /// <summary>The log is at its end. Who is still logged in is left out: the next log, or this one when it has gone on, tells of the whole shift.</summary>
    public void End(int lastLine)
    {
        foreach (var (agent, member) in _members.Where(pair => pair.Value.Shift is not null))
        {
            notes.Judge(lastLine, "still logged in where the log ends", $"the shift of {agent} since {member.Shift!.From:yyyy-MM-dd HH:mm:ss}Z is left out: import the log again when it has gone on");
        }
    }

    private static string? Text(QueueLogLine line) => line.Text(0) is { Length: > 0 } text ? text : null;

    private void Join(QueueLogLine line, string queue)
    {
        var member = Of(line.Agent);
        member.Queues.Add(queue);
        member.Shift ??= new QueueLogShift(line.Agent, line.At);
        Settle(member, line.At, null);
    }

    /// <param name="queue">Null for all.</param>
    private void Leave(QueueLogLine line, string? queue, DateTimeOffset? since)
    {
        var member = Present(line, queue, since);
        if (queue is null)
        {
            member.Queues.Clear();
        }
        else
        {
            member.Queues.Remove(queue);
            member.Paused.Remove(queue);
        }

        if (member.Queues.Count == 0)
        {
            Close(member, line.At, line.Text(2) is { Length: > 0 } reason ? reason.ToLowerInvariant() : QueueLogShift.LogOut);
        }
        else
        {
            Settle(member, line.At, null);
        }
    }

    private void Pause(QueueLogLine line, string? queue, string? reason)
    {
        var member = Present(line, queue, Since(line, null));
        if (member.Shift is null)
        {
            return;
        }

        member.Paused.UnionWith(queue is null || member.Queues.SetEquals([ByName]) ? [.. member.Queues, queue ?? ByName] : [queue]);
        Settle(member, line.At, reason);
    }

    private void Unpause(QueueLogLine line, string? queue)
    {
        var member = Present(line, queue, Since(line, null));
        if (queue is null)
        {
            member.Paused.Clear();
        }
        else
        {
            member.Paused.ExceptWith([queue, ByName]);
        }

        Settle(member, line.At, null);
    }

    private static void Settle(Member member, DateTimeOffset at, string? reason)
    {
        var isPaused = member.Queues.Count > 0 && member.Queues.IsSubsetOf(member.Paused);
        if (member.Shift is { } shift && isPaused != (shift.Pauses is [.., { IsPaused: true }]))
        {
            shift.Pauses.Add((at, isPaused, reason));
        }
    }

    private void Restart(QueueLogLine line)
    {
        foreach (var member in _members.Values)
        {
            Close(member, _last, "system-restart");
        }

        _members.Clear();
        _begin = line.At;
    }

    private void Close(Member member, DateTimeOffset at, string reason)
    {
        if (member.Shift is { } shift)
        {
            Closed.Add(shift.Close(at, reason));
        }

        member.Queues.Clear();
        member.Paused.Clear();
        member.Shift = null;
    }

    /// <summary>Since when an agent was there of whom the log has not said so: as the line says, or since the log's beginning or the latest start.</summary>
    private DateTimeOffset? Since(QueueLogLine line, DateTimeOffset? said) => _members.ContainsKey(line.Agent) ? null : said ?? _begin;

    private Member Present(QueueLogLine line, string? queue, DateTimeOffset? since)
    {
        var member = Of(line.Agent);
        if (since is { } begun)
        {
            notes.Judge(line.Number, "logged in before the log", $"the shift of {line.Agent} counts from {begun:yyyy-MM-dd HH:mm:ss}Z");
            member.Shift = new QueueLogShift(line.Agent, begun);
            member.Queues.Add(queue is null or QueueLogLine.None ? ByName : queue);
        }

        return member;
    }

    private Member Of(string agent)
    {
        if (!_members.TryGetValue(agent, out var member))
        {
            _members.Add(agent, member = new Member());
        }

        return member;
    }

    private sealed class Member
    {
        public HashSet<string> Queues { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Paused { get; } = new(StringComparer.Ordinal);

        public QueueLogShift? Shift { get; set; }
    }
}
