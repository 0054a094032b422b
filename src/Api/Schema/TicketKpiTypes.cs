using CallCenter.Domain.Tickets;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Kpi;

namespace CallCenter.Api.Schema;

/// <summary>Figures of tickets, in the rows of reports. A row's agent is the ticket's owner at the event that counts.</summary>
internal static class TicketKpiTypes
{
    public static void AddTo(SchemaBuilder schema) => schema.AddObjectTypeExtension<KpiRow>("KpiRow", type =>
    {
        Count(type, "ticketsOpened", "Tickets that were opened. Nothing where the row is about a queue; that holds for all figures of tickets.", f => f.Opened);
        Count(type, "ticketsResolved", "Resolutions of tickets; one that was reopened may have several.", f => f.Resolved);
        Count(type, "ticketsReopened", "Reopenings of tickets.", f => f.Reopened);
        Count(type, "ticketsBreached", "Promises of tickets that were broken.", f => f.Breached);
        Figure(type, "ticketSlaAttainment", "Resolutions in time / resolutions of tickets to which a time was promised.", f => f.SlaAttainment);
        Figure(type, "averageTicketResolutionSeconds", "From opening to last resolution, in open hours of the promise's calendar.", f => f.AverageResolutionSeconds);
        Figure(type, "firstLineResolutionRate", "Resolutions of tickets that never left the first line / resolutions.", f => f.FirstLineResolutionRate);
    });

    private static void Count(ComplexTypeDescriptor<KpiRow> type, string name, string description, Func<TicketFigures, int> figure) =>
        type.Field($"{name}(priority: TicketPriority): Int!").Description(description).Resolve(async (row, context) => await FiguresAsync(row, context) is { } figures ? figure(figures) : 0);

    private static void Figure(ComplexTypeDescriptor<KpiRow> type, string name, string description, Func<TicketFigures, double?> figure) =>
        type.Field($"{name}(priority: TicketPriority): Float").Description(description).Resolve(async (row, context) => await FiguresAsync(row, context) is { } figures ? figure(figures) : null);

    private static Task<TicketFigures?> FiguresAsync(KpiRow row, IResolverContext context)
    {
        var (kpis, priority) = (context.Service<KpiQueries>(), context.ArgumentValue<TicketPriority?>("priority"));
        return context.FigureAsync($"tickets {priority}", row, static (TicketFigures figures) => figures, (query, ct) => kpis.TicketsAsync(query, priority, ct));
    }
}
