using System.Runtime.CompilerServices;

using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;

using NodaTime;

namespace CallCenter.Import.QueueLog;

/// <summary>
/// Asterisk's queue_log, of any version. A call's key is its unique id, a shift's is agent and log-in. A log may begin and end in the middle of calls and shifts: what had begun is reckoned from the
/// lengths that later lines give, what still goes on is left out and named. The whole log is held in memory, because lines may be out of order.
/// </summary>
/// <param name="timeZone">IANA zone of times that name none, as databases write them; null when there are none.</param>
public sealed class QueueLogFormat(string? timeZone = null) : IHistoryFormat
{
    /// <summary>A visit of which the log has not spoken for so long is lost: no call lasts so long.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromHours(24);

    private static readonly HashSet<string> OfCalls = new(StringComparer.Ordinal)
    {
        "DID", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT", "COMPLETECALLER", "TRANSFER", "BLINDTRANSFER", "ATTENDEDTRANSFER", "ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY",
        "SYSCOMPAT", "RINGNOANSWER", "RINGCANCELED", "AGENTDUMP",
    };

    private static readonly HashSet<string> OfAgents = new(StringComparer.Ordinal)
    {
        "ADDMEMBER", "REMOVEMEMBER", "AGENTLOGIN", "AGENTLOGOFF", "AGENTCALLBACKLOGIN", "AGENTCALLBACKLOGOFF", "PAUSE", "PAUSEALL", "UNPAUSE", "UNPAUSEALL",
    };

    /// <summary>Those that say nothing of a call's or an agent's time.</summary>
    private static readonly HashSet<string> Silent = new(StringComparer.Ordinal) { "CONFIGRELOAD", "PENALTY", "INFO", "CALLSTATUS" };

    private readonly DateTimeZone? _zone = timeZone is null ? null
        : DateTimeZoneProviders.Tzdb.GetZoneOrNull(timeZone) ?? throw new ImportException($"\"{timeZone}\" is not an IANA time zone.");

    public string Name => "queue_log";

    public async IAsyncEnumerable<History> ReadAsync(string path, ImportNotes notes, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (text, lines) = (new TextLines(path), new List<QueueLogLine>());
        await foreach (var (number, line) in text.ReadAsync(cancellationToken))
        {
            if (line.Length > 0)
            {
                notes.Rows++;
                if (QueueLogLine.Read(number, line, _zone, notes) is { } read)
                {
                    lines.Add(read);
                }
            }
        }

        notes.StoppedAt = text.StoppedAt;
        var (calls, shifts) = Follow(InOrder(lines, notes), notes);
        foreach (var call in calls)
        {
            yield return new History(KeyOf(call), Call.StreamType, (id, cast) => QueueLogTelling.Events(id, call, cast));
        }

        var work = calls.SelectMany(Work).ToLookup(one => one.Agent, StringComparer.Ordinal);
        foreach (var shift in shifts)
        {
            yield return new History(shift.Key, Agent.ShiftStreamType, (_, cast) => shift.Tell(work[shift.Agent], cast));
        }
    }

    // Lines of one instant stay in the log's order.
    private static List<QueueLogLine> InOrder(List<QueueLogLine> lines, ImportNotes notes)
    {
        var late = lines.Zip(lines.Skip(1)).Where(pair => pair.Second.At < pair.First.At).Select(pair => pair.Second).ToList();
        foreach (var line in late)
        {
            notes.Judge(line.Number, "out of order", $"said after a later line: taken at its own time, {line.At:yyyy-MM-dd HH:mm:ss}Z");
        }

        return late.Count == 0 ? lines : [.. lines.OrderBy(line => line.At)];
    }

    private static (List<QueueLogCall> Calls, List<QueueLogShift> Shifts) Follow(List<QueueLogLine> lines, ImportNotes notes)
    {
        var (calls, shifts) = (new Dictionary<string, QueueLogCall>(StringComparer.Ordinal), new QueueLogShifts(notes));
        var going = new HashSet<QueueLogCall>();
        foreach (var line in lines)
        {
            if (OfCalls.Contains(line.Event))
            {
                if (!calls.TryGetValue(line.CallId, out var call))
                {
                    calls.Add(line.CallId, call = new QueueLogCall(line.CallId));
                }

                call.Take(line, notes);
                _ = call.Open is null ? going.Remove(call) : going.Add(call);
            }
            else if (line.Event == "QUEUESTART")
            {
                foreach (var cut in going)
                {
                    cut.Open!.Close(VisitEnd.Restart, cut.LastAt);
                }

                going.Clear();
            }
            else if (!OfAgents.Contains(line.Event) && !Silent.Contains(line.Event))
            {
                notes.Judge(line.Number, $"unknown event {line.Event}", "is none of Asterisk's: left out");
            }

            shifts.Take(line);
        }

        var end = lines.Count == 0 ? (Number: 0, At: default) : (lines[^1].Number, lines[^1].At);
        shifts.End(end.Number);
        foreach (var call in going)
        {
            if (end.At - call.LastAt > LongestSilence)
            {
                call.Open!.Close(VisitEnd.Lost, call.LastAt);
                notes.Judge(call.FirstLine, "no end in the log", $"call {call.Id} was not spoken of for a day: its end counts as unknown");
            }
            else
            {
                notes.Judge(call.FirstLine, "still going on where the log ends", $"call {call.Id} is left out: import the log again when it has gone on");
            }
        }

        return ([.. calls.Values.Where(call => call.Visits.Count > 0 && call.Open is null)], shifts.Closed);
    }

    private static string KeyOf(QueueLogCall call) => $"queue_log|call|{call.Id}";

    private static IEnumerable<QueueLogWork> Work(QueueLogCall call)
    {
        foreach (var visit in call.Visits)
        {
            foreach (var offer in visit.Offers)
            {
                var isAnswered = offer.To is null && offer.Agent == visit.Agent && visit.EndedAt > visit.AnsweredAt;
                yield return new QueueLogWork(offer.Agent, KeyOf(call), offer.From, offer.To ?? (visit.Agent is null ? visit.EndedAt : visit.AnsweredAt), IsTalk: false, isAnswered);
            }

            if (visit.Agent is { } agent)
            {
                yield return new QueueLogWork(agent, KeyOf(call), visit.AnsweredAt, visit.EndedAt, IsTalk: true, IsAnswered: false);
            }
        }
    }
}
