using CallCenter.Testing;

namespace CallCenter.EventStore.Tests.Personal;

[Collection(PostgresCollection.Name)]
public sealed class PersonKeysTests(PostgresFixture postgres) : IDisposable
{
    private const string Number = "+49301234567";

    private readonly TemporaryFolder _keys = new();

    [Fact]
    public async Task The_master_key_lies_beside_the_database_for_its_owner_only()
    {
        var folder = Path.Combine(_keys.Path, "keys");
        await using var node = await PersonalHarness.OpenAsync(await postgres.CreateDatabaseAsync(), folder);
        var file = Directory.GetFiles(folder).ShouldHaveSingleItem();

        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await node.NewStreamAsync(new Rang(Number));
        (await node.Source.TablesWithAsync((await File.ReadAllTextAsync(file)).Trim())).ShouldBeEmpty();
    }

    [Fact]
    public async Task After_a_restart_everything_is_read_and_the_number_keeps_its_key()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number));

        await using var restarted = await node.AnotherAsync();

        (await restarted.RevealedAsync(call)).ShouldBe([new Rang(Number)]);
        await restarted.NewStreamAsync(new Rang(Number));
        (await node.ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(1);
    }

    [Fact]
    public async Task Another_master_key_is_refused_by_the_name_of_its_file()
    {
        using var others = new TemporaryFolder();
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var stranger = await PersonalHarness.CreateAsync(postgres, others);

        var refusal = await Should.ThrowAsync<MasterKeyException>(() => PersonalHarness.OpenAsync(node.ConnectionString, others.Path));

        refusal.Message.ShouldContain(Path.Combine(others.Path, MasterKey.FileName));
    }

    [Fact]
    public async Task A_missing_or_damaged_master_key_is_named_and_none_is_made_in_its_place()
    {
        using var empty = new TemporaryFolder();
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);

        (await Should.ThrowAsync<MasterKeyException>(() => PersonalHarness.OpenAsync(node.ConnectionString, empty.Path))).Message.ShouldContain(Path.Combine(empty.Path, MasterKey.FileName));
        Directory.GetFiles(empty.Path).ShouldBeEmpty();
        await File.WriteAllTextAsync(Path.Combine(empty.Path, MasterKey.FileName), "abc\n");
        (await Should.ThrowAsync<MasterKeyException>(() => PersonalHarness.OpenAsync(node.ConnectionString, empty.Path))).Message.ShouldContain("does not hold a master key");
    }

    [Fact]
    public async Task Nodes_that_start_at_once_agree_on_the_master_key()
    {
        var database = await postgres.CreateDatabaseAsync();

        var nodes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PersonalHarness.OpenAsync(database, _keys.Path)));

        var calls = await Task.WhenAll(nodes.Select(node => node.NewStreamAsync(new Rang(Number))));
        foreach (var call in calls)
        {
            (await nodes[0].RevealedAsync(call)).ShouldBe([new Rang(Number)]);
        }

        (await nodes[0].ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(1);
        Directory.GetFiles(_keys.Path).ShouldHaveSingleItem();
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Writers_who_meet_many_new_numbers_at_once_agree_on_their_keys()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var other = await node.AnotherAsync();
        var numbers = Enumerable.Range(0, 200).Select(i => $"+4930{i:D6}").ToList();

        await Task.WhenAll(numbers.SelectMany(number => new[] { node.NewStreamAsync(new Rang(number)), other.NewStreamAsync(new Rang(number)) }));

        (await node.ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(200);
        var log = await node.Reader.RevealAsync((await node.Store.ReadAllAsync(0, 1_000)).Events);
        log.Select(e => ((Rang)e.Data).Number).ShouldBe([.. numbers, .. numbers], ignoreOrder: true);
    }

    [Fact]
    public async Task A_bulk_append_makes_its_keys_together()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var appends = Enumerable.Range(0, 3_000).Select(i => StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Rang($"+4930{i % 1_000:D6}"), new Noted($"note {i}"))).ToList();

        await node.Store.BulkAppendAsync(appends, EventMetadata.None);

        (await node.ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(1_000);
        (await node.ScalarAsync<long>("select count(distinct xmin::text) from person_keys.keys")).ShouldBeLessThanOrEqualTo(2);
        (await node.RevealedAsync(appends[1_234].StreamId)).ShouldBe([new Rang("+4930000234"), new Noted("note 1234")]);
        (await node.Store.BulkAppendAsync(appends, EventMetadata.None)).Existing.Count.ShouldBe(3_000);
    }

    [Fact]
    public async Task Data_without_its_keys_says_so_and_is_not_taken_for_forgotten()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number));
        await node.ScalarAsync<int>("truncate person_keys.keys cascade; select 1");

        (await Should.ThrowAsync<PersonKeyMissingException>(() => node.RevealedAsync(call))).Message.ShouldContain("backup of the keys");
        (await node.Store.FetchStreamAsync(call)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_outside_refers_into_the_keys_schema_so_a_backup_may_leave_it_out()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);

        (await node.ScalarAsync<long>("""
            select count(*) from pg_constraint c join pg_class r on r.oid = c.confrelid
            where r.relnamespace = 'person_keys'::regnamespace and c.connamespace <> 'person_keys'::regnamespace
            """)).ShouldBe(0);
        (await node.ScalarAsync<long>("select count(*) from pg_proc where pronamespace <> 'pg_catalog'::regnamespace and prosrc like '%person\\_keys%'")).ShouldBe(0);
    }

    public void Dispose() => _keys.Dispose();
}
