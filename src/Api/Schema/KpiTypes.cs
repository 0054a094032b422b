using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Kpi;

namespace CallCenter.Api.Schema;

internal static class KpiTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<KpiDimension>();
        schema.AddEnumType<KpiInterval>();
        schema.AddEnumType<ShortAbandons>();
        schema.AddInputObjectType<KpiFilterInput>("KpiFilter", type =>
        {
            type.Description("Contacts that entered the queue (IVR figures: the system) from `from` on and before `to`.");
            type.Field("timeZone: String = \"UTC\"");
            type.Field("queues: [ID!]");
            type.Field("agents: [ID!]");
            type.Field("firstContactDays: Int = 7").Description("How long after a contact the same customer with the same topic has not been served: 1 to 365.");
        });
        schema.AddObjectType<KpiReport>(type =>
        {
            type.Field(r => r.Total);
            type.Field("rows: [KpiRow!]!", r => r.Rows).Description("One for each combination of the dimensions that has contacts, tickets or answers, in their order, what has none last; none without dimensions.");
            type.Field(r => r.AsOf);
            type.Field(r => r.Provisional).Description("Whether figures may still change: the period is not over, or contacts of it have not ended.");
            type.Field(r => r.FirstContactsProvisional).Description("Whether firstContactResolutionRate may still change: the window after the period has not passed.");
        });
        schema.AddObjectType<KpiRow>(AddRow);
        schema.AddQueryType(query => query.Field("kpis(where: KpiFilter!, groupBy: [KpiDimension!] = []): KpiReport!")
            .Description("KPI figures. INTERVAL divides by `where.interval`, an hour when that is not given.").Authorize(Access.Overseers).Resolve(async context =>
            {
                var filter = context.ArgumentValue<KpiFilterInput>("where").ToFilter();
                try
                {
                    return await context.Service<KpiQueries>().WholeReportAsync(new KpiQuery(filter, context.ArgumentValue<IReadOnlyList<KpiDimension>>("groupBy")), context.RequestAborted);
                }
                catch (BadKpiQueryException e)
                {
                    throw new GraphQLException(e.Message);
                }
            }));
    }

    private static void AddRow(ComplexTypeDescriptor<KpiRow> type)
    {
        type.Description("Figures of the contacts that have the row's dimensions in common. A rate or mean over nothing is null.");
        type.Field("intervalStart: DateTime", r => r.Cell.IntervalStart);
        type.Field("hourOfDay: Int", r => r.Cell.HourOfDay).Description("0 to 23, in the report's time zone.");
        type.Field("weekday: Int", r => r.Cell.Weekday).Description("1 Monday to 7 Sunday, in the report's time zone.");
        type.Field("queue: Queue").Resolve((row, context) => context.QueueAsync(row.Cell.QueueId));
        type.Field("agent: Agent").Resolve((row, context) => context.AgentAsync(row.Cell.AgentId));
        type.Field("team: String", r => r.Cell.Team).Description("The team that the agent is in now.");
        type.Field("topic: String", r => r.Cell.Topic);
        type.Field("segment: String", r => r.Cell.Segment);
        type.Field("channel: String", r => r.Cell.Channel);
        type.Field(r => r.ContactsOffered).Description("Contacts that entered a queue and whose end is known.");
        type.Field(r => r.ContactsHandled).Description("Offered contacts that an agent answered.");
        type.Field(r => r.ContactsAbandoned).Description("Offered contacts that the customer left before an agent answered.");
        type.Field(r => r.ContactsShortAbandoned).Description("Abandoned within the queue's short-abandon threshold.");
        type.Field(r => r.ContactsOverflowed).Description("Offered contacts that left for another queue, callback or voicemail.");
        type.Field(r => r.ContactsUnknown).Description("Contacts whose end is not known: in no other figure.");
        type.Field(r => r.AverageSpeedOfAnswerSeconds);
        type.Field("serviceLevel(withinSeconds: Int = 20, shortAbandons: ShortAbandons = COUNT): Float")
            .Description("Handled within the threshold / offered; short abandons count as abandoned, as nothing, or as handled in time.").Resolve(ServiceLevelAsync);
        type.Field(r => r.AbandonmentRate);
        type.Field(r => r.AverageTimeToAbandonSeconds);
        type.Field("waitPercentileSeconds(p: Float!): Float").Description("The p-quantile (0 to 1, nearest rank) of the wait of all offered contacts.").Resolve(PercentileAsync);
        type.Field(r => r.LongestWaitSeconds);
        type.Field(r => r.AverageTalkSeconds).Description("Hold excluded.");
        type.Field(r => r.AverageHoldSeconds);
        type.Field(r => r.AverageAfterCallWorkSeconds);
        type.Field(r => r.AverageHandleSeconds).Description("Talk + hold + after-call work.");
        type.Field(r => r.TransferRate).Description("Handled contacts whose agent handed the caller over / handled contacts.");
        type.Field(r => r.HoldRate);
        type.Field(r => r.IvrAbandonmentRate).Description("Left in the IVR with no completed step / entered the IVR. Null where the row is about a queue or an agent.");
        type.Field(r => r.SelfServiceRate).Description("Ended in the IVR with a completed step / entered the IVR. Null where the row is about a queue or an agent.");
        type.Field(r => r.AgentNonResponse).Description("Offers that were not answered.");
        type.Field("firstContactResolutionRate: Float").Description("First contacts that were resolved, and after which the customer did not come back / first contacts.")
            .Resolve(async (row, context) => (await context.FirstContactsAsync(row))?.ResolutionRate);
        type.Field("repeatContactRate: Float").Description("Handled contacts that are not first contacts / handled contacts with a known customer.")
            .Resolve(async (row, context) => (await context.FirstContactsAsync(row))?.RepeatRate);
        type.Field("uniqueCustomers: Int!").Description("Distinct known customers in contact.").Resolve(async (row, context) => (await context.FirstContactsAsync(row))?.Customers ?? 0);
        type.Field("blockageRate: Float").Description("Calls refused because lines, queue length or hours allowed no more / all calls attempted. Null where the row is about a queue or an agent.")
            .Resolve((row, context) => context.FigureAsync("blockages", row, static (double rate) => (double?)rate, context.Service<KpiQueries>().BlockagesAsync));
        type.Field("occupancy: Float").Description("Time on contacts / time signed in and not in a not-ready status. Null where the row is about a queue, topic, segment or channel.")
            .Resolve(async (row, context) => (await context.AgentTimesAsync(row))?.Occupancy);
        type.Field("utilization: Float").Description("Time on contacts / time signed in. Null as occupancy.").Resolve(async (row, context) => (await context.AgentTimesAsync(row))?.Utilization);
        type.Field("contactsPerAgentHour: Float").Description("Handled contacts / hours signed in. Null as occupancy.")
            .Resolve(async (row, context) => (await context.AgentTimesAsync(row))?.PerHour(row.ContactsHandled));
        type.Field("averageSatisfaction: Float").Description("Mean survey score of 1 to 5.").Resolve(async (row, context) => (await context.SatisfactionAsync(row))?.Average);
        type.Field("satisfactionResponses: Int!").Description("Answers on that scale.").Resolve(async (row, context) => (await context.SatisfactionAsync(row))?.Responses ?? 0);
        type.Field("netPromoterScore: Float").Description("Of answers of 0 to 10: the share of 9 and 10 less that of 0 to 6, -1 to 1.")
            .Resolve(async (row, context) => (await context.SatisfactionAsync(row))?.NetPromoterScore);
        type.Field("contacts(first: Int = 50, after: String): CallConnection!").Description("The contacts behind the row, newest first.").Resolve((row, context) =>
        {
            var kpis = context.Service<KpiQueries>();
            return context.ConnectAsync(
                (first, after, ct) => kpis.ContactsAsync(row.Query, row.Cell, first, after, ct), c => kpis.CountContactsAsync(row.Query, row.Cell, c.RequestAborted));
        });
    }

    private static Task<double?> ServiceLevelAsync(KpiRow row, IResolverContext context)
    {
        var within = context.ArgumentValue<int>("withinSeconds");
        return within < 0
            ? throw new GraphQLException($"withinSeconds is 0 or more, not {within}.")
            : context.FigureAsync("serviceLevels", row, (within, context.ArgumentValue<ShortAbandons>("shortAbandons")), context.Service<KpiQueries>().ServiceLevelsAsync);
    }

    private static Task<double?> PercentileAsync(KpiRow row, IResolverContext context)
    {
        var p = context.ArgumentValue<double>("p");
        return p is < 0 or > 1
            ? throw new GraphQLException($"p is 0 to 1, not {p}.")
            : context.FigureAsync("waitPercentiles", row, p, context.Service<KpiQueries>().WaitPercentilesAsync);
    }

    private static Task<FirstContacts?> FirstContactsAsync(this IResolverContext context, KpiRow row) =>
        context.FigureAsync("firstContacts", row, static (FirstContacts figures) => figures, context.Service<KpiQueries>().FirstContactsAsync);

    private static Task<AgentTimes?> AgentTimesAsync(this IResolverContext context, KpiRow row) =>
        context.FigureAsync("agentTimes", row, static (AgentTimes figures) => figures, context.Service<KpiQueries>().AgentTimesAsync);

    private static Task<Satisfaction?> SatisfactionAsync(this IResolverContext context, KpiRow row) =>
        context.FigureAsync("satisfaction", row, static (Satisfaction figures) => figures, context.Service<KpiQueries>().SatisfactionAsync);

    /// <summary>A figure: for all rows of a query one round trip; none where nothing belongs to the row.</summary>
    internal static Task<TFigure?> FigureAsync<TRead, TFigure>(
        this IResolverContext context, string name, KpiRow row, Func<TRead, TFigure?> figure, Func<KpiQuery, CancellationToken, Task<IReadOnlyDictionary<KpiCell, TRead>>> read) =>
        context.DataLoader<(KpiQuery Query, KpiCell Cell), TFigure?>(name, async (keys, ct) =>
        {
            var figures = new Dictionary<(KpiQuery, KpiCell), TFigure?>();
            foreach (var group in keys.GroupBy(k => k.Query))
            {
                var found = await read(group.Key, ct);
                foreach (var key in group)
                {
                    figures[key] = found.TryGetValue(key.Cell, out var value) ? figure(value) : default;
                }
            }

            return figures;
        }).LoadAsync((row.Query, row.Cell));

    /// <summary>A figure with a parameter: for all rows of a query and all parameters asked for, one round trip.</summary>
    private static Task<double?> FigureAsync<TParameter>(
        this IResolverContext context, string name, KpiRow row, TParameter parameter,
        Func<KpiQuery, IReadOnlyCollection<TParameter>, CancellationToken, Task<IReadOnlyDictionary<(KpiCell Cell, TParameter), double>>> read)
        where TParameter : notnull =>
        context.DataLoader<(KpiQuery Query, KpiCell Cell, TParameter Parameter), double?>(name, async (keys, ct) =>
        {
            var figures = new Dictionary<(KpiQuery, KpiCell, TParameter), double?>();
            foreach (var group in keys.GroupBy(k => k.Query))
            {
                var found = await read(group.Key, [.. group.Select(k => k.Parameter)], ct);
                foreach (var key in group)
                {
                    figures[key] = found.TryGetValue((key.Cell, key.Parameter), out var figure) ? figure : null;
                }
            }

            return figures;
        }).LoadAsync((row.Query, row.Cell, parameter));
}

internal sealed record KpiFilterInput(
    DateTimeOffset From, DateTimeOffset To, KpiInterval? Interval, string? TimeZone, IReadOnlyList<Guid>? Queues, IReadOnlyList<Guid>? Agents,
    IReadOnlyList<string>? Topics, IReadOnlyList<string>? Segments, IReadOnlyList<string>? Channels, int? FirstContactDays)
{
    public KpiFilter ToFilter() => new(From, To, Interval ?? KpiInterval.Hour, TimeZone ?? "UTC", Queues, Agents, Topics, Segments, Channels) { FirstContactDays = FirstContactDays ?? 7 };
}
