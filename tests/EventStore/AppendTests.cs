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
    public async Task Events_of_several_streams_keep_the_order_in_which_they_were_given()
    {
        await using var harness = await StoreHarness.CreateAsync(postgres);
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());

        var results = await harness.Store.AppendAsync(
            [
                StoreHarness.To(one, ExpectedVersion.NoStream, new Counted(1)),
                StoreHarness.To(other, ExpectedVersion.NoStream, new Counted(2)),
                StoreHarness.To(one, ExpectedVersion.Exact(1), new Counted(3)),
            ],
            EventMetadata.None);

        results.Select(result => (result.StreamId, result.Version)).ShouldBe([(one, 2), (other, 1), (one, 2)]);
        (await harness.ReadToEndAsync()).Select(e => (e.StreamId, e.Version, e.Data)).ShouldBe([(one, 1L, new Counted(1)), (other, 1L, new Counted(2)), (one, 2L, new Counted(3))]);
        await Should.ThrowAsync<ArgumentException>(() => harness.Store.AppendAsync(
            [StoreHarness.To(one, ExpectedVersion.Exact(2), new Counted(4)), StoreHarness.To(one, ExpectedVersion.Exact(4), new Counted(5))], EventMetadata.None));
    }

    [Fact]
    public async Task What_was_appended_is_read_back_with_all_that_belongs_to_it()
    {
        var append = StoreHarness.To(_stream, ExpectedVersion.NoStream, new CallQueued("Supp\"ört ☎", Noon, Mood.Angry), new CallAnswered("7"));

        var result = await Store.AppendAsync(append, new EventMetadata("call-1", "command-1", "ada"));

        result.ShouldBe(new AppendResult(_stream, 2, 2, Duplicate: false));
        var stored = await Store.FetchStreamAsync(_stream);
        stored.Select(e => e.Id).ShouldBe(append.Events.Select(e => e.Id));
        stored.Select(e => e.Version).ShouldBe([1, 2]);
        stored.Select(e => e.Position).ShouldBe([1, 2]);
        stored[0].Data.ShouldBe(new CallQueued("Supp\"ört ☎", Noon, Mood.Angry));
        stored[0].Type.ShouldBe("call_queued");
        stored[0].StreamType.ShouldBe("call");
        stored[0].StreamId.ShouldBe(_stream);
        stored[0].Metadata.ShouldBe(new EventMetadata("call-1", "command-1", "ada"));
        stored[0].RecordedAt.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        (await _harness.ScalarAsync<string>("select type || ' ' || version from mt_streams")).ShouldBe("call 2");
        (await _harness.ScalarAsync<string>("select mt_dotnet_type from mt_events where seq_id = 1")).ShouldBe("CallCenter.EventStore.Tests.CallQueued, CallCenter.EventStore.Tests");
    }

    [Fact]
    public async Task Contents_are_kept_with_member_names_as_declared_enums_by_name_and_instants_in_UTC()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new CallQueued("Support", Noon, Mood.Angry));

        var json = (await Store.FetchStreamAsync(_stream))[0].Json;

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

    public static TheoryData<int, string, long?> Expectations() => new()
    {
        // Events there, expectation, version afterwards (null: refused).
        { 0, "any", 1 }, { 2, "any", 3 },
        { 0, "none", 1 }, { 2, "none", null },
        { 0, "exists", null }, { 2, "exists", 3 },
        { 0, "0", 1 }, { 2, "0", null }, { 2, "1", null }, { 2, "2", 3 }, { 2, "3", null }, { 0, "1", null },
    };

    [Theory]
    [MemberData(nameof(Expectations))]
    public async Task The_version_before_the_append_must_be_the_expected_one(int there, string expectation, long? after)
    {
        for (var i = 0; i < there; i++)
        {
            await _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(i));
        }

        var expected = expectation switch
        {
            "any" => ExpectedVersion.Any,
            "none" => ExpectedVersion.NoStream,
            "exists" => ExpectedVersion.StreamExists,
            _ => ExpectedVersion.Exact(long.Parse(expectation)),
        };
        if (after is { } version)
        {
            (await _harness.AppendAsync(_stream, expected, new Counted(9))).Version.ShouldBe(version);
            return;
        }

        var refusal = await Should.ThrowAsync<WrongExpectedVersionException>(() => _harness.AppendAsync(_stream, expected, new Counted(9)));
        (refusal.StreamId, refusal.Expected, refusal.Actual).ShouldBe((_stream, expected, there));
        (await Store.FetchStreamAsync(_stream)).Count.ShouldBe(there);
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
    public async Task Several_streams_are_appended_to_together_or_not_at_all()
    {
        var (first, second) = (Guid.NewGuid(), Guid.NewGuid());
        await _harness.AppendAsync(second, ExpectedVersion.NoStream, new Counted(0));
        StreamAppend[] appends = [StoreHarness.To(second, ExpectedVersion.Exact(1), new Counted(1)), StoreHarness.To(first, ExpectedVersion.NoStream, new Counted(2), new Counted(3))];

        (await Store.AppendAsync(appends, EventMetadata.None)).ShouldBe([new(second, 2, 2, Duplicate: false), new(first, 2, 4, Duplicate: false)]);

        StreamAppend[] conflicting = [StoreHarness.To(first, ExpectedVersion.Exact(2), new Counted(4)), StoreHarness.To(second, ExpectedVersion.Exact(1), new Counted(5))];
        (await Should.ThrowAsync<WrongExpectedVersionException>(() => Store.AppendAsync(conflicting, EventMetadata.None))).StreamId.ShouldBe(second);
        (await Store.FetchStreamAsync(first)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Repeating_an_append_changes_nothing_and_says_so()
    {
        var other = Guid.NewGuid();
        StreamAppend[] appends = [StoreHarness.To(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2)), StoreHarness.To(other, ExpectedVersion.Any, new Counted(3))];
        var first = await Store.AppendAsync(appends, EventMetadata.None);
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(4));

        var repeated = await Store.AppendAsync(appends, EventMetadata.None);

        repeated.ShouldBe(first.Select(result => result with { Duplicate = true }));
        (await _harness.ReadToEndAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task The_same_append_from_many_at_once_is_stored_once()
    {
        var append = StoreHarness.To(_stream, ExpectedVersion.NoStream, new Counted(1), new Counted(2));

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Store.AppendAsync(append, EventMetadata.None)));

        results.Count(result => !result.Duplicate).ShouldBe(1);
        results.Select(result => (result.Version, result.LastPosition)).Distinct().Count().ShouldBe(1);
        (await _harness.ReadToEndAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Event_ids_that_are_taken_by_anything_else_are_refused_by_name()
    {
        var append = StoreHarness.To(_stream, ExpectedVersion.NoStream, new Counted(1));
        await Store.AppendAsync(append, EventMetadata.None);
        var taken = append.Events[0];
        StreamAppend[] wrong =
        [
            append with { Events = [taken with { Data = new Counted(2) }] },
            append with { StreamId = Guid.NewGuid() },
            append with { Expected = ExpectedVersion.Any, Events = [taken, EventData.Of(new Counted(2))] },
        ];
        foreach (var attempt in wrong)
        {
            (await Should.ThrowAsync<EventIdConflictException>(() => Store.AppendAsync(attempt, EventMetadata.None))).EventId.ShouldBe(taken.Id);
        }

        (await _harness.ReadToEndAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_archived_stream_takes_no_more_events_and_keeps_those_it_has()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));

        await Store.ArchiveStreamAsync(_stream);
        await Store.ArchiveStreamAsync(_stream);

        (await Should.ThrowAsync<StreamArchivedException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(2)))).StreamId.ShouldBe(_stream);
        (await Store.FetchStreamAsync(_stream)).Select(e => e.Data).ShouldBe([new Counted(1)]);
        (await _harness.ScalarAsync<bool>("select bool_and(is_archived) from mt_events")).ShouldBeTrue();
        var nowhere = Guid.NewGuid();
        (await Should.ThrowAsync<StreamNotFoundException>(() => Store.ArchiveStreamAsync(nowhere))).StreamId.ShouldBe(nowhere);
    }

    [Fact]
    public async Task A_command_that_is_repeated_is_answered_with_what_the_first_came_to()
    {
        var (command, other) = (Guid.NewGuid(), Guid.NewGuid());
        (await Store.FindCommandAsync(command)).ShouldBeNull();
        var first = await Store.AppendAsync(
            [StoreHarness.To(_stream, ExpectedVersion.NoStream, new Counted(1)), StoreHarness.To(other, ExpectedVersion.NoStream, new Counted(2), new Counted(3))], EventMetadata.None, command);
        await _harness.AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(4));

        // Decided anew on another state, with other events: still the same command.
        var repeated = await Store.AppendAsync([StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(9))], EventMetadata.None, command);

        repeated.ShouldBe(first.Select(result => result with { Duplicate = true }));
        (await Store.FindCommandAsync(command)).ShouldBe(repeated);
        (await _harness.ReadToEndAsync()).Count.ShouldBe(4);
        (await Store.AppendAsync([StoreHarness.To(_stream, ExpectedVersion.Exact(2), new Counted(5))], EventMetadata.None, Guid.NewGuid()))[0].Version.ShouldBe(3);
        await Should.ThrowAsync<ArgumentException>(() => Store.AppendAsync([StoreHarness.To(_stream, ExpectedVersion.Any, new Counted(6))], EventMetadata.None, Guid.Empty));
    }

    [Fact]
    public async Task The_same_command_from_many_at_once_is_carried_out_once()
    {
        var command = Guid.NewGuid();

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store.AppendAsync([StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(i))], EventMetadata.None, command)));

        results.Count(result => !result[0].Duplicate).ShouldBe(1);
        results.Select(result => result[0].StreamId).Distinct().Count().ShouldBe(1);
        (await _harness.ReadToEndAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_stored_is_refused_with_its_reason()
    {
        (await Should.ThrowAsync<UnknownEventTypeException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new NeverRegistered("x")))).Message.ShouldContain("NeverRegistered");
        (await Should.ThrowAsync<EventTooLargeException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new CallAnswered(new string('x', AppendLimits.EventBytes)))))
            .Message.ShouldContain("call_answered");
        await Should.ThrowAsync<AppendTooLargeException>(
            () => _harness.AppendAsync(_stream, ExpectedVersion.Any, [.. Enumerable.Range(0, AppendLimits.Events + 1).Select(i => (object)new Counted(i))]));
        (await Should.ThrowAsync<EventNotStorableException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any, new CallAnswered("a\0b")))).Message.ShouldContain($"{_stream}");
        await Should.ThrowAsync<ArgumentException>(() => _harness.AppendAsync(_stream, ExpectedVersion.Any));
        await Should.ThrowAsync<ArgumentException>(() => _harness.AppendAsync(Guid.Empty, ExpectedVersion.Any, new Counted(1)));

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
    public async Task A_stream_is_read_on_from_a_version()
    {
        await _harness.AppendAsync(_stream, ExpectedVersion.Any, new Counted(1), new Counted(2), new Counted(3));

        (await Store.FetchStreamAsync(_stream, afterVersion: 1)).Select(e => e.Data).ShouldBe([new Counted(2), new Counted(3)]);
        (await Store.FetchStreamAsync(Guid.NewGuid())).ShouldBeEmpty();
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
