using CallCenter.Testing;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class AppendTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 13, 0, 0, 123, TimeSpan.FromHours(1));
    private readonly Guid _stream = Guid.NewGuid();
    private StoreHarness _harness = null!;

    private PostgresEventStore Store => _harness.Store;

    public async Task InitializeAsync() => _harness = await StoreHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _harness.DisposeAsync();

    [Fact]
    public async Task Headers_are_read_back_from_the_stream_and_from_the_log_whoever_wrote_them()
    {
        var metadata = new EventMetadata("call-1", null, "ada") { Headers = new Dictionary<string, string> { ["channel"] = "voice", ["batch"] = "7" } };
        await Store.AppendAsync([StoreHarness.To(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2))], metadata);
        await Store.BulkAppendAsync([StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(3))], metadata);
        await _harness.ExecuteAsync("""update mt_events set headers = '{"tenant": {"id": 4}, "channel": "mail"}' where seq_id = 2""");

        (await Store.FetchStreamAsync(_stream))[0].Metadata.Headers.ShouldBe(metadata.Headers, ignoreOrder: true);
        var log = await _harness.ReadToEndAsync();
        log[1].Metadata.Headers.ShouldBe(new Dictionary<string, string> { ["tenant"] = """{"id": 4}""", ["channel"] = "mail" }, ignoreOrder: true);
        log[2].Metadata.Headers.ShouldBe(metadata.Headers, ignoreOrder: true);
    }

    [Fact]
    public async Task An_append_fills_Martens_columns()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new CallQueued("Support", Noon, Mood.Angry), new CallAnswered("7"));

        (await _harness.ScalarAsync<string>("select type || ' ' || version from mt_streams")).ShouldBe("call 2");
        (await _harness.ScalarAsync<string>("select type || ', ' || mt_dotnet_type from mt_events where seq_id = 1")).ShouldBe("call_queued, CallCenter.EventStore.Tests.CallQueued, CallCenter.EventStore.Tests");
    }

    [Fact]
    public async Task Contents_are_kept_with_member_names_as_declared_enums_by_name_and_instants_in_UTC()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new CallQueued("Support", Noon, Mood.Angry));

        var stored = (await Store.FetchStreamAsync(_stream))[0];
        var json = stored.Json;

        stored.Data.ShouldBe(new CallQueued("Support", Noon, Mood.Angry));
        json.ShouldContain("\"Mood\": \"Angry\"");
        json.ShouldContain("\"OccurredAt\": \"2026-03-01T12:00:00.123Z\"");
    }

    [Fact]
    public async Task Members_that_nobody_knows_any_more_are_ignored()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(3));
        await _harness.ScalarAsync<string>("""update mt_events set data = data || '{"Old": [1]}' returning type""");

        (await Store.FetchStreamAsync(_stream))[0].Data.ShouldBe(new Counted(3));
    }

    [Fact]
    public async Task A_refused_append_draws_no_position_and_leaves_no_stream()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));
        for (var i = 0; i < 3; i++)
        {
            await Should.ThrowAsync<WrongExpectedVersionException>(() => _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(2)));
        }

        await Should.ThrowAsync<WrongExpectedVersionException>(() => _harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.StreamExists, new Counted(2)));

        (await _harness.AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(2))).LastPosition.ShouldBe(2);
        (await _harness.ScalarAsync<long>("select count(*) from mt_streams")).ShouldBe(1);
    }

    [Fact]
    public async Task Archiving_marks_the_stream_and_its_events_as_Marten_does()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));

        await Store.ArchiveStreamAsync(_stream);

        (await _harness.ScalarAsync<bool>("select bool_and(e.is_archived and s.is_archived) from mt_events e join mt_streams s on s.id = e.stream_id")).ShouldBeTrue();
    }

    [Fact]
    public async Task What_PostgreSQL_cannot_keep_is_refused_with_its_stream()
    {
        (await Should.ThrowAsync<EventNotStorableException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new CallAnswered("a\0b")))).Message.ShouldContain($"{_stream}");

        (await _harness.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_of_an_unknown_type_is_read_but_not_opened()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(1), new Counted(2));
        await _harness.ScalarAsync<long>("update mt_events set type = 'never_seen' where seq_id = 1 returning seq_id");

        var stored = await Store.FetchStreamAsync(_stream);

        stored[0].Json.ShouldBe("""{"Amount": 1}""");
        stored[1].Data.ShouldBe(new Counted(2));
        var refusal = Should.Throw<UnknownEventTypeException>(() => stored[0].Data);
        refusal.Message.ShouldContain("never_seen");
        refusal.Message.ShouldContain("position 1");
    }

    [Fact]
    public async Task Contents_that_do_not_fit_their_type_are_reported_with_their_position()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(1));
        await _harness.ScalarAsync<long>("""update mt_events set data = '{"Amount": "many"}' returning seq_id""");

        Should.Throw<UnreadableEventException>(() => _harness.Store.FetchStreamAsync(_stream).Result[0].Data).Message.ShouldContain("position 1");
    }

    [Fact]
    public async Task An_append_never_reads_a_whole_table_though_its_plans_were_made_while_there_was_nothing()
    {
        // Sessions that keep their plans, as the product's do.
        var session = new NpgsqlConnectionStringBuilder(_harness.ConnectionString) { MaxPoolSize = 4, NoResetOnClose = true };
        await using var harness = await StoreHarness.OpenAsync(session.ConnectionString);
        var before = await ScansAsync();
        for (var i = 0; i < 30; i++)
        {
            await harness.AppendAsync(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i));
        }

        (await ScansAsync()).ShouldBe(before);

        async Task<long> ScansAsync()
        {
            await harness.ScalarAsync<string>("select pg_stat_force_next_flush()::text");
            return await harness.ScalarAsync<long>("select sum(seq_scan)::bigint from pg_stat_user_tables where relname in ('mt_events', 'mt_streams')");
        }
    }
}
