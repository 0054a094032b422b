namespace CallCenter.Projections.Kpi;

/// <summary>Rows to which no contact belongs, but something else that counts.</summary>
public sealed partial class KpiQueries
{
    /// <summary>
    /// A report with a row also for each combination of its dimensions that has only tickets, or only answers in surveys: a topic that nobody called about, an owner who took no call, who answered in the IVR
    /// and was in no queue. Without these, counts of rows would not add up to the total.
    /// </summary>
    /// <exception cref="BadKpiQueryException">The report cannot be made as asked.</exception>
    public async Task<KpiReport> WholeReportAsync(KpiQuery query, CancellationToken cancellationToken)
    {
        var report = await ReportAsync(query, cancellationToken);
        if (query.Dimensions.Count == 0)
        {
            return report;
        }

        var tickets = await TicketsAsync(query, null, cancellationToken);
        var answers = await SatisfactionAsync(query, cancellationToken);
        var missing = tickets.Keys.Union(answers.Keys).Except(report.Rows.Select(row => row.Cell)).ToList();
        return missing.Count == 0 ? report : report with
        {
            Rows = [.. report.Rows.Concat(missing.Select(cell => Nothing(query, cell))).OrderBy(row => row.Cell, new KpiCellOrder(query.Dimensions))],
        };
    }

    private static KpiRow Nothing(KpiQuery query, KpiCell cell) => new(
        query, cell, ContactsOffered: 0, ContactsHandled: 0, ContactsAbandoned: 0, ContactsShortAbandoned: 0, ContactsOverflowed: 0, ContactsUnknown: 0,
        AverageSpeedOfAnswerSeconds: null, AverageTimeToAbandonSeconds: null, LongestWaitSeconds: null, AverageTalkSeconds: null, AverageHoldSeconds: null, AverageAfterCallWorkSeconds: null,
        AverageHandleSeconds: null, ContactsHeld: 0, ContactsTransferred: 0, AgentNonResponse: 0, ContactsEnteredIvr: 0, ContactsLeftInIvr: 0, ContactsSelfServed: 0);
}
