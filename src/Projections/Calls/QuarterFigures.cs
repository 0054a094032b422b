using System.Globalization;

namespace CallCenter.Projections.Calls;

/// <summary>What of contacts adds up (KPI.md): counts, and sums of milliseconds. Talk, hold, wrap-up and handle are of handled visits.</summary>
internal enum QuarterSum
{
    Handled, Abandoned, Overflowed, Unknown, Lasting, Answered, AnswerMs, AbandonMs, Talked, TalkMs, HoldMs, WrapUpMs, HandleMs, Held, Transferred, NotAnswered, InIvr, LeftInIvr, SelfServed,
}

/// <summary>What contacts come to, or what they have changed by.</summary>
internal sealed class QuarterFigures
{
    private readonly long[] _sums = new long[Columns.Count];

    /// <summary>The sums' columns, in the order of <see cref="QuarterSum"/>.</summary>
    public static IReadOnlyList<(QuarterSum Sum, string Name)> Columns { get; } = [.. Enum.GetValues<QuarterSum>().Select(sum => (sum, Snake(sum.ToString())))];

    public long this[QuarterSum sum] => _sums[(int)sum];

    /// <summary>Of visits that were handled, abandoned or overflowed; null for none.</summary>
    public long? LongestMs { get; set; }

    public bool IsZero => LongestMs is null && !Array.Exists(_sums, sum => sum != 0);

    /// <param name="sign">1 to put in, -1 to take off.</param>
    public void Count(VisitView visit, int sign)
    {
        Add(visit.Outcome switch
        {
            VisitOutcome.Handled => QuarterSum.Handled,
            VisitOutcome.Abandoned => QuarterSum.Abandoned,
            VisitOutcome.Overflowed => QuarterSum.Overflowed,
            VisitOutcome.Unknown => QuarterSum.Unknown,
            _ => QuarterSum.Lasting,
        }, sign);
        Add(QuarterSum.NotAnswered, sign * visit.Offers.Count(offer => offer.Result is OfferResult.Refused or OfferResult.TimedOut or OfferResult.Unreachable));
        if (visit.Outcome == VisitOutcome.Abandoned)
        {
            Add(QuarterSum.AbandonMs, sign * (visit.WaitMs ?? 0));
        }
        else if (visit.Outcome == VisitOutcome.Handled)
        {
            CountHandled(visit, sign);
        }
    }

    public void Add(QuarterSum sum, long value) => _sums[(int)sum] += value;

    private void CountHandled(VisitView visit, int sign)
    {
        Add(QuarterSum.Answered, visit.WaitMs is null ? 0 : sign);
        Add(QuarterSum.AnswerMs, sign * (visit.WaitMs ?? 0));
        Add(QuarterSum.Talked, visit.TalkMs is null ? 0 : sign);
        Add(QuarterSum.TalkMs, sign * (visit.TalkMs ?? 0));
        Add(QuarterSum.HoldMs, sign * visit.HoldMs);
        Add(QuarterSum.WrapUpMs, sign * (visit.WrapUpMs ?? 0));
        Add(QuarterSum.HandleMs, visit.TalkMs is { } talk ? sign * (talk + visit.HoldMs + (visit.WrapUpMs ?? 0)) : 0);
        Add(QuarterSum.Held, visit.HoldMs > 0 ? sign : 0);
        Add(QuarterSum.Transferred, visit.Transferred ? sign : 0);
    }

    private static string Snake(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) && i > 0 ? string.Create(CultureInfo.InvariantCulture, $"_{char.ToLowerInvariant(c)}") : char.ToLowerInvariant(c).ToString()));
}
