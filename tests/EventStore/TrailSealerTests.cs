using CallCenter.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Tests;

[Collection(PostgresCollection.Name)]
public sealed class TrailSealerTests(PostgresFixture postgres) : IAsyncLifetime
{
    private TrailHarness _trail = null!;

    public async Task InitializeAsync() => _trail = await TrailHarness.CreateAsync(postgres);

    public async Task DisposeAsync() => await _trail.DisposeAsync();

    [Fact]
    public async Task An_empty_log_has_nothing_to_seal_and_is_intact()
    {
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
        (await _trail.Sealer.SealAsync()).ShouldBe(0);
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task Keys_and_head_are_for_their_owner_only()
    {
        await _trail.AppendSealedAsync(events: 1, seals: 1);

        foreach (var file in new[] { "signing-key.pem", "verifying-key.pem", "head.json" })
        {
            File.GetUnixFileMode(Path.Combine(_trail.Folder.Path, file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Directory.GetFiles(_trail.Folder.Path).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_long_log_is_sealed_in_ranges_of_some_thousand()
    {
        var appends = Enumerable.Range(0, 10).Select(_ => StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, [.. Enumerable.Range(0, 1_000).Select(n => new Counted(n))])).ToList();
        await _trail.Store.Store.BulkAppendAsync(appends, EventMetadata.None);

        (await _trail.Sealer.SealAsync()).ShouldBe(10_000);

        (await _trail.Store.ScalarAsync<int[]>("select array_agg(events order by number) from callcenter.seals")).ShouldBe([4_096, 4_096, 1_808]);
        var report = await _trail.VerifyAsync();
        (report.Intact, report.SealedEvents, report.UnsealedEvents).ShouldBe((true, 10_000, 0));
    }

    [Fact]
    public async Task Positions_of_rolled_back_transactions_break_nothing_and_those_of_open_ones_are_waited_for()
    {
        await using var open = await _trail.Store.BeginForeignAppendAsync();
        await _trail.AppendAsync(3);
        (await _trail.Sealer.SealAsync()).ShouldBe(0);

        await using (var rollback = new NpgsqlCommand("rollback", open))
        {
            await rollback.ExecuteNonQueryAsync();
        }

        (await _trail.Sealer.SealAsync()).ShouldBe(3);
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_crash_between_the_seal_and_its_head_heals()
    {
        await _trail.AppendSealedAsync(events: 3, seals: 2);
        var before = await File.ReadAllTextAsync(_trail.Folder.HeadPath);
        await _trail.AppendSealedAsync(events: 3, seals: 1);
        var after = await File.ReadAllTextAsync(_trail.Folder.HeadPath);
        await File.WriteAllTextAsync(_trail.Folder.HeadPath, before);
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();

        (await _trail.Sealer.SealAsync()).ShouldBe(0);

        (await File.ReadAllTextAsync(_trail.Folder.HeadPath)).ShouldBe(after);
        await _trail.AppendSealedAsync(events: 3, seals: 1);
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_crash_before_the_first_head_heals()
    {
        await _trail.Sealer.SealAsync();
        var genesis = await File.ReadAllTextAsync(_trail.Folder.HeadPath);
        await _trail.AppendSealedAsync(events: 3, seals: 1);
        await File.WriteAllTextAsync(_trail.Folder.HeadPath, genesis);

        (await _trail.Sealer.SealAsync()).ShouldBe(0);

        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    [Theory]
    [InlineData("delete from callcenter.seals where number = 3", "names seal 3")]
    [InlineData("delete from callcenter.seals", "names seal 3")]
    [InlineData("update callcenter.seals set events = 2 where number = 3", "names seal 3")]
    [InlineData("insert into callcenter.seals select 4, first_position, last_position, events, total_events, recorded_from, recorded_to, sealed_at, root, previous, signature, entries from callcenter.seals where number = 3", "Seal 4")]
    public async Task Over_seals_that_do_not_fit_the_head_nothing_is_sealed(string tampering, string named)
    {
        await _trail.AppendSealedAsync(events: 3, seals: 3);
        await _trail.TamperAsync(tampering);
        await _trail.AppendAsync(1);

        var refusal = await Should.ThrowAsync<TrailException>(() => _trail.Sealer.SealAsync());

        refusal.Message.ShouldContain(named);
        (await _trail.Store.ScalarAsync<long>("select count(*) from callcenter.seals where last_position > 9")).ShouldBe(0);
    }

    [Theory]
    [InlineData("head.json", "head file")]
    [InlineData("signing-key.pem", "signing key")]
    public async Task A_lost_file_of_the_folder_is_asked_back_and_not_made_anew(string file, string named)
    {
        await _trail.AppendSealedAsync(events: 3, seals: 1);
        var path = Path.Combine(_trail.Folder.Path, file);
        File.Move(path, path + ".away");
        await _trail.AppendAsync(1);

        (await Should.ThrowAsync<TrailException>(() => _trail.Sealer.SealAsync())).Message.ShouldContain(named);

        File.Move(path + ".away", path);
        (await _trail.Sealer.SealAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData("head.json")]
    [InlineData("signing-key.pem")]
    public async Task A_file_of_the_folder_that_cannot_be_read_is_named(string file)
    {
        await _trail.AppendSealedAsync(events: 3, seals: 1);
        await File.WriteAllTextAsync(Path.Combine(_trail.Folder.Path, file), "nonsense");

        (await Should.ThrowAsync<TrailException>(() => _trail.Sealer.SealAsync())).Message.ShouldContain(file);
    }

    [Fact]
    public async Task A_database_restored_on_purpose_is_sealed_on_from_where_it_is_and_the_old_head_is_kept()
    {
        await _trail.AppendSealedAsync(events: 3, seals: 3);
        var head = await File.ReadAllTextAsync(_trail.Folder.HeadPath);
        await _trail.TamperAsync("delete from mt_events where seq_id > 6; delete from callcenter.seals where number > 2; update mt_streams set version = 3");

        (await _trail.Sealer.AcceptHeadAsync()).ShouldBe(2);

        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
        (await File.ReadAllTextAsync(Directory.GetFiles(_trail.Folder.Path, "head-replaced-*").ShouldHaveSingleItem())).ShouldBe(head);
        await _trail.AppendSealedAsync(events: 3, seals: 1);
        (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_seal_that_the_key_has_not_signed_is_not_accepted_as_head()
    {
        await _trail.AppendSealedAsync(events: 3, seals: 2);
        await _trail.TamperAsync("update callcenter.seals set events = 2 where number = 2");

        (await Should.ThrowAsync<TrailException>(() => _trail.Sealer.AcceptHeadAsync())).Message.ShouldContain("Seal 2");
    }

    [Fact]
    public async Task Several_sealers_beside_appends_make_one_chain()
    {
        await using var second = _trail.NewSealer();
        var streams = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToList();
        var writing = Task.WhenAll(streams.Select(stream => Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++)
            {
                await _trail.Store.AppendAsync(stream, ExpectedVersion.Exact(i), new Counted(i));
            }
        })));
        var sealing = Task.WhenAll(new[] { _trail.Sealer, second }.Select(sealer => Task.Run(async () =>
        {
            while (!writing.IsCompleted)
            {
                await sealer.SealAsync();
                (await _trail.VerifyAsync()).Intact.ShouldBeTrue();
            }
        })));
        await writing;
        await sealing;
        await _trail.Sealer.SealAsync();

        var report = await _trail.VerifyAsync();
        (report.Intact, report.SealedEvents, report.UnsealedEvents).ShouldBe((true, 800, 0), report.Detail);
        report.Seals.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_running_sealer_seals_by_itself_and_once_more_when_it_stops()
    {
        await using (var sealer = _trail.NewSealer())
        {
            await _trail.AppendAsync(2);
            sealer.Start();
            await Eventually.TrueAsync(async () => (await _trail.VerifyAsync()).SealedEvents == 2, "the first events are sealed");
            await _trail.AppendAsync(1);
        }

        (await _trail.VerifyAsync()).SealedEvents.ShouldBe(3);
    }

    [Fact]
    public async Task The_content_hash_can_be_computed_from_its_description_by_others()
    {
        await _trail.AppendSealedAsync(events: 2, seals: 1);
        const string Described = """
            select sha256(f(uuid_send(id)) || f(uuid_send(stream_id)) || f(int8send(version)) || f('\x01'::bytea || convert_to(data::text, 'UTF8')) || f(bdata)
                || f(convert_to(type, 'UTF8')) || f(int8send((extract(epoch from timestamp - '2000-01-01Z'::timestamptz) * 1000000)::bigint)) || f(convert_to(tenant_id, 'UTF8'))
                || f(convert_to(mt_dotnet_type, 'UTF8')) || f(convert_to(correlation_id, 'UTF8')) || f(convert_to(causation_id, 'UTF8'))
                || f('\x01'::bytea || convert_to(headers::text, 'UTF8')) || f(convert_to(user_name, 'UTF8')))
            from mt_events where seq_id = 2
            """;
        await _trail.Store.ExecuteAsync(
            "create function f(value bytea) returns bytea language sql as $$ select coalesce(int4send(octet_length(value)) || value, int4send(-1)) $$");

        (await _trail.Store.ScalarAsync<byte[]>("select substr(entries, 49, 32) from callcenter.seals")).ShouldBe(await _trail.Store.ScalarAsync<byte[]>(Described));
        (await _trail.Store.ScalarAsync<byte[]>("select substr(entries, 41, 8) from callcenter.seals")).ShouldBe([0, 0, 0, 0, 0, 0, 0, 2]);
    }
}
