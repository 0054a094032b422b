using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.GraphQL.Execution;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calls;
using CallCenter.Projections.Queues;

namespace CallCenter.Api.Schema;

/// <summary>What many fields of a response point to is read in one round trip.</summary>
internal static class Loaders
{
    public static async Task<QueueView?> QueueAsync(this IResolverContext context, Guid? id) => id is not { } queue ? null : await context
        .DataLoader<Guid, QueueView>("queues", async (ids, ct) => (await context.Service<QueueQueries>().GetAsync(ids, ct)).ToDictionary(q => q.Id)).LoadAsync(queue);

    public static async Task<AgentView?> AgentAsync(this IResolverContext context, Guid? id) => id is not { } agent ? null : await context
        .DataLoader<Guid, AgentView>("agents", context.Service<AgentQueries>().GetAsync).LoadAsync(agent);

    public static Task<CallView?> CallAsync(this IResolverContext context, Guid id) =>
        context.DataLoader<Guid, CallView>("calls", context.Service<CallQueries>().GetAsync).LoadAsync(id);

    /// <summary>All events of a stream, in order.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> StreamAsync(this IResolverContext context, Guid id) => await context
        .DataLoader<Guid, IReadOnlyList<StoredEvent>>("streams", async (ids, ct) =>
            (await context.Service<EventTrail>().StreamsAsync(ids, ct)).GroupBy(e => e.StreamId).ToDictionary(g => g.Key, g => (IReadOnlyList<StoredEvent>)[.. g]))
        .LoadAsync(id) ?? [];

    /// <summary>The events that had happened by an instant.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> StreamAsync(this IResolverContext context, Guid id, DateTimeOffset at) =>
        [.. (await context.StreamAsync(id)).Where(e => ((DomainEvent)e.Data).OccurredAt <= at)];
}
