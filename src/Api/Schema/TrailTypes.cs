using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Domain;
using CallCenter.EventStore;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections;

namespace CallCenter.Api.Schema;

internal static class TrailTypes
{
    public static void AddTo(SchemaBuilder schema)
    {
        schema.AddInputObjectType<EventFilterInput>("EventFilter", type =>
        {
            type.Description("Which events; everything that is set must hold. from and to are about recordedAt: from it on, before it.");
            type.Field("stream: ID");
        });
        schema.AddObjectType<Change>(type =>
        {
            type.Description("One thing that is another one after an event.");
            type.Field("path: String!", c => c.Path).Description("Members from the outside in, with points between.");
            type.Field("before: JSON", c => c.Before).Description("Null when it was not there.");
            type.Field("after: JSON", c => c.After).Description("Null when it is not there any more.");
        });
        schema.AddObjectType<StoredEvent>("Event", type =>
        {
            type.Description("Something that happened, as it was written once and for all.");
            type.Field("id: ID!", e => e.Id);
            type.Field("position: String!", e => Text(e.Position)).Description("Its place in the order of all events.");
            type.Field("stream: ID!", e => e.StreamId);
            type.Field("streamType: String!", e => e.StreamType);
            type.Field("version: Int!", e => e.Version).Description("Its place in its stream, from 1.");
            type.Field("type: String!", e => e.Type);
            type.Field("at: DateTime!", e => ((DomainEvent)e.Data).OccurredAt).Description("When it happened.");
            type.Field("data: JSON!").Resolve(async (e, context) => await context.RevealAsync(e));
            type.Field("changes: [Change!]!").Description("What an event of configuration changed, from what was before; empty for others.")
                .Resolve((e, context) => context.Service<ConfigurationChanges>().OfAsync(e, context.RequestAborted));
            type.Field("recordedAt: DateTime!", e => e.RecordedAt).Description("When it was stored.");
            type.Field("user: String", e => e.Metadata.UserName);
            type.Field("correlationId: String", e => e.Metadata.CorrelationId);
            type.Field("causationId: String", e => e.Metadata.CausationId);
        });
        Connections.AddTo<StoredEvent>(schema, "Event");
        schema.AddQueryType(query =>
        {
            query.Field("events(where: EventFilter, first: Int = 100, after: String): EventConnection!").Description("The trail, oldest first.")
                .Authorize(Access.Examiners).Resolve(context => PageAsync(context, PageAsync, backward: false));
            query.Field("latestEvents(where: EventFilter, last: Int = 100, before: String): EventConnection!").Description("The trail from its end, or from before a cursor; within a page oldest first, as in events.")
                .Authorize(Access.Examiners).Resolve(context => PageAsync(context, PageBeforeAsync, backward: true));
        });
        schema.AddObjectType<TrailReport>("TrailVerification", type =>
        {
            type.Description("Whether the sealed events are what they were when they were sealed.");
            type.Field("intact: Boolean!", r => r.Intact);
            type.Field("sealedEvents: Int!", r => Count(r.SealedEvents)).Description("Under the seals that were looked at.");
            type.Field("unsealedEvents: Int!", r => Count(r.UnsealedEvents)).Description("After the last seal: a few seconds' worth while the server runs.");
            type.Field("firstBrokenPosition: String", r => r.FirstBrokenPosition is { } position ? Text(position) : null);
            type.Field("detail: String", r => r.Detail).Description("What is wrong, one finding a line; null when nothing is.");
        });
        schema.AddQueryType(query => query.Field("verifyTrail(from: DateTime, to: DateTime): TrailVerification!")
            .Description("Reads the trail anew, all of it or what was recorded in a time, and holds it against its seals. The chain of seals is always looked at whole.")
            .Authorize(Access.Auditors).Resolve(context => context.Service<TrailVerifier>().VerifyAsync(
                context.ArgumentValue<DateTimeOffset?>("from"), context.ArgumentValue<DateTimeOffset?>("to"), context.RequestAborted)));
    }

    // GraphQL's Int ends at 2^31 - 1.
    private static int Count(long events) => (int)Math.Min(events, int.MaxValue);

    private static Task<Connection<StoredEvent>> PageAsync(
        IResolverContext context, Func<EventTrail, TrailFilter, int, string?, CancellationToken, Task<Page<StoredEvent>>> read, bool backward)
    {
        var trail = context.Service<EventTrail>();
        var filter = context.ArgumentValue<EventFilterInput?>("where")?.ToFilter() ?? new TrailFilter();
        return context.ConnectAsync((size, cursor, ct) => read(trail, filter, size, cursor, ct), c => trail.CountAsync(filter, c.RequestAborted), backward);
    }

    private static async Task<Page<StoredEvent>> PageAsync(EventTrail trail, TrailFilter filter, int first, string? after, CancellationToken cancellationToken)
    {
        var events = await trail.PageAsync(filter, after is null ? 0 : Position(after), first + 1, cancellationToken);
        var shown = events.Take(first).ToList();
        return new Page<StoredEvent>(shown, shown.ConvertAll(e => Text(e.Position)), events.Count > first, after is not null);
    }

    private static async Task<Page<StoredEvent>> PageBeforeAsync(EventTrail trail, TrailFilter filter, int last, string? before, CancellationToken cancellationToken)
    {
        var events = await trail.PageBeforeAsync(filter, before is null ? long.MaxValue : Position(before), last + 1, cancellationToken);
        var shown = events.Skip(events.Count - Math.Min(last, events.Count)).ToList();
        return new Page<StoredEvent>(shown, shown.ConvertAll(e => Text(e.Position)), before is not null, events.Count > last);
    }

    private static long Position(string cursor) =>
        long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : throw new BadCursorException(cursor);

    private static string Text(long position) => position.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Which events; everything that is set must hold. The instants are those of recording.</summary>
internal sealed record EventFilterInput(
    Guid? Stream, IReadOnlyList<string>? StreamTypes, IReadOnlyList<string>? Types, DateTimeOffset? From, DateTimeOffset? To, string? User, string? CorrelationId, string? CausationId)
{
    public TrailFilter ToFilter() => new(Stream, StreamTypes, Types, From, To, User, CorrelationId, CausationId);
}
