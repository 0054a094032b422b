using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Applies pages to a shard's tables, and finds the one event of a page that cannot be applied.</summary>
/// <param name="shard">Whose.</param>
/// <param name="schemaName">The live schema, or the one being rebuilt.</param>
/// <param name="skipped">Positions to pass over.</param>
internal sealed class PageApplication(ProjectionShard shard, string schemaName, IReadOnlySet<long> skipped)
{
    /// <summary>Writes what a page means, inside the caller's transaction.</summary>
    public Task WriteAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, ProjectionPage page, CancellationToken ct)
    {
        if (page.Events.Count == 0)
        {
            return page.IsEmpty ? Task.CompletedTask : ApplyAsync([], EventSource.Between(shard, page.After, page.UpTo, skipped));
        }

        var events = skipped.Count == 0 ? page.Events : [.. page.Events.Where(stored => !skipped.Contains(stored.Position))];
        return events.Count == 0 ? Task.CompletedTask : ApplyAsync(events, EventSource.At(events));

        Task ApplyAsync(IReadOnlyList<StoredEvent> events, EventSource source) =>
            shard.Projection.ApplyAsync(new ProjectionBatch(events, connection, transaction, schemaName) { Source = source }, ct);
    }

    /// <summary>Applies a page by <paramref name="apply"/>, one transaction each time. When that fails on its contents, halves it again and again: all before the event at fault is kept.</summary>
    /// <exception cref="ProjectionPoisonedException">There is an event that cannot be applied.</exception>
    public async Task ApplyAsync(ProjectionPage page, Func<ProjectionPage, Task> apply, CancellationToken ct)
    {
        try
        {
            await apply(page);
        }
        catch (Exception exception) when (IsPoison(exception, ct))
        {
            if (page.IsSingle)
            {
                throw new ProjectionPoisonedException(shard.Projection.Name, page.Events.Count == 1 ? page.Events[0].Position : page.UpTo, exception);
            }

            var (first, second) = page.Halves();
            await ApplyAsync(first, apply, ct);
            await ApplyAsync(second, apply, ct);
        }
    }

    /// <summary>Whether a failure is about what was applied, and not about the moment or the database's state.</summary>
    public static bool IsPoison(Exception exception, CancellationToken ct) =>
        exception is not (ProjectionPoisonedException or CheckpointMovedException)
        && !(exception is OperationCanceledException && ct.IsCancellationRequested)
        && !DatabaseFaults.IsOutage(exception)
        && !DatabaseFaults.IsCollision(exception);
}
