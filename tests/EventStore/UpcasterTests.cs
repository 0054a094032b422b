using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>Events whose shape changed: stored as they were, read as they would be written now.</summary>
[Collection(PostgresCollection.Name)]
public sealed class UpcasterTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Aggregate<int> Seconds = new("call", 0, (sum, data) => sum + ((Waited)data).Seconds);
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Old_shapes_are_read_as_the_newest_through_every_step_and_keep_their_stored_name()
    {
        await StoreOldShapesAsync();
        await using var store = Open(Chain());

        var stored = await store.FetchStreamAsync(_stream);

        stored.Select(e => e.Data).ShouldBe([new Waited(60, "unknown"), new Waited(30, "unknown"), new Waited(1, "Support"), new Waited(7, "by hand")]);
        stored.Select(e => e.Type).ShouldBe(["waited_minutes", "waited_seconds", "waited", "waiting_noted"]);
        stored[0].Json.ShouldContain("Minutes");
        (await store.AggregateStreamAsync(Seconds, _stream)).ShouldBe(new StreamState<int>(98, 4));
        (await new CommandHandler(store).HandleAsync(Seconds, _stream, sum => [EventData.Of(new Waited(sum, "Sales"))], EventMetadata.None)).State.ShouldBe(196);
    }

    [Fact]
    public async Task A_filter_by_the_new_type_finds_what_was_stored_under_the_old_names()
    {
        await StoreOldShapesAsync();
        await using var store = Open(Chain());

        var page = await store.ReadAllAsync(0, 10, store.Types.NamesOf([typeof(Waited)]));

        page.Events.Select(e => e.Version).ShouldBe([1, 2, 3, 4]);
        store.Types.NamesOf([typeof(Counted)]).ShouldBe(["counted"]);
    }

    [Fact]
    public async Task A_projection_sees_only_the_new_shape()
    {
        await StoreOldShapesAsync();
        await using var store = Open(Chain());
        await using var runtime = new ProjectionRuntime(store, _harness.DataSource, [new WaitingTimes()], TimeProvider.System, NullLogger.Instance);

        await runtime.StartAsync();
        await runtime.WaitForAsync(await store.HighWaterMarkAsync());

        (await _harness.ScalarAsync<long>("select sum(seconds)::bigint from waiting_times.waits")).ShouldBe(98);
    }

    [Fact]
    public async Task A_shape_that_changed_in_place_is_told_apart_by_its_JSON()
    {
        await _harness.ExecuteAsync(Insert(1, "waited", """{"Seconds": 5}""") + Insert(2, "waited", """{"Seconds": 6, "Queue": "Sales"}"""));
        await using var store = Open(new EventTypes().Upcast("waited", json =>
            new Waited(json.GetProperty("Seconds").GetInt32(), json.TryGetProperty("Queue", out var queue) ? queue.GetString()! : "unknown")));

        await store.AppendAsync(StoreHarness.To(_stream, ExpectedVersion.Exact(2), new Waited(7, "Support")), EventMetadata.None);

        (await store.FetchStreamAsync(_stream)).Select(e => e.Data).ShouldBe([new Waited(5, "unknown"), new Waited(6, "Sales"), new Waited(7, "Support")]);
    }

    [Fact]
    public async Task An_upcaster_that_fails_names_the_event()
    {
        await _harness.ExecuteAsync(Insert(1, "waiting_noted", """{"Other": 5}"""));
        await using var store = Open(Chain());

        var stored = (await store.FetchStreamAsync(_stream)).ShouldHaveSingleItem();
        var refusal = Should.Throw<UnreadableEventException>(() => stored.Data);
        var alike = await Should.ThrowAsync<UnreadableEventException>(() => store.AggregateStreamAsync(Seconds, _stream));

        refusal.Message.ShouldContain($"'waiting_noted' at position 1 (stream {_stream}, version 1)");
        alike.Message.ShouldBe(refusal.Message);
    }

    [Fact]
    public void An_old_shape_is_no_longer_appended_and_the_order_of_registration_does_not_matter()
    {
        var types = new EventTypes().Upcast<WaitedSeconds, Waited>(Name).Upcast<WaitedMinutes, WaitedSeconds>(Convert);

        Should.Throw<UnknownEventTypeException>(() => types.NamesOf([typeof(WaitedMinutes)]));
        Should.Throw<UnknownEventTypeException>(() => types.NamesOf([typeof(WaitedSeconds)]));
        types.NamesOf([typeof(Waited)]).Order().ShouldBe(["waited", "waited_minutes", "waited_seconds"]);
        Should.Throw<ArgumentException>(() => types.Add<WaitedMinutes>()).Message.ShouldContain("is upcast to");
    }

    [Fact]
    public void Contradictions_are_refused()
    {
        Should.Throw<ArgumentException>(() => Chain().Upcast<WaitedMinutes, Waited>(_ => new Waited(0, ""))).Message.ShouldContain("'waited_minutes' are read as");
        Should.Throw<ArgumentException>(() => Chain().Upcast<Waited, WaitedMinutes>(_ => new WaitedMinutes(0))).Message.ShouldContain("comes back");
        Should.Throw<ArgumentException>(() => Chain().Upcast<Counted, Waited>("waited", _ => new Waited(0, ""))).Message.ShouldContain("'waited'");
        Should.Throw<ArgumentException>(() => new EventTypes().Upcast<WaitedSeconds, Waited>("waited", Name)).Message.ShouldContain("by their JSON");
    }

    private static EventTypes Chain() => new EventTypes()
        .Add<Counted>().Add<Waited>()
        .Upcast<WaitedMinutes, WaitedSeconds>(Convert)
        .Upcast<WaitedSeconds, Waited>(Name)
        .Upcast("waiting_noted", json => new Waited(json.GetProperty("Noted").GetInt32(), "by hand"));

    private static WaitedSeconds Convert(WaitedMinutes old) => new(old.Minutes * 60);

    private static Waited Name(WaitedSeconds old) => new(old.Seconds, "unknown");

    private Task StoreOldShapesAsync() => _harness.ExecuteAsync(
        Insert(1, "waited_minutes", """{"Minutes": 1}""") + Insert(2, "waited_seconds", """{"Seconds": 30}""")
        + Insert(3, "waited", """{"Queue": "Support", "Seconds": 1}""") + Insert(4, "waiting_noted", """{"Noted": 7}"""));

    private string Insert(int version, string type, string json) => $"""
        insert into mt_streams (id, type, version) values ('{_stream}', 'call', {version}) on conflict (id) do update set version = excluded.version;
        insert into mt_events (seq_id, id, stream_id, version, data, type) values (nextval('mt_events_sequence'), gen_random_uuid(), '{_stream}', {version}, '{json}', '{type}');
        """;

    private PostgresEventStore Open(EventTypes types) => new(_harness.DataSource, types, TimeProvider.System, NullLogger.Instance);

    private sealed record WaitedMinutes(int Minutes);

    private sealed record WaitedSeconds(int Seconds);

    private sealed record Waited(int Seconds, string Queue);

    private sealed class WaitingTimes : IProjection
    {
        public string Name => "waiting_times";

        public IReadOnlyCollection<Type> Handles { get; } = [typeof(Waited)];

        public string Schema(string schemaName) => $"create table if not exists {schemaName}.waits (position bigint primary key, seconds int not null)";

        public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
        {
            foreach (var stored in batch.Events)
            {
                await using var command = new NpgsqlCommand(
                    $"insert into {batch.SchemaName}.waits values ({stored.Position}, {((Waited)stored.Data).Seconds})", batch.Connection, batch.Transaction);
                await command.ExecuteNonQueryAsync(ct);
            }
        }
    }
}
