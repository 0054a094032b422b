using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>A projection that can be compared with a fresh fold of the log.</summary>
internal interface ICheckedProjection : IProjection
{
    /// <summary>Fails unless its tables are what the log comes to.</summary>
    Task CheckAsync(IReadOnlyList<StoredEvent> log, NpgsqlDataSource dataSource);
}

/// <summary>The projections that run through the crashes, in the writer's process and beside it: one more kind is one more entry here.</summary>
internal static class CrashProjections
{
    public static IReadOnlyList<ICheckedProjection> All { get; } = [new TallyProjection()];

    public static async Task<ProjectionRuntime> StartAsync(PostgresEventStore store, NpgsqlDataSource dataSource)
    {
        var runtime = new ProjectionRuntime(store, dataSource, All, TimeProvider.System, NullLogger.Instance);
        await runtime.StartAsync();
        return runtime;
    }
}
