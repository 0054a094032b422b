using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>Streams of events in PostgreSQL, in Marten's tables. Safe for concurrent use.</summary>
public sealed class PostgresEventStore : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;
    private readonly EventTypes _types;
    private readonly AppendNotifier _notifier;
    private readonly InlineProjections _inline;
    private readonly GroupCommit _group;
    private readonly BulkWriter _bulk;
    private readonly EventReader _reader;
    private readonly SafeMark _safeMark;
    private readonly PersonVault? _persons;
    private readonly PersonalSealing _sealing;

    /// <summary>A store on a database; <see cref="EnsureSchemaAsync"/> comes before its first use. The data source stays the caller's.</summary>
    /// <param name="dataSource">The database.</param>
    /// <param name="types">The event types that may be appended and read.</param>
    /// <param name="time">The clock of <see cref="StoredEvent.RecordedAt"/> and of pauses.</param>
    /// <param name="logger">Told of what a person should know.</param>
    /// <param name="persons">Keys for the personal members of events; null when no type has any.</param>
    /// <param name="inlineProjections">Written by the appending transactions themselves; every process that appends must have the same ones. <see cref="EnsureInlineProjectionsAsync"/> comes before the first append.</param>
    public PostgresEventStore(
        NpgsqlDataSource dataSource, EventTypes types, TimeProvider time, ILogger logger, PersonVault? persons = null, IReadOnlyList<IProjection>? inlineProjections = null)
    {
        _dataSource = dataSource;
        _types = types;
        var resend = new Resend(dataSource, time, logger);
        _notifier = new AppendNotifier(dataSource, logger);
        _inline = new InlineProjections(inlineProjections ?? [], dataSource, types, time, logger);
        InlineWork? inline = _inline.IsEmpty ? null : _inline.ApplyAsync;
        _group = new GroupCommit(dataSource, new SingleAppend(resend, inline, time), _notifier, time, logger);
        _persons = persons;
        _sealing = new PersonalSealing(types, persons);
        _bulk = new BulkWriter(resend, inline, types, _sealing, time);
        _reader = new EventReader(dataSource, types);
        Snapshots = new SnapshotStore(dataSource, logger);
        States = new StateReader(dataSource, types, Snapshots, _reader);
        _safeMark = new SafeMark(dataSource, time, logger);
    }

    /// <summary>The event types that may be appended and read.</summary>
    public EventTypes Types => _types;

    /// <summary>Makes tables and functions where they are missing, and opens the persons' keys. Idempotent, and safe when several processes do it at once.</summary>
    /// <inheritdoc cref="EnsureSchemaAsync(EventStoreOptions, CancellationToken)" path="/exception"/>
    public Task EnsureSchemaAsync(CancellationToken ct = default) => EnsureSchemaAsync(new EventStoreOptions(), ct);

    /// <summary>The same, of a kind that is chosen when the database is created.</summary>
    /// <exception cref="NewerSchemaException">A newer version of this program has been here.</exception>
    /// <exception cref="ArchivePartitionsException">The database is of the other kind.</exception>
    /// <exception cref="MasterKeyException">The persons' master key is missing, damaged or another database's.</exception>
    public async Task EnsureSchemaAsync(EventStoreOptions options, CancellationToken ct = default)
    {
        await EventStoreSchema.EnsureAsync(_dataSource, options, ct);
        if (_persons is not null)
        {
            await _persons.OpenAsync(ct);
        }
    }

    /// <summary>Makes the inline projections' tables where they are missing, and builds those that are older than their projection, or than the events, anew.</summary>
    /// <exception cref="ProjectionSupersededException">The tables are of a newer version: this program must not append.</exception>
    /// <exception cref="ProjectionPoisonedException">An event cannot be applied and is not skipped.</exception>
    public Task EnsureInlineProjectionsAsync(CancellationToken ct = default) => _inline.EnsureAsync(ct);

    /// <summary>Builds an inline projection anew beside its live tables while appends go on, and swaps them in one transaction.</summary>
    /// <inheritdoc cref="ProjectionRuntime.RebuildAsync" path="/exception"/>
    public Task RebuildInlineProjectionAsync(string name, IProgress<RebuildProgress>? progress = null, CancellationToken ct = default) => _inline.RebuildAsync(name, progress, ct);

    /// <summary>Appends events to one stream: committed and durable when this returns.</summary>
    /// <inheritdoc cref="AppendAsync(IReadOnlyList{StreamAppend}, EventMetadata, CancellationToken)"/>
    public async Task<AppendResult> AppendAsync(StreamAppend append, EventMetadata metadata, CancellationToken ct = default) =>
        (await AppendAsync([append], metadata, ct))[0];

    /// <summary>Appends events to several streams, all or nothing, in one round trip: committed and durable when this returns.</summary>
    /// <remarks>
    /// When the database is lost meanwhile, the append waits for it up to 30 s, finds out by the event ids whether it had been committed, and completes it if not.
    /// After a cancellation the outcome is open; repeating the append with the same ids is harmless.
    /// </remarks>
    /// <param name="appends">
    /// In the order in which things happened: positions are drawn in this order over all streams. A stream may be named again when it goes on exactly where its append before ends.
    /// </param>
    /// <param name="metadata">Of all events that have none of their own.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>For each append, in the order given, where its stream ends now.</returns>
    /// <exception cref="WrongExpectedVersionException">A stream was at another version.</exception>
    /// <exception cref="StreamArchivedException">A stream is archived.</exception>
    /// <exception cref="EventIdConflictException">Event ids are taken by other events.</exception>
    /// <exception cref="UnknownEventTypeException">An event's type is not registered.</exception>
    /// <exception cref="EventTooLargeException">An event exceeds <see cref="AppendLimits.EventBytes"/>.</exception>
    /// <exception cref="AppendTooLargeException">There are more events than <see cref="AppendLimits.Events"/>.</exception>
    /// <exception cref="EventNotStorableException">PostgreSQL cannot keep the contents.</exception>
    /// <exception cref="EventStoreUnavailableException">The database was not reached in time; nothing was written.</exception>
    /// <exception cref="AppendOutcomeUnknownException">The database was lost in the middle and did not come back in time.</exception>
    public async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, CancellationToken ct = default) =>
        await _group.RunAsync(new AppendRequest(appends, metadata, commandId: null, _types, await _sealing.SealAsync(appends, ct)), ct);

    /// <summary>Appends what a command came to. When it was carried out before, whatever it came to then, nothing is written and that result is given again, as a duplicate.</summary>
    /// <param name="appends">As without a command.</param>
    /// <param name="metadata">As without a command.</param>
    /// <param name="commandId">Made by who sends the command, once.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <inheritdoc cref="AppendAsync(IReadOnlyList{StreamAppend}, EventMetadata, CancellationToken)"/>
    public async Task<IReadOnlyList<AppendResult>> AppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, Guid commandId, CancellationToken ct = default) =>
        await _group.RunAsync(new AppendRequest(appends, metadata, commandId, _types, await _sealing.SealAsync(appends, ct)), ct);

    /// <summary>What a command came to, where each of its streams ended then; null when it was never carried out.</summary>
    public async Task<IReadOnlyList<AppendResult>?> FindCommandAsync(Guid commandId, CancellationToken ct = default)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(ct);
        return await SingleAppend.FindCommandAsync(connection, commandId, ct);
    }

    /// <summary>Appends many new streams, as an import does: fast, in several short transactions, idempotent by stream.</summary>
    /// <remarks>Streams that exist are left alone and reported. Each stream is written whole or not at all; after a failure the same call may be repeated.</remarks>
    /// <exception cref="ArgumentException">A stream is not expected to be new (<see cref="ExpectedVersion.NoStream"/>), or the list is empty or names something twice.</exception>
    /// <inheritdoc cref="AppendAsync(IReadOnlyList{StreamAppend}, EventMetadata, CancellationToken)" path="/exception"/>
    public async Task<BulkAppendResult> BulkAppendAsync(IReadOnlyList<StreamAppend> appends, EventMetadata metadata, CancellationToken ct = default)
    {
        var result = await _bulk.AppendAsync(appends, metadata, ct);
        _notifier.Notify();
        return result;
    }

    /// <summary>Archives a stream: it takes no more events, and those it has are marked as archived. Archiving again changes nothing.</summary>
    /// <exception cref="StreamNotFoundException">There is no such stream.</exception>
    public async Task ArchiveStreamAsync(Guid streamId, CancellationToken ct = default)
    {
        await using var archive = _dataSource.CreateCommand("select exists (select from public.mt_streams where id = $1), public.mt_archive_stream($1)");
        archive.Parameters.Add(new NpgsqlParameter { Value = streamId });
        if (await archive.ExecuteScalarAsync(ct) is not true)
        {
            throw new StreamNotFoundException(streamId);
        }
    }

    /// <summary>Archives many streams in one transaction; those that are not there, or are archived already, are no fault.</summary>
    public async Task ArchiveStreamsAsync(IReadOnlyCollection<Guid> streamIds, CancellationToken ct = default)
    {
        await using var archive = _dataSource.CreateCommand("select public.mt_archive_stream(n.id) from unnest($1) as n (id) order by n.id");
        archive.Parameters.Add(new NpgsqlParameter { Value = streamIds.ToArray() });
        await archive.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A stream's events, in order; empty when there is no such stream or nothing in these bounds.</summary>
    /// <param name="streamId">The stream.</param>
    /// <param name="afterVersion">Those after this version.</param>
    /// <param name="version">Those up to and with this version.</param>
    /// <param name="timestamp">Those before the first one that was recorded later.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<IReadOnlyList<StoredEvent>> FetchStreamAsync(
        Guid streamId, long afterVersion = 0, long? version = null, DateTimeOffset? timestamp = null, CancellationToken ct = default) =>
        _reader.StreamAsync(streamId, afterVersion, version, timestamp, ct);

    /// <summary>A stream's state, folded from its events: the present one, or that at a version or an instant.</summary>
    /// <param name="aggregate">How the stream becomes a state.</param>
    /// <param name="streamId">The stream, which need not exist.</param>
    /// <param name="version">The state after this version; where the stream is shorter, after its last.</param>
    /// <param name="timestamp">The state before the first event that was recorded later.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="UnknownEventTypeException">The stream holds an event of a type that nobody registered.</exception>
    /// <exception cref="UnreadableEventException">The stream holds an event that does not fit its type.</exception>
    public async Task<StreamState<TState>> AggregateStreamAsync<TState>(
        Aggregate<TState> aggregate, Guid streamId, long? version = null, DateTimeOffset? timestamp = null, CancellationToken ct = default)
    {
        var loaded = await States.LoadAsync(aggregate, streamId, version, timestamp, ct);
        return new StreamState<TState>(loaded.State, loaded.Version);
    }

    /// <summary>The next events of the global log, up to the safe mark: whoever reads on from <see cref="EventPage.NextAfter"/> never skips one.</summary>
    /// <param name="after">Positions above this one.</param>
    /// <param name="limit">At most so many events, from 1 up.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<EventPage> ReadAllAsync(long after, int limit, CancellationToken ct = default) => ReadAllAsync(after, limit, types: null, ct);

    /// <summary>The same, of certain types only; registered names as from <see cref="EventTypes.NamesOf(IEnumerable{Type})"/>.</summary>
    /// <inheritdoc cref="ReadAllAsync(long, int, CancellationToken)"/>
    public async Task<EventPage> ReadAllAsync(long after, int limit, IReadOnlyList<string>? types, CancellationToken ct = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var mark = _safeMark.Last > after ? _safeMark.Last : await _safeMark.LookAsync(ct);
        return mark > after ? await _reader.PageAsync(after, mark, limit, types, ct) : new EventPage([], after, mark);
    }

    /// <summary>The safe mark: the position of the last event before which nothing can appear any more. 0 in an empty store.</summary>
    /// <remarks>A transaction that has drawn a position and is still open holds the mark back; the mark never falls.</remarks>
    public Task<long> HighWaterMarkAsync(CancellationToken ct = default) => _safeMark.LookAsync(ct);

    /// <summary>Folds streams.</summary>
    internal StateReader States { get; }

    /// <summary>Keeps folded streams.</summary>
    internal SnapshotStore Snapshots { get; }

    /// <summary>The transactions that have kept readers waiting for 5 s or longer, as last seen while somebody read; they are logged too.</summary>
    public IReadOnlyList<OpenAppend> HeldBackBy => _safeMark.HeldBy;

    /// <summary>True while positions above the mark are drawn by transactions that were still open at the last look.</summary>
    internal bool HeldBack => _safeMark.HeldBack;

    /// <summary>Waits until what was appended has been announced to readers.</summary>
    public async ValueTask DisposeAsync()
    {
        await _group.DisposeAsync();
        await _notifier.DisposeAsync();
        await _safeMark.DisposeAsync();
    }
}
