using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Api.Reports;
using CallCenter.Domain;
using CallCenter.Domain.Reports;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Reports;

using MimeKit;

namespace CallCenter.Api.Schema;

internal sealed record ScheduledReportPayload(Report? Report, IReadOnlyList<UserError> Errors);

internal sealed record ReportScheduleInput(
    string Name, ReportPeriod Period, string At, string TimeZone, IReadOnlyList<string> Kpis, IReadOnlyList<KpiDimension> GroupBy, KpiInterval? Interval, IReadOnlyList<string> Recipients,
    IReadOnlyList<Guid>? Queues, IReadOnlyList<Guid>? Agents, IReadOnlyList<string>? Topics, IReadOnlyList<string>? Segments)
{
    public ReportSchedule ToSchedule() => new(Name, Period, CalendarTypes.Time(At), TimeZone, Kpis, [.. GroupBy.Select(dimension => dimension.ToString())], Recipients)
    {
        Interval = Interval?.ToString(), Queues = Queues, Agents = Agents, Topics = Topics, Segments = Segments,
    };
}

/// <summary>Reports that are mailed by themselves.</summary>
internal static class ReportTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<ReportPeriod>();
        schema.AddObjectType<Report>("ScheduledReport", type =>
        {
            type.Description("A report that is mailed by itself: as a table, and as CSV.");
            type.Field("id: ID!", r => r.Id);
            type.Field("name: String!", r => r.Schedule!.Name);
            type.Field("period: ReportPeriod!", r => r.Schedule!.Period);
            type.Field("at: String!", r => r.Schedule!.At.ToString("HH:mm", CultureInfo.InvariantCulture));
            type.Field("timeZone: String!", r => r.Schedule!.Zone);
            type.Field("kpis: [String!]!", r => r.Schedule!.Figures);
            type.Field("groupBy: [KpiDimension!]!", r => r.Schedule!.DividedBy.Select(Enum.Parse<KpiDimension>).ToArray());
            type.Field("interval: KpiInterval", r => r.Schedule!.Interval is { } interval ? Enum.Parse<KpiInterval>(interval) : (KpiInterval?)null);
            type.Field("recipients: [String!]!", r => r.Schedule!.Recipients);
            type.Field("nextAt: DateTime", r => r.NextAt).Description("When it is due next; past while it cannot be sent. Null once it is cancelled.");
            type.Field("lastDueAt: DateTime", r => r.LastDueAt).Description("When that was due which was sent last.");
            type.Field("failure: String", r => r.Failure).Description("Why somebody did not get that; null when all did.");
            type.Field("scheduledBy: String", r => r.ScheduledBy);
        });
        schema.AddInputObjectType<ReportScheduleInput>("ReportScheduleInput", type =>
        {
            type.Description("Names of figures are as averageHandleSeconds, aht, serviceLevel:30, waitPercentileSeconds:0.9. DAY comes every day for the day before, WEEK on Mondays for the week before, MONTH on the first for the month before, at a time like 07:30 by the clocks of the zone.");
            type.Field("timeZone: String! = \"UTC\"");
            type.Field("kpis: [String!]!");
            type.Field("groupBy: [KpiDimension!]! = []");
            type.Field("queues: [ID!]");
            type.Field("agents: [ID!]");
        });
        schema.AddObjectType<ScheduledReportPayload>(type =>
        {
            type.Field("report: ScheduledReport", p => p.Report);
            type.Field("errors: [UserError!]!", p => p.Errors);
        });
        schema.AddQueryType(query => query.Field("scheduledReports: [ScheduledReport!]!").Description("Reports that are mailed by themselves, by name.").Authorize(Access.Overseers)
            .Resolve(context => context.Service<ReportQueries>().GetAsync(context.RequestAborted)));
        schema.AddMutationType(mutation =>
        {
            mutation.Field("scheduleReport(id: ID, input: ReportScheduleInput!): ScheduledReportPayload!").Description("Has a report mailed from now on, or one that is there mailed differently.").Authorize(Access.Reporters).Resolve(ScheduleAsync);
            mutation.Field("cancelReport(id: ID!): ScheduledReportPayload!").Description("Has a report mailed no more.").Authorize(Access.Reporters).Resolve(async context =>
            {
                var by = context.User().UserName;
                return await HandleAsync(context, context.ArgumentValue<Guid>("id"), at => new CancelReport(at, by), by);
            });
        });
    }

    private static async Task<object?> ScheduleAsync(IResolverContext context)
    {
        var (given, schedule, by) = (context.ArgumentValue<Guid?>("id"), context.ArgumentValue<ReportScheduleInput>("input").ToSchedule(), context.User().UserName);
        if (context.Service<Knobs>().Smtp is null)
        {
            return Refused(new Refusal("MAIL_NOT_CONFIGURED", "Nothing can be mailed: CALLCENTER_SMTP names no mail server."));
        }

        if (given is { } known && (await context.Service<ReportDesk>().FindAsync(known, context.RequestAborted)).Schedule is null)
        {
            return Refused(new Refusal("REPORT_NOT_FOUND", "There is no such report."));
        }

        var id = given ?? Guid.CreateVersion7();
        return Fault(schedule) is { } fault ? Refused(new Refusal("REPORT_SCHEDULE", fault)) : await HandleAsync(context, id, at => new ScheduleReport(id, schedule, at, by), by);
    }

    /// <summary>What the domain does not know of: which figures there are, and what a mail address is.</summary>
    private static string? Fault(ReportSchedule schedule)
    {
        try
        {
            _ = schedule.Figures.Select(KpiColumn.Parse).ToList();
        }
        catch (BadKpiQueryException e)
        {
            return e.Message;
        }

        return schedule.DividedBy.Distinct(StringComparer.Ordinal).Count() != schedule.DividedBy.Count ? "A dimension is named twice."
            : schedule.Recipients.FirstOrDefault(recipient => !MailboxAddress.TryParse(recipient, out _)) is { } wrong ? $"\"{wrong}\" is not a mail address."
            : null;
    }

    private static async Task<ScheduledReportPayload> HandleAsync(IResolverContext context, Guid id, Func<DateTimeOffset, ReportCommand> command, string by)
    {
        var (report, refusal) = await context.Service<ReportDesk>().HandleAsync(id, command, by, context.RequestAborted);
        if (refusal is not null)
        {
            return Refused(refusal);
        }

        await context.Service<Center>().ShowAsync(context.RequestAborted);
        return new ScheduledReportPayload(report, []);
    }

    private static ScheduledReportPayload Refused(Refusal refusal) => new(null, DeskAccess.ErrorsOf(refusal));
}
