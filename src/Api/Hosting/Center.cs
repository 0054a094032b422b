using CallCenter.Api.Accounts;
using CallCenter.Api.Configuration;
using CallCenter.Api.Customers;
using CallCenter.Api.Ladders;
using CallCenter.Api.Tickets;
using CallCenter.EventStore;
using CallCenter.Postgres;
using CallCenter.Projections;

using Npgsql;

namespace CallCenter.Api.Hosting;

/// <summary>The center's database, opened: what the server and every command-line verb work on, alone or beside each other.</summary>
internal sealed class Center : IAsyncDisposable
{
    private readonly EmbeddedPostgres? _embedded;

    private Center(EmbeddedPostgres? embedded, NpgsqlDataSource source, string keyFolder, TrailFolder folder, ILoggerFactory loggers)
    {
        _embedded = embedded;
        Source = source;
        var types = CenterEvents.Types();
        Persons = new PersonVault(source, keyFolder, TimeProvider.System, loggers.CreateLogger<PersonVault>());
        Personal = new PersonalReader(Persons, types);
        Ladders = new LadderTable(source, new PersonalFiles(Persons, types), ct => new HeldCallers(this).KeysAsync(ct));
        Store = new PostgresEventStore(source, types, TimeProvider.System, loggers.CreateLogger<PostgresEventStore>(), Persons);
        Phones = new SipCredentials(source);
        Trail = new EventTrail(source, types);
        Mapper = new TrailMapper(Store, source, TimeProvider.System, loggers.CreateLogger<TrailMapper>());
        Sealer = new TrailSealer(Store, source, folder, TimeProvider.System, loggers.CreateLogger<TrailSealer>());
        Verifier = new TrailVerifier(source, folder);
        Excerpts = new TrailExcerpts(source, Trail, folder, TimeProvider.System);
        Leadership = new Leadership(source, TimeProvider.System, loggers.CreateLogger<Leadership>());
        Projections = new ProjectionRuntime(
            Store, source, CenterProjections.Create(), TimeProvider.System, loggers.CreateLogger<ProjectionRuntime>(), Leadership);
    }

    public NpgsqlDataSource Source { get; }

    public PostgresEventStore Store { get; }

    /// <summary>The keys of callers and customers.</summary>
    public PersonVault Persons { get; }

    /// <summary>What is kept under those keys, in plain.</summary>
    public PersonalReader Personal { get; }

    /// <summary>The SIP messages of calls.</summary>
    public LadderTable Ladders { get; }

    /// <summary>What the phones prove themselves by; taken up by the server.</summary>
    public SipCredentials Phones { get; }

    public EventTrail Trail { get; }

    /// <summary>Maps the trail for searches once it is started.</summary>
    public TrailMapper Mapper { get; }

    /// <summary>Seals the trail once it is started.</summary>
    public TrailSealer Sealer { get; }

    public TrailVerifier Verifier { get; }

    /// <summary>Parts of the trail that prove themselves.</summary>
    public TrailExcerpts Excerpts { get; }

    /// <summary>This process among those that work on the same database.</summary>
    public Leadership Leadership { get; }

    public ProjectionRuntime Projections { get; }

    /// <summary>Starts or joins the embedded database, or connects to the given one, and brings the schema up to date.</summary>
    public static async Task<Center> OpenAsync(Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(knobs.DataFolder);
        var embedded = knobs.Database is null
            ? await EmbeddedPostgres.StartAsync(knobs.DataFolder, loggers.CreateLogger<EmbeddedPostgres>(), cancellationToken)
            : null;

        // A pooled connection that is reset on every use throws its plans away.
        var source = new NpgsqlDataSourceBuilder(new NpgsqlConnectionStringBuilder(knobs.Database ?? embedded!.ConnectionString)
        {
            ApplicationName = "callcenter",
            NoResetOnClose = true,
            MaxAutoPrepare = 100,
            MaxPoolSize = 50,
        }.ConnectionString).Build();
        var center = new Center(embedded, source, knobs.KeyFolder, new TrailFolder(knobs.TrailFolder), loggers);
        try
        {
            await center.Store.EnsureSchemaAsync(new EventStoreOptions { ArchivePartitions = knobs.ArchivePartitions }, cancellationToken);
            await AccountsSchema.EnsureAsync(source, cancellationToken);
            await center.Ladders.EnsureAsync(cancellationToken);
            await TicketNumbers.EnsureAsync(source, cancellationToken);
            return center;
        }
        catch
        {
            await center.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the read models show every event that is there now.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken) =>
        await Projections.WaitForAsync(await Store.HighWaterMarkAsync(cancellationToken), cancellationToken);

    /// <summary>Waits until the read models show what this caller knows to be written: also what lies above the safe mark, because somebody else is still writing below it.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        // Not the sequence: after a crash it stands above every event, and nothing would ever show that.
        await using var command = Source.CreateCommand("select coalesce(max(seq_id), 0) from mt_events");
        await Projections.WaitForAsync((long)(await command.ExecuteScalarAsync(cancellationToken))!, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Projections.DisposeAsync();
        await Mapper.DisposeAsync();
        await Sealer.DisposeAsync();
        await Leadership.DisposeAsync();
        await Store.DisposeAsync();
        await Source.DisposeAsync();
        if (_embedded is not null)
        {
            await _embedded.DisposeAsync();
        }
    }
}
