using CallCenter.Domain.Agents;
using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calendars;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Queues;

using NodaTime;

namespace CallCenter.Api.Schema;

/// <summary>Until now, from when.</summary>
internal enum LivePeriod { HalfHour, Day }

/// <summary>How many agents have a status.</summary>
internal sealed record AgentsInStatus(AgentStatus Status, int Count);

/// <summary>Figures of now, beside those of intervals (KPI.md): of a queue and of the whole floor. Of a floor of the past they are those of then, by the ends that are known now.</summary>
internal static class LiveFigures
{
    private const string ServiceLevel = "serviceLevel(withinSeconds: Int = 20, over: LivePeriod = HALF_HOUR, timeZone: String): Float";

    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddEnumType<LivePeriod>();
        schema.AddObjectType<AgentsInStatus>(type =>
        {
            type.Field("status: AgentStatus!", a => a.Status);
            type.Field("count: Int!", a => a.Count);
        });
        schema.AddObjectTypeExtension<QueueView>("Queue", type =>
        {
            type.Field(ServiceLevel).Description(
                    "Of the contacts that entered the queue in the last half hour, or since midnight, and whose end is known: the share answered in time. Null where there are none. Midnight is that of `timeZone`, else of the queue's calendar, else of UTC.")
                .Resolve(async (queue, context) => await context.LevelAsync(queue.Id, queue.At, context.ArgumentValue<string?>("timeZone") ?? await context.ZoneAsync(queue)));
            type.Field("agentsByStatus: [AgentsInStatus!]!").Description("How many of the agents who serve it have each status.").Resolve((queue, _) => (object?)List(queue.Agents));
        });
        schema.AddObjectTypeExtension<Floor>("Floor", type =>
        {
            type.Field(ServiceLevel).Description("Of all queues together. Midnight is that of `timeZone`, else of UTC.")
                .Resolve((floor, context) => context.LevelAsync(null, floor.Past is null ? null : floor.At, context.ArgumentValue<string?>("timeZone") ?? "UTC"));
            type.Field("waiting: Int!").Description("Callers who wait, in all queues.").Resolve(async (floor, context) => (object?)(await context.QueuesAsync(floor)).Sum(queue => queue.Waiting));
            type.Field("longestWaitSeconds: Float!").Description("Wait so far of the caller who has waited longest; 0 when nobody waits.")
                .Resolve(async (floor, context) => (object?)(await context.QueuesAsync(floor)).Select(queue => queue.LongestWaitSeconds).DefaultIfEmpty(0).Max());
            type.Field("agentsByStatus: [AgentsInStatus!]!").Description("How many agents have each status.").Resolve(async (floor, context) =>
                (object?)List((floor.Past?.Agents ?? (await context.Service<AgentQueries>().PageAsync(int.MaxValue - 1, null, context.RequestAborted)).Nodes).CountBy(agent => agent.Status).ToDictionary()));
        });
    }

    private static AgentsInStatus[] List(IReadOnlyDictionary<AgentStatus, int> counts) => [.. counts.OrderBy(count => count.Key).Select(count => new AgentsInStatus(count.Key, count.Value))];

    private static async Task<IReadOnlyList<QueueView>> QueuesAsync(this IResolverContext context, Floor floor) =>
        floor.Past?.Queues ?? await context.Service<QueueQueries>().GetAsync(null, context.RequestAborted);

    private static async Task<string> ZoneAsync(this IResolverContext context, QueueView queue) => queue.Settings.CalendarId is not { } calendar ? "UTC"
        : await context.DataLoader<Guid, string>("zones of calendars", async (ids, ct) =>
            (await context.Service<CalendarQueries>().GetAsync(ct)).Where(c => ids.Contains(c.Id)).ToDictionary(c => c.Id, c => c.Settings.Zone)).LoadAsync(calendar) ?? "UTC";

    /// <param name="queue">Null for all together.</param>
    /// <param name="at">Null for now.</param>
    private static async Task<double?> LevelAsync(this IResolverContext context, Guid? queue, DateTimeOffset? at, string zone)
    {
        var (within, over) = (context.ArgumentValue<int>("withinSeconds"), context.ArgumentValue<LivePeriod>("over"));
        return within < 0 ? throw new GraphQLException($"withinSeconds is 0 or more, not {within}.")
            : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null ? throw new GraphQLException($"\"{zone}\" is not an IANA time zone.")
            : await context.DataLoader<(bool Whole, Guid Queue, int Within, LivePeriod Over, string Zone, DateTimeOffset? At), double?>("live service levels", async (keys, ct) =>
            {
                var levels = keys.Distinct().ToDictionary(key => key, _ => (double?)null);
                foreach (var asked in levels.Keys.GroupBy(key => (key.Whole, key.Over, key.Zone, key.At)).ToList())
                {
                    var to = asked.Key.At ?? context.Service<TimeProvider>().GetUtcNow();
                    var query = new KpiQuery(new KpiFilter(Start(to, asked.Key.Over, asked.Key.Zone), to), asked.Key.Whole ? [] : [KpiDimension.Queue]);
                    var found = await context.Service<KpiQueries>().ServiceLevelsAsync(query, [.. asked.Select(key => (key.Within, ShortAbandons.Count))], ct);
                    foreach (var key in asked)
                    {
                        levels[key] = found.TryGetValue((asked.Key.Whole ? new KpiCell() : new KpiCell(QueueId: key.Queue), (key.Within, ShortAbandons.Count)), out var level) ? level : null;
                    }
                }

                return levels;
            }).LoadAsync((queue is null, queue ?? Guid.Empty, within, over, zone, at));
    }

    private static DateTimeOffset Start(DateTimeOffset to, LivePeriod over, string zone) => over switch
    {
        LivePeriod.HalfHour => to.AddMinutes(-30),
        _ => DateTimeZoneProviders.Tzdb[zone] is var clocks ? clocks.AtStartOfDay(Instant.FromDateTimeOffset(to).InZone(clocks).Date).ToInstant().ToDateTimeOffset() : to,
    };
}
