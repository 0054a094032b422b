using CallCenter.Domain.Agents;

namespace CallCenter.Projections.Kpi.Proof;

/// <summary>How long an agent had a status.</summary>
/// <param name="Answered">It rang, and was answered.</param>
internal sealed record ToldTime(Guid Agent, AgentStatus Status, bool Answered, DateTimeOffset From, DateTimeOffset To)
{
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="events">Of one agent's stream, or of one imported shift, all, in order.</param>
    /// <param name="now">Until when the present status is counted; null for a shift, which has none.</param>
    public static IEnumerable<ToldTime> Read(IReadOnlyList<AgentEvent> events, DateTimeOffset? now)
    {
        if (events.Any(e => e is AgentShiftWithdrawn))
        {
            yield break;
        }

        var changes = events.Where(e => e is AgentSignedIn or AgentStatusChanged or AgentSignedOut).ToList();
        for (var i = 0; i < changes.Count; i++)
        {
            var (change, next) = (changes[i], i + 1 < changes.Count ? changes[i + 1] : null);
            if (change is AgentSignedOut || (next?.OccurredAt ?? now) is not { } end)
            {
                continue;
            }

            var changed = change as AgentStatusChanged;
            var answered = changed?.Status == AgentStatus.Offered && next is AgentStatusChanged { Status: AgentStatus.Busy } busy && busy.CallId == changed.CallId;
            if (changed?.Status != AgentStatus.SignedOut)
            {
                yield return new ToldTime(change.AgentId, changed?.Status ?? AgentStatus.Available, answered, Micro(change.OccurredAt), Micro(end));
            }
        }
    }

    /// <summary>What of it lies in a period, in quarters of an hour where <paramref name="cut"/>.</summary>
    public IEnumerable<ToldTime> Within(DateTimeOffset from, DateTimeOffset to, bool cut)
    {
        var (start, end) = (From < from ? from : From, To > to ? to : To);
        while (start < end)
        {
            var quarter = cut ? start.AddTicks(TimeSpan.TicksPerMinute * 15 - Mod((start - Epoch).Ticks, TimeSpan.TicksPerMinute * 15)) : end;
            var until = quarter < end ? quarter : end;
            yield return this with { From = start, To = until };
            start = until;
        }
    }

    /// <summary>To the nearest millisecond.</summary>
    public decimal Milliseconds => Math.Round((decimal)(To - From).Ticks / TimeSpan.TicksPerMillisecond, MidpointRounding.AwayFromZero);

    private static long Mod(long ticks, long of) => ((ticks % of) + of) % of;

    private static DateTimeOffset Micro(DateTimeOffset at) => at.AddTicks(-(at.UtcTicks % 10));
}
