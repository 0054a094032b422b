using CallCenter.Domain;
using CallCenter.Domain.Reports;
using CallCenter.EventStore;

namespace CallCenter.Api.Reports;

/// <summary>Carries out what is commanded of scheduled reports.</summary>
internal sealed class ReportDesk(PostgresEventStore store, TimeProvider clock)
{
    private static readonly Aggregate<Report> Aggregate = new(Report.StreamType, Report.Initial, (report, e) => Report.Evolve(report, (ReportEvent)e));

    public async Task<Report> FindAsync(Guid id, CancellationToken ct) => (await store.AggregateStreamAsync(Aggregate, id, ct: ct)).State;

    /// <param name="id">The report, which need not exist.</param>
    /// <param name="command">Made with the present instant.</param>
    /// <param name="by">User name, or what part of the system.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The report after it, and why not.</returns>
    public async Task<(Report Report, Refusal? Refusal)> HandleAsync(Guid id, Func<DateTimeOffset, ReportCommand> command, string by, CancellationToken ct)
    {
        Refusal? refusal = null;
        var result = await new CommandHandler(store).HandleAsync(Aggregate, id, report =>
        {
            var decision = ReportDecider.Decide(command(clock.GetUtcNow()), report);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, by), ct: ct);
        return (result.State, refusal);
    }
}
