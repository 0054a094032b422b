using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Postgres;
using CallCenter.Projections;

using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.Driving;

/// <summary>Changes a queue's settings beside a running server, as another process of the product would: the log tells the server.</summary>
internal static class QueueConfiguration
{
    /// <param name="server">Whose database it is.</param>
    /// <param name="center">Knows its queues.</param>
    /// <param name="number">The queue's.</param>
    /// <param name="change">Gives the settings as they are to be.</param>
    /// <returns>The queue's id.</returns>
    public static async Task<Guid> ChangeAsync(ServerProcess server, CenterClient center, string number, Func<QueueSettings, QueueSettings> change)
    {
        var queues = (await center.GraphQL.AskAsync("{ queues { id number } }")).GetProperty("queues");
        var id = queues.EnumerateArray().Single(q => q.GetProperty("number").GetString() == number).GetProperty("id").GetGuid();
        await using var postgres = await EmbeddedPostgres.StartAsync(server.DataFolder, NullLogger.Instance);
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        await using var store = new PostgresEventStore(source, CenterEvents.Types(), TimeProvider.System, NullLogger.Instance);
        var queue = (await store.FetchStreamAsync(id)).Select(e => (QueueEvent)e.Data).Aggregate(Queue.Initial, Queue.Evolve);
        var changed = new QueueChanged(id, change(queue.Settings), DateTimeOffset.UtcNow);
        await store.AppendAsync(new StreamAppend(id, Queue.StreamType, ExpectedVersion.Any, [EventData.Of(changed)]), EventMetadata.None);
        return id;
    }
}
