using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace CallCenter.EventStore.Tests;

/// <summary>A store with a trail: a sealer that seals when it is told to, and the folder beside the database.</summary>
internal sealed class TrailHarness : IAsyncDisposable
{
    private readonly TemporaryFolder _temporary = new();

    private TrailHarness(StoreHarness store)
    {
        Store = store;
        Folder = new TrailFolder(Path.Combine(_temporary.Path, "trail"));
        Sealer = NewSealer();
    }

    public StoreHarness Store { get; }

    public TrailFolder Folder { get; }

    public TrailSealer Sealer { get; }

    public static async Task<TrailHarness> CreateAsync(PostgresFixture postgres) => new(await StoreHarness.CreateAsync(postgres));

    public TrailSealer NewSealer(TrailFolder? folder = null) => new(Store.Store, Store.DataSource, folder ?? Folder, TimeProvider.System, NullLogger.Instance);

    public Task<TrailReport> VerifyAsync(DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        new TrailVerifier(Store.DataSource, Folder).VerifyAsync(from, to);

    /// <summary>Appends events at the positions that come next, in two streams in turn, with all that an event can carry.</summary>
    public async Task AppendAsync(int events)
    {
        for (var i = 0; i < events; i++)
        {
            await Store.Store.AppendAsync(StoreHarness.To(Stream(i % 2), ExpectedVersion.Any, new Counted(i)), new EventMetadata($"correlation {i}", "causation", "user"));
        }
    }

    /// <summary>Appends and seals so many events so many times: positions 1 to 10 in seals of 5 are (5, 2).</summary>
    public async Task AppendSealedAsync(int events, int seals)
    {
        for (var i = 0; i < seals; i++)
        {
            await AppendAsync(events);
            (await Sealer.SealAsync()).ShouldBe(events);
        }
    }

    /// <summary>What somebody with all rights in the database does: no key or constraint stops them.</summary>
    public Task TamperAsync(string sql) => Store.ExecuteAsync($"""
        alter table mt_events drop constraint if exists pkey_mt_events_seq_id;
        alter table mt_events drop constraint if exists fkey_mt_events_stream_id;
        drop index if exists pk_mt_events_stream_and_version;
        drop index if exists idx_mt_events_event_id;
        {sql}
        """);

    /// <summary>Makes a seal fit the events that are there now, and the seal behind it follow, as far as that goes without the key.</summary>
    public async Task ReforgeAsync(long seal)
    {
        await using var connection = await Store.DataSource.OpenConnectionAsync();
        var kept = (await SealTable.WithEntriesAsync(connection, seal, seal, default)).ShouldHaveSingleItem();
        byte[] entries = [.. kept.Entries];
        await using (var rows = await EventRows.OpenAsync(connection, kept.Signed.Seal.FirstPosition - 1, kept.Signed.Seal.LastPosition, limit: null, default))
        {
            for (var i = 0; await rows.ReadAsync(default); i++)
            {
                SealEntries.Write(entries.AsSpan(i * SealEntries.Size), rows.Position, rows.Content);
            }
        }

        var forged = kept.Signed.Seal with { Root = SealEntries.Root(entries) };
        await Store.ExecuteAsync($"""
            update callcenter.seals set entries = {Hex(entries)}, root = {Hex(forged.Root)} where number = {seal};
            update callcenter.seals set previous = {Hex(forged.Hash())} where number = {seal + 1}
            """);

        static string Hex(byte[] bytes) => $"decode('{Convert.ToHexString(bytes)}', 'hex')";
    }

    public async ValueTask DisposeAsync()
    {
        await Sealer.DisposeAsync();
        await Store.DisposeAsync();
        _temporary.Dispose();
    }

    private static Guid Stream(int number) => new(number + 1, 0, 0, new byte[8]);
}
