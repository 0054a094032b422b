using CallCenter.Testing;

namespace CallCenter.EventStore.Tests.Personal;

[Collection(PostgresCollection.Name)]
public sealed class ForgettingTests(PostgresFixture postgres) : IDisposable
{
    private const string Number = "+49301234567";

    private static readonly object[] Whole = [new Rang(Number, "K-1"), new Noted("n")];
    private static readonly object[] Gone = [new Rang("forgotten", "forgotten"), new Noted("forgotten")];

    private readonly TemporaryFolder _keys = new();

    [Fact]
    public async Task What_was_written_of_a_forgotten_person_reads_forgotten_and_others_are_untouched()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var second = await node.AnotherAsync();
        var call = await node.NewStreamAsync(new Rang(Number, null, "loans"), new Noted("about a loan"));
        var other = await node.NewStreamAsync(new Rang("+49301234568"), new Noted("about a car"));
        var recording = await node.Files.SealAsync(call, "recording/1", new byte[] { 1, 2, 3 });
        var before = await node.ScalarAsync<string>("select string_agg(e::text, '|' order by seq_id) from mt_events e");

        var forgotten = await second.Vault.ForgetAsync("number", Number);

        forgotten.Keys.Count.ShouldBe(1);
        (await node.RevealedAsync(call)).ShouldBe([new Rang("forgotten", null, "loans"), new Noted("forgotten")]);
        (await node.Files.OpenAsync(call, "recording/1", recording)).ShouldBeNull();
        (await node.RevealedAsync(other)).ShouldBe([new Rang("+49301234568"), new Noted("about a car")]);
        (await node.Reader.SearchKeysAsync("number", Number)).ShouldBe([Number]);
        (await node.ScalarAsync<string>("select string_agg(e::text, '|' order by seq_id) from mt_events e")).ShouldBe(before);
        (await second.Vault.ForgetAsync("number", Number)).Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_next_call_of_a_forgotten_number_is_a_new_persons()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var old = await node.NewStreamAsync(new Rang(Number));
        await node.Vault.ForgetAsync("number", Number);

        var next = await node.NewStreamAsync(new Rang(Number));

