using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>A process with subscriptions.</summary>
internal sealed class SubscriptionNode : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly PostgresEventStore _store;
    private readonly Leadership _leadership;

    private SubscriptionNode(string connectionString, string name, string? user)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = name };
        settings.Username = user ?? settings.Username;
        _dataSource = NpgsqlDataSource.Create(settings.ConnectionString);
        _store = new PostgresEventStore(_dataSource, StoreHarness.Types, TimeProvider.System, NullLogger.Instance);
        _leadership = new Leadership(_dataSource, TimeProvider.System, NullLogger.Instance);
        Runtime = null!;
    }

    public SubscriptionRuntime Runtime { get; private set; }

    public static Task<SubscriptionNode> StartAsync(string connectionString, string name, params ISubscription[] subscriptions) => StartAsync(connectionString, name, user: null, subscriptions);

    public static async Task<SubscriptionNode> StartAsync(string connectionString, string name, string? user, ISubscription[] subscriptions)
    {
        var node = new SubscriptionNode(connectionString, name, user);
        try
        {
            node.Runtime = new SubscriptionRuntime(node._store, node._dataSource, node._leadership, subscriptions, TimeProvider.System, NullLogger.Instance);
            await node.Runtime.StartAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Runtime is not null)
        {
            await Runtime.DisposeAsync();
        }

        await _leadership.DisposeAsync();
        await _store.DisposeAsync();
        await _dataSource.DisposeAsync();
    }
}

/// <summary>Remembers what it has handled, and fails or hangs when told to.</summary>
internal sealed class RecordingSubscription(string name) : ISubscription
{
    private readonly ConcurrentDictionary<Guid, int> _attempts = [];

    public static RetryPolicy Policy { get; } = new(4, TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(30));

    public string Name { get; } = name;

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(Counted)];

    public SubscriptionStart Start { get; init; } = SubscriptionStart.FromBeginning;

    public RetryPolicy Retry { get; init; } = Policy;

    /// <summary>Of an event and how often it has come, from 1.</summary>
    public Func<StoredEvent, int, bool> Fails { get; set; } = (_, _) => false;

    /// <summary>Whether it says that trying again would not help.</summary>
    public bool IsForGood { get; init; }

    public Func<StoredEvent, bool> Hangs { get; init; } = _ => false;

    public ConcurrentQueue<StoredEvent> Handled { get; } = [];

    public IEnumerable<int> Of(Guid stream) => Handled.Where(stored => stored.StreamId == stream).Select(stored => ((Counted)stored.Data).Amount);

    /// <summary>How often the only event with this amount came.</summary>
    public int Attempts(int amount) => _attempts[Handled.Single(stored => ((Counted)stored.Data).Amount == amount).Id];

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        var attempt = _attempts.AddOrUpdate(stored.Id, 1, (_, count) => count + 1);
        if (Hangs(stored))
        {
            await Task.Delay(Timeout.Infinite, ct);
        }

        if (Fails(stored, attempt))
        {
            throw IsForGood ? new PermanentFailureException("refused for good") : new InvalidOperationException($"refused {((Counted)stored.Data).Amount}");
        }

        Handled.Enqueue(stored);
    }
}
