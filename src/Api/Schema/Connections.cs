using CallCenter.GraphQL;
using CallCenter.GraphQL.Execution;
using CallCenter.GraphQL.Types;
using CallCenter.Projections;

namespace CallCenter.Api.Schema;

/// <summary>A page of a list and the way to count the whole.</summary>
internal sealed record Connection<T>(Page<T> Page, Func<IResolverContext, Task<int>> Count);

internal sealed record Edge<T>(T Node, string Cursor);

internal sealed record PageInfo(bool HasNextPage, bool HasPreviousPage, string? StartCursor, string? EndCursor);

internal static class Connections
{
    /// <summary>The largest page that the contract allows.</summary>
    private const int LargestPage = 1_000;

    public static void AddPageInfoTo(SchemaBuilder schema) => schema.AddObjectType<PageInfo>(type =>
    {
        type.Field(p => p.HasNextPage);
        type.Field(p => p.HasPreviousPage);
        type.Field(p => p.StartCursor);
        type.Field(p => p.EndCursor);
    });

    /// <summary>Declares NodeConnection and NodeEdge.</summary>
    public static void AddTo<T>(SchemaBuilder schema, string node)
    {
        schema.AddObjectType<Connection<T>>($"{node}Connection", type =>
        {
            type.Field($"nodes: [{node}!]!", c => c.Page.Nodes);
            type.Field($"edges: [{node}Edge!]!", c => c.Page.Nodes.Zip(c.Page.Cursors, (n, cursor) => new Edge<T>(n, cursor)));
            type.Field("pageInfo: PageInfo!", c => new PageInfo(c.Page.HasNext, c.Page.HasPrevious, c.Page.Cursors.FirstOrDefault(), c.Page.Cursors.LastOrDefault()));
            type.Field("totalCount: Int!").Resolve((c, context) => c.Count(context));
        });
        schema.AddObjectType<Edge<T>>($"{node}Edge", type =>
        {
            type.Field($"node: {node}!", e => e.Node);
            type.Field(e => e.Cursor);
        });
    }

    /// <summary>Reads the page that <c>first</c> and <c>after</c> ask for, or, backward, <c>last</c> and <c>before</c>; none when only the count is wanted.</summary>
    public static async Task<Connection<T>> ConnectAsync<T>(
        this IResolverContext context, Func<int, string?, CancellationToken, Task<Page<T>>> read, Func<IResolverContext, Task<int>> count, bool backward = false)
    {
        var (sizeName, cursorName) = backward ? ("last", "before") : ("first", "after");
        var size = context.ArgumentValue<int>(sizeName);
        if (size is < 0 or > LargestPage)
        {
            throw new GraphQLException($"{sizeName} is 0 to {LargestPage}, not {size}.", size < 0 ? ErrorCodes.BadUserInput : ErrorCodes.LimitExceeded);
        }

        try
        {
            var isRead = context.IsSelected("nodes") || context.IsSelected("edges") || context.IsSelected("pageInfo");
            return new Connection<T>(isRead ? await read(size, context.ArgumentValue<string?>(cursorName), context.RequestAborted) : new Page<T>([], [], false, false), count);
        }
        catch (BadCursorException e)
        {
            throw new GraphQLException(e.Message);
        }
    }
}
