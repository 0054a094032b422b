using CallCenter.Testing;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TrailDamageTests(PostgresFixture postgres) : IAsyncLifetime
{
    private TrailHarness _trail = null!;

    /// <summary>Positions 1 to 15 in three seals of five.</summary>
    public async Task InitializeAsync()
    {
        _trail = await TrailHarness.CreateAsync(postgres);
        await _trail.AppendSealedAsync(events: 5, seals: 3);
    }

    public async Task DisposeAsync() => await _trail.DisposeAsync();

    [Fact]
    public async Task What_was_sealed_and_left_alone_is_intact_and_what_came_later_is_counted()
    {
        await _trail.AppendAsync(2);

        var report = await _trail.VerifyAsync();

        report.Intact.ShouldBeTrue(report.Detail);
        (report.SealedEvents, report.UnsealedEvents, report.Seals, report.FirstBrokenPosition).ShouldBe((15, 2, 3, null));
    }

    [Theory]
    [InlineData("id = gen_random_uuid()")]
    [InlineData("stream_id = gen_random_uuid()")]
    [InlineData("version = version + 1")]
    [InlineData("""data = '{"Amount": 1000}'""")]
    [InlineData("bdata = 'x'")]
    [InlineData("type = 'call_answered'")]
    [InlineData("timestamp = timestamp - interval '1 microsecond'")]
    [InlineData("tenant_id = 'other'")]
    [InlineData("mt_dotnet_type = null")]
    [InlineData("correlation_id = ''")]
    [InlineData("causation_id = null")]
    [InlineData("headers = '{}'")]
    [InlineData("user_name = 'somebody else'")]
    public async Task A_change_of_any_column_is_named(string change)
    {
        await _trail.TamperAsync($"update mt_events set {change} where seq_id = 7");

        await ShouldBeBrokenAsync(7, TrailDamageKind.Changed);
    }

    [Fact]
    public async Task A_value_that_moves_from_one_column_to_the_next_is_a_change()
    {
        await _trail.TamperAsync("update mt_events set correlation_id = causation_id, causation_id = correlation_id where seq_id = 7");

        await ShouldBeBrokenAsync(7, TrailDamageKind.Changed);
    }

    [Fact]
    public async Task Archiving_a_stream_breaks_nothing()
    {
        await _trail.Store.ExecuteAsync("update mt_streams set is_archived = true; update mt_events set is_archived = true");

        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_removed_event_is_named()
    {
        await _trail.TamperAsync("delete from mt_events where seq_id = 10");

        await ShouldBeBrokenAsync(10, TrailDamageKind.Removed);
    }

    [Fact]
    public async Task A_removed_event_is_named_though_all_after_it_were_moved_up()
    {
        await _trail.TamperAsync("delete from mt_events where seq_id = 10; update mt_events set seq_id = seq_id - 1 where seq_id > 10");

        var report = await ShouldBeBrokenAsync(10, TrailDamageKind.Reordered);
        report.DamageCount.ShouldBe(6);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(20)]
    public async Task An_event_that_came_into_a_sealed_gap_is_named(long position)
    {
        await LeaveAGapAsync();
        await _trail.TamperAsync(
            $"insert into mt_events (seq_id, id, stream_id, version, data, type) select {position}, gen_random_uuid(), stream_id, 99, data, type from mt_events where seq_id = 1");

        await ShouldBeBrokenAsync(position, TrailDamageKind.Inserted);
    }

    [Fact]
    public async Task A_second_event_at_a_taken_position_is_named()
    {
        await _trail.TamperAsync("insert into mt_events select * from mt_events where seq_id = 6");

        await ShouldBeBrokenAsync(6, TrailDamageKind.Inserted);
    }

    [Theory]
    [InlineData(6, 7)]
    [InlineData(2, 14)]
    public async Task Events_that_changed_places_are_named(long one, long other)
    {
        await _trail.TamperAsync($"update mt_events set seq_id = {one} + {other} - seq_id where seq_id in ({one}, {other})");

        var report = await ShouldBeBrokenAsync(one, TrailDamageKind.Reordered);
        report.Damage.Select(damage => (damage.Position, damage.Kind)).ShouldBe([(one, TrailDamageKind.Reordered), (other, TrailDamageKind.Reordered)]);
    }

    [Fact]
    public async Task Contents_that_changed_places_are_named_at_both()
    {
        await _trail.TamperAsync("update mt_events e set data = o.data from mt_events o where (e.seq_id, o.seq_id) in ((7, 13), (13, 7))");

        var report = await ShouldBeBrokenAsync(7, TrailDamageKind.Changed);
        report.Damage.Select(damage => (damage.Position, damage.Kind)).ShouldBe([(7, TrailDamageKind.Changed), (13, TrailDamageKind.Changed)]);
    }

    [Fact]
    public async Task Streams_that_changed_their_events_are_named_at_each()
    {
        // The versions are made to fit, so that each stream reads as if it had always been so.
        await _trail.TamperAsync("update mt_events e set stream_id = o.stream_id, version = o.version from mt_events o where (e.seq_id, o.seq_id) in ((3, 8), (8, 3))");

        (await ShouldBeBrokenAsync(3, TrailDamageKind.Changed)).DamageCount.ShouldBe(2);
    }

    [Fact]
    public async Task An_event_moved_to_another_stream_is_named()
    {
        await _trail.TamperAsync("update mt_events set stream_id = (select stream_id from mt_events where seq_id = 2), version = 99 where seq_id = 11");

        await ShouldBeBrokenAsync(11, TrailDamageKind.Changed);
    }

    [Fact]
    public async Task One_bit_of_an_events_contents_is_named()
    {
        await _trail.TamperAsync("update mt_events set data = replace(data::text, '2', '3')::jsonb where seq_id = 8");

        await ShouldBeBrokenAsync(8, TrailDamageKind.Changed);
    }

    [Fact]
    public async Task A_seal_rewritten_with_its_entries_to_fit_a_changed_event_is_named()
    {
        // Content hash, entries, root and the link of the seal behind it are made to fit. Only the signatures cannot be.
        await _trail.TamperAsync("update mt_events set user_name = 'somebody else' where seq_id = 8");
        await _trail.ReforgeAsync(seal: 2);

        await ShouldBeBrokenAsync(6, TrailDamageKind.SealRewritten);
    }

    [Fact]
    public async Task A_tail_that_lost_its_seal_and_was_changed_is_not_sealed_anew_but_named()
    {
        await _trail.TamperAsync("""delete from callcenter.seals where number = 3; update mt_events set data = '{"Amount": 1000}' where seq_id > 10""");
        (await Should.ThrowAsync<TrailException>(() => _trail.Sealer.SealAsync())).Message.ShouldContain("names seal 3");

        await ShouldBeBrokenAsync(11, TrailDamageKind.SealRemoved);
    }

    [Fact]
    public async Task An_event_moved_into_a_gap_is_named_at_both_places()
    {
        await LeaveAGapAsync();
        await _trail.TamperAsync("update mt_events set seq_id = 18 where seq_id = 4");

        var report = await ShouldBeBrokenAsync(4, TrailDamageKind.Reordered);
        report.Damage.Select(damage => damage.Position).ShouldBe([4, 18]);
    }

    [Fact]
    public async Task A_cut_tail_under_seals_that_are_still_there_is_named()
    {
        await _trail.TamperAsync("delete from mt_events where seq_id > 12");

        await ShouldBeBrokenAsync(13, TrailDamageKind.TailCut);
    }

    [Theory]
    [InlineData(10, 2)]
    [InlineData(0, 0)]
    public async Task A_tail_cut_with_its_seals_is_named(long lastPosition, long lastSeal)
    {
        await _trail.TamperAsync($"delete from mt_events where seq_id > {lastPosition}; delete from callcenter.seals where number > {lastSeal}");

        await ShouldBeBrokenAsync(lastPosition + 1, TrailDamageKind.TailCut);
    }

    [Fact]
    public async Task Seals_cut_from_the_end_over_events_that_are_there_are_named()
    {
        await _trail.TamperAsync("delete from callcenter.seals where number = 3");

        await ShouldBeBrokenAsync(11, TrailDamageKind.SealRemoved);
    }

    [Fact]
    public async Task A_seal_removed_from_the_middle_is_named()
    {
        await _trail.TamperAsync("delete from callcenter.seals where number = 2");

        await ShouldBeBrokenAsync(6, TrailDamageKind.SealRemoved);
    }

    [Fact]
    public async Task A_seal_removed_with_its_events_and_closed_up_again_is_named()
    {
        await _trail.TamperAsync("""
            delete from mt_events where seq_id between 6 and 10;
            delete from callcenter.seals where number = 2;
            update callcenter.seals set number = 2 where number = 3
            """);

        await ShouldBeBrokenAsync(6, TrailDamageKind.SealRewritten);
    }

    [Theory]
    [InlineData("first_position = 5")]
    [InlineData("last_position = 9")]
    [InlineData("events = 4")]
    [InlineData("total_events = 11")]
    [InlineData("recorded_from = recorded_from + 1")]
    [InlineData("recorded_to = recorded_to + 1")]
    [InlineData("sealed_at = sealed_at + interval '1 microsecond'")]
    [InlineData("root = sha256('')")]
    [InlineData("previous = sha256('')")]
    [InlineData("signature = (select signature from callcenter.seals where number = 1)")]
    [InlineData("signature = ''")]
    [InlineData("entries = entries || entries")]
    [InlineData("entries = set_byte(entries, 60, get_byte(entries, 60) # 1)")]
    [InlineData("entries = ''")]
    public async Task A_rewritten_seal_is_named(string change)
    {
        await _trail.TamperAsync($"update callcenter.seals set {change} where number = 2");

        await ShouldBeBrokenAsync(6, TrailDamageKind.SealRewritten);
    }

    [Fact]
    public async Task A_chain_recomputed_without_the_key_is_named()
    {
        // The forger changes an event, removes all seals and seals anew, faultlessly, but with a key of their own.
        await _trail.TamperAsync("""update mt_events set data = '{"Amount": 1000}' where seq_id = 3; delete from callcenter.seals""");
        using var elsewhere = new TemporaryFolder();
        await using var forger = _trail.NewSealer(new TrailFolder(elsewhere.Path));
        await forger.SealAsync();

        await ShouldBeBrokenAsync(1, TrailDamageKind.SealRewritten);
    }

    [Fact]
    public async Task A_past_sealed_anew_with_the_key_is_not_the_one_that_the_head_names()
    {
        // The head file is of the first past, as an auditor's copy of it would be.
        var head = await File.ReadAllTextAsync(_trail.Folder.HeadPath);
        await _trail.TamperAsync("""update mt_events set data = '{"Amount": 1000}' where seq_id = 3; delete from callcenter.seals""");
        File.Delete(_trail.Folder.HeadPath);
        await _trail.Sealer.SealAsync();
        await _trail.AppendSealedAsync(events: 1, seals: 2);
        await File.WriteAllTextAsync(_trail.Folder.HeadPath, head);

        await ShouldBeBrokenAsync(17, TrailDamageKind.SealRewritten);
    }

    [Fact]
    public async Task A_missing_head_file_is_not_passed_over()
    {
        File.Delete(_trail.Folder.HeadPath);

        await ShouldBeBrokenAsync(position: null, TrailDamageKind.HeadMissing);
    }

    [Theory]
    [InlineData("\"number\": 3", "\"number\": 2")]
    [InlineData("\"number\"", "number")]
    [InlineData("\"signature\"", "\"else\"")]
    public async Task A_rewritten_head_file_is_named(string old, string @new)
    {
        await File.WriteAllTextAsync(_trail.Folder.HeadPath, (await File.ReadAllTextAsync(_trail.Folder.HeadPath)).Replace(old, @new, StringComparison.Ordinal));

        await ShouldBeBrokenAsync(position: null, TrailDamageKind.HeadRewritten);
    }

    [Fact]
    public async Task Without_a_key_nothing_is_called_intact_and_the_public_one_is_enough()
    {
        File.Delete(Path.Combine(_trail.Folder.Path, "signing-key.pem"));
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();

        File.Delete(Path.Combine(_trail.Folder.Path, "verifying-key.pem"));
        await ShouldBeBrokenAsync(position: null, TrailDamageKind.KeyMissing);
    }

    [Fact]
    public async Task A_verification_of_a_time_looks_at_its_events_and_at_the_whole_chain()
    {
        var start = await RecordedAtAsync(6);
        var end = await RecordedAtAsync(11);
        await _trail.TamperAsync("""update mt_events set data = '{"Amount": 1000}' where seq_id in (3, 8, 13)""");

        var report = await _trail.VerifyAsync(start, end);
        (report.SealedEvents, report.DamageCount, report.FirstBrokenPosition).ShouldBe((5, 1, 8));

        await _trail.TamperAsync("delete from callcenter.seals where number = 1");
        (await _trail.VerifyAsync(start, end)).FirstBrokenPosition.ShouldBe(1);
    }

    [Fact]
    public async Task Of_much_damage_all_is_counted_and_the_first_told()
    {
        await _trail.TamperAsync("update mt_events set user_name = null");

        var report = await ShouldBeBrokenAsync(1, TrailDamageKind.Changed);
        report.DamageCount.ShouldBe(15);
        report.Detail!.Split('\n').Length.ShouldBe(11);
        report.Detail.ShouldEndWith("and 5 more");
    }

    /// <summary>Positions 16 to 20 stay empty; 21 to 25 are a fourth seal, which speaks for them too.</summary>
    private async Task LeaveAGapAsync()
    {
        await _trail.Store.ExecuteAsync("select nextval('mt_events_sequence') from generate_series(1, 5)");
        await _trail.AppendSealedAsync(events: 5, seals: 1);
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    private async Task<DateTimeOffset> RecordedAtAsync(long position) =>
        new(await _trail.Store.ScalarAsync<DateTime>($"select timestamp from mt_events where seq_id = {position}"));

    private async Task<TrailReport> ShouldBeBrokenAsync(long? position, TrailDamageKind kind)
    {
        var report = await _trail.VerifyAsync();
        (report.Intact, report.FirstBrokenPosition, report.Damage[0].Kind).ShouldBe((false, position, kind), report.Detail);
        return report;
    }
}