        (await node.RevealedAsync(next)).ShouldBe([new Rang(Number)]);
        (await node.RevealedAsync(old)).ShouldBe([new Rang("forgotten")]);
        PersonalToken.SearchKey((await node.StoredAsync<Rang>(next)).Number).ShouldNotBe(PersonalToken.SearchKey((await node.StoredAsync<Rang>(old)).Number));
    }

    [Fact]
    public async Task Later_texts_of_a_stream_belong_to_whom_its_first_named_whichever_node_writes_them()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var restarted = await node.AnotherAsync();
        var call = await node.NewStreamAsync(new Rang(Number));
        await restarted.AppendAsync(call, new Noted("from another node"));
        await restarted.AppendAsync(call, new Rang("+4989777", "K-9"));
        (await node.RevealedAsync(call)).ShouldBe([new Rang(Number), new Noted("from another node"), new Rang("+4989777", "K-9")]);

        // The number that came later leads to the same key.
        (await node.Vault.ForgetAsync("number", "+4989777")).Keys.Count.ShouldBe(1);

        (await node.RevealedAsync(call)).ShouldBe([new Rang("forgotten"), new Noted("forgotten"), new Rang("forgotten", "forgotten")]);
    }

    [Fact]
    public async Task A_stream_that_names_nobody_has_a_key_of_its_own_and_keeps_it_when_a_number_comes_later()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(""), new Noted("withheld"));
        await node.AppendAsync(call, new Noted("again"));
        (await node.ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(1);
        await node.AppendAsync(call, new Rang(Number));

        await node.Vault.ForgetAsync("number", Number);

        (await node.RevealedAsync(call)).ShouldBe([new Rang(""), new Noted("forgotten"), new Noted("forgotten"), new Rang("forgotten")]);
    }

    [Fact]
    public async Task What_comes_after_the_forgetting_in_the_same_stream_is_not_kept()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number));
        await node.Vault.ForgetAsync("number", Number);
        var late = StoreHarness.To(call, ExpectedVersion.Exact(1), new Noted("he said"));

        await node.Store.AppendAsync(late, EventMetadata.None);

        (await node.RevealedAsync(call)).ShouldBe([new Rang("forgotten"), new Noted("forgotten")]);
        (await node.StoredAsync<Noted>(call)).Notes!.ShouldEndWith("..");
        (await node.Store.AppendAsync(late, EventMetadata.None)).Duplicate.ShouldBeTrue();
        (await node.Files.OpenAsync(call, "recording/1", await node.Files.SealAsync(call, "recording/1", new byte[] { 1 }))).ShouldBeNull();
    }

    [Fact]
    public async Task Numbers_that_were_joined_are_forgotten_together_by_any_of_them_or_by_the_person()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var (ann, bob) = (Guid.NewGuid(), Guid.NewGuid());
        var calls = new[] { await node.NewStreamAsync(new Rang("111111")), await node.NewStreamAsync(new Rang("222222")), await node.NewStreamAsync(new Rang("333333")) };
        await node.Vault.JoinAsync("number", "111111", ann);
        await node.Vault.JoinAsync("number", "222222", ann);
        await node.Vault.JoinAsync("number", "333333", bob);
        await node.Vault.JoinAsync("number", "444444", bob);

        (await node.Vault.ForgetAsync("number", "222222")).ShouldSatisfyAllConditions(f => f.Keys.Count.ShouldBe(2), f => f.Keys.ShouldAllBe(key => key.PersonId == ann));

        (await node.RevealedAsync(calls[0])).ShouldBe([new Rang("forgotten")]);
        (await node.RevealedAsync(calls[1])).ShouldBe([new Rang("forgotten")]);
        (await node.RevealedAsync(calls[2])).ShouldBe([new Rang("333333")]);
        var unseen = await node.NewStreamAsync(new Rang("444444"));
        (await node.Vault.ForgetAsync(bob)).Keys.Count.ShouldBe(2);
        (await node.RevealedAsync(unseen)).ShouldBe([new Rang("forgotten")]);
        (await node.Vault.ForgetAsync(bob)).Keys.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_phone_that_two_customers_share_does_not_make_them_one()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var (first, second) = (await node.NewStreamAsync(new Rang(Number, "K-1")), await node.NewStreamAsync(new Rang(Number, "K-2")));

        await node.Vault.ForgetAsync("customer", "K-1");

        (await node.RevealedAsync(first)).ShouldBe([new Rang("forgotten", "forgotten")]);
        (await node.RevealedAsync(second)).ShouldBe([new Rang(Number, "K-2")]);

        await node.Vault.ForgetAsync("number", Number);

        (await node.RevealedAsync(second)).ShouldBe([new Rang("forgotten", "forgotten")]);
    }

    [Fact]
    public async Task On_every_node_the_next_call_is_a_new_persons_at_once()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var other = await node.AnotherAsync();
        var old = await other.NewStreamAsync(new Rang(Number));
        await node.Vault.ForgetAsync("number", Number);

        var next = await other.NewStreamAsync(new Rang(Number));

        (await other.RevealedAsync(old)).ShouldBe([new Rang("forgotten")]);
        (await other.RevealedAsync(next)).ShouldBe([new Rang(Number)]);
    }

    [Fact]
    public async Task Forgetting_while_calls_come_in_leaves_none_half_readable()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var other = await node.AnotherAsync();
        var calls = Enumerable.Range(0, 100).Select(_ => other.NewStreamAsync(new Rang(Number, "K-1"), new Noted("n"))).ToList();
        for (var i = 0; i < 20; i++)
        {
            await node.Vault.ForgetAsync("number", Number);
        }

        foreach (var call in await Task.WhenAll(calls))
        {
            var told = await node.RevealedAsync(call);
            told.ShouldBe(told[0].Equals(Whole[0]) ? Whole : Gone);
        }

        await node.Vault.ForgetAsync("customer", "K-1");
        (await node.ScalarAsync<long>("select count(*) from person_keys.identifiers")).ShouldBe(0);
        (await node.ScalarAsync<long>("select count(*) from callcenter.forgotten_keys")).ShouldBe(await node.ScalarAsync<long>("select count(*) from person_keys.keys"));
        (await node.RevealedAsync(await calls[^1])).ShouldBe([new Rang("forgotten", "forgotten"), new Noted("forgotten")]);
        (await node.RevealedAsync(await other.NewStreamAsync(new Rang(Number)))).ShouldBe([new Rang(Number)]);
    }

    [Fact]
    public async Task An_older_backup_of_the_keys_brings_nobody_back()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number));
        await node.ScalarAsync<int>("""
            create schema backup;
            create table backup.keys as select * from person_keys.keys;
            create table backup.identifiers as select * from person_keys.identifiers;
            select 1
            """);
        await node.Vault.ForgetAsync("number", Number);
        await node.ScalarAsync<int>("""
            delete from person_keys.keys;
            insert into person_keys.keys select * from backup.keys;
            insert into person_keys.identifiers select * from backup.identifiers;
            select 1
            """);

        await using var restarted = await node.AnotherAsync();

        (await restarted.RevealedAsync(call)).ShouldBe([new Rang("forgotten")]);
        (await restarted.Reader.SearchKeysAsync("number", Number)).ShouldBe([Number]);
    }

    public void Dispose() => _keys.Dispose();
}
