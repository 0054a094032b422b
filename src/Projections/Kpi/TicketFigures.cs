namespace CallCenter.Projections.Kpi;

/// <summary>What happened to tickets, each by the event that counts it (KPI.md). An event counts where the ticket stood at that moment: its owner, topic, segment and priority of then.</summary>
/// <param name="Opened">Tickets that were opened.</param>
/// <param name="Resolved">Resolutions: a ticket that was reopened and resolved again has two.</param>
/// <param name="Reopened">Reopenings.</param>
/// <param name="Breached">Promises that were broken.</param>
/// <param name="ResolvedInTime">Of the resolutions, those in time ...</param>
/// <param name="Promised">... and those of which a time was promised.</param>
/// <param name="ResolvedInFirstLine">Of the resolutions, those of tickets that never left the first line.</param>
/// <param name="AverageResolutionSeconds">Open seconds from opening to last resolution, mean over tickets resolved last in the period; null without any.</param>
public sealed record TicketFigures(int Opened, int Resolved, int Reopened, int Breached, int ResolvedInTime, int Promised, int ResolvedInFirstLine, double? AverageResolutionSeconds)
{
    public double? SlaAttainment => Rate(ResolvedInTime, Promised);

    public double? FirstLineResolutionRate => Rate(ResolvedInFirstLine, Resolved);

    private static double? Rate(int part, int whole) => whole == 0 ? null : (double)part / whole;
}
