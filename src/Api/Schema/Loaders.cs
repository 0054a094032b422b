using System.Text.Json;

using CallCenter.Api.Hosting;
using CallCenter.Api.Reading;
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

    /// <summary>Waits until the read models show what a command has written, so that its answer does.</summary>
    /// <param name="context">The command's.</param>
    /// <param name="position">Of the last event; 0 when nothing was written.</param>
    public static async Task CatchUpAsync(this IResolverContext context, long position)
    {
        if (position > 0)
        {
            await context.Service<Center>().Projections.WaitForAsync(position, context.RequestAborted);
        }
    }

    /// <summary>A personal text as it is shown: in plain, or <c>forgotten</c>.</summary>
    public static async Task<string?> RevealAsync(this IResolverContext context, Guid stream, string kind, string? text) => string.IsNullOrEmpty(text) ? text : await context
        .DataLoader<PersonalText, string>("personal", (texts, ct) => context.RevealAsync(texts, ct)).LoadAsync(new PersonalText(stream, kind, text));

    /// <summary>An event's contents as they are shown.</summary>
    public static async Task<JsonElement> RevealAsync(this IResolverContext context, StoredEvent stored)
    {
        var revealed = await context.DataLoader<StoredEvent, RevealedEvent>("revealed", (events, ct) => context.RevealAsync(events, ct)).LoadAsync(stored);
        return JsonElement.Parse(revealed!.Json);
    }

    /// <summary>All events of a stream, in order. Personal texts in them are tokens.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> StreamAsync(this IResolverContext context, Guid id) => await context
        .DataLoader<Guid, IReadOnlyList<StoredEvent>>("streams", async (ids, ct) =>
            (await context.Service<EventTrail>().StreamsAsync(ids, ct)).GroupBy(e => e.StreamId).ToDictionary(g => g.Key, g => (IReadOnlyList<StoredEvent>)[.. g]))
        .LoadAsync(id) ?? [];

    /// <summary>The events that had happened by an instant.</summary>
    public static async Task<IReadOnlyList<StoredEvent>> StreamAsync(this IResolverContext context, Guid id, DateTimeOffset at) =>
        [.. (await context.StreamAsync(id)).Where(e => ((DomainEvent)e.Data).OccurredAt <= at)];
}
