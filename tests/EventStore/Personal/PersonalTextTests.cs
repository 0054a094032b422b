using CallCenter.Testing;

namespace CallCenter.EventStore.Tests.Personal;

[Collection(PostgresCollection.Name)]
public sealed class PersonalTextTests(PostgresFixture postgres) : IDisposable
{
    private const string Number = "+49301234567";

    private readonly TemporaryFolder _keys = new();

    [Fact]
    public async Task A_personal_text_is_stored_under_the_persons_key_and_revealed_again()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number, "K-1", "loans"), new Noted("asked for Ümit \"the boss\""));

        (await node.Source.TablesWithAsync(Number)).ShouldBeEmpty();
        (await node.Source.TablesWithAsync("boss")).ShouldBeEmpty();
        var stored = await node.StoredAsync<Rang>(call);
        stored.Number.ShouldStartWith("pd1.");
        stored.Topic.ShouldBe("loans");
        (await node.RevealedAsync(call)).ShouldBe([new Rang(Number, "K-1", "loans"), new Noted("asked for Ümit \"the boss\"")]);
        (await node.ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_empty_or_not_personal_stays_as_it_is()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang("", null, "x"), new Rang("2001", IsStaff: true), new Noted(null), new Counted(3));

        (await node.Store.FetchStreamAsync(call)).Select(e => e.Data).ShouldBe([new Rang("", null, "x"), new Rang("2001", IsStaff: true), new Noted(null), new Counted(3)]);
        (await node.ScalarAsync<long>("select count(*) from person_keys.keys")).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_of_before_the_encryption_is_read_as_it_is()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Counted(1));
        await node.ScalarAsync<int>($$"""update mt_events set type = 'rang', data = '{"Number": "555", "Customer": null}' where stream_id = '{{call}}' returning 1""");

        (await node.RevealedAsync(call)).ShouldBe([new Rang("555")]);
        PersonalToken.SearchKey((await node.StoredAsync<Rang>(call)).Number).ShouldBe("555");
        (await node.Reader.SearchKeysAsync("number", "555")).ShouldContain("555");
    }

    [Fact]
    public async Task A_text_that_looks_like_a_token_is_a_text()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number), new Noted("pd1.a.b.c"));

        (await node.RevealedAsync(call))[1].ShouldBe(new Noted("pd1.a.b.c"));
    }

    [Fact]
    public async Task An_append_may_be_repeated()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var other = await node.AnotherAsync();
        var append = StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Rang(Number), new Noted("n"));
        await node.Store.AppendAsync(append, EventMetadata.None);

        (await node.Store.AppendAsync(append, EventMetadata.None)).Duplicate.ShouldBeTrue();
        (await other.Store.AppendAsync(append, EventMetadata.None)).Duplicate.ShouldBeTrue();
    }

    [Fact]
    public async Task A_number_is_found_however_it_is_written_and_only_it()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var first = await node.NewStreamAsync(new Rang(Number));
        var second = await node.NewStreamAsync(new Rang("+49 (30) 123-4567", "K-1"));
        var other = await node.NewStreamAsync(new Rang("+49301234568", "K-2"));

        var keys = await node.Reader.SearchKeysAsync("number", "+49 30 1234567");

        keys.ShouldContain(PersonalToken.SearchKey((await node.StoredAsync<Rang>(first)).Number)!);
        keys.ShouldContain(PersonalToken.SearchKey((await node.StoredAsync<Rang>(second)).Number)!);
        keys.ShouldNotContain(PersonalToken.SearchKey((await node.StoredAsync<Rang>(other)).Number)!);
        keys.ShouldNotContain(PersonalToken.SearchKey((await node.StoredAsync<Rang>(second)).Customer)!);
        (await node.Reader.SearchKeysAsync("customer", "k-1")).ShouldContain(PersonalToken.SearchKey((await node.StoredAsync<Rang>(second)).Customer)!);
        (await node.Reader.SearchKeysAsync("customer", Number)).ShouldBe([Number]);
    }

    [Fact]
    public async Task Calls_of_one_number_are_told_together_by_their_search_key()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var calls = new[] { await node.NewStreamAsync(new Rang(Number)), await node.NewStreamAsync(new Rang(Number)) };

        var stored = await Task.WhenAll(calls.Select(node.StoredAsync<Rang>));

        stored[0].Number.ShouldNotBe(stored[1].Number);
        PersonalToken.SearchKey(stored[0].Number).ShouldBe(PersonalToken.SearchKey(stored[1].Number));
    }

    [Fact]
    public async Task A_changed_token_is_an_error_and_so_is_one_that_was_moved()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var (mine, other) = (await node.NewStreamAsync(new Rang(Number), new Noted("n")), await node.NewStreamAsync(new Rang(Number)));
        var number = (await node.StoredAsync<Rang>(mine)).Number;
        var payload = number.LastIndexOf('.') + 3;

        await ShouldBeRefusedAsync(number[..payload] + (number[payload] == 'A' ? 'B' : 'A') + number[(payload + 1)..]);
        await ShouldBeRefusedAsync(number[..^4]);
        await ShouldBeRefusedAsync("pd1.");
        await ShouldBeRefusedAsync((await node.StoredAsync<Noted>(mine)).Notes!);
        await ShouldBeRefusedAsync((await node.StoredAsync<Rang>(other)).Number);

        async Task ShouldBeRefusedAsync(string token)
        {
            await node.ScalarAsync<int>($"update mt_events set data = jsonb_set(data, array['Number'], to_jsonb('{token}'::text)) where stream_id = '{mine}' and version = 1 returning 1");
            await Should.ThrowAsync<PersonalDataTamperedException>(() => node.RevealedAsync(mine));
        }
    }

    [Fact]
    public async Task A_store_without_keys_refuses_to_write_a_personal_text()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        await using var without = new PostgresEventStore(node.Source, PersonalHarness.Types, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);

        await Should.ThrowAsync<InvalidOperationException>(() => without.AppendAsync(StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Rang(Number)), EventMetadata.None));
        await without.AppendAsync(StoreHarness.To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(1)), EventMetadata.None);
    }

    [Fact]
    public void A_member_that_is_no_text_cannot_be_personal()
    {
        Should.Throw<ArgumentException>(() => new EventTypes().Add(typeof(Counted), [new PersonalMember("Amount", "text")])).Message.ShouldContain("Counted.Amount");
        Should.Throw<ArgumentException>(() => new EventTypes().Add(typeof(Noted), [new PersonalMember("Note", "text")])).Message.ShouldContain("Noted.Note");
    }

    [Theory]
    [InlineData("+49 30 / 12-34", "+49301234")]
    [InlineData("(030) 1234", "0301234")]
    [InlineData("Alice.Smith", "alice.smith")]
    [InlineData(" alicesmith ", "alicesmith")]
    [InlineData("K-1", "k-1")]
    [InlineData("1-2", "1-2")]
    public void Spellings_of_one_number_are_one_and_names_keep_their_letters(string written, string form) => IdentifierForm.Of(written).ShouldBe(form);

    [Fact]
    public async Task Bytes_are_sealed_for_their_place()
    {
        await using var node = await PersonalHarness.CreateAsync(postgres, _keys);
        var call = await node.NewStreamAsync(new Rang(Number));
        var content = new byte[100_000];
        Random.Shared.NextBytes(content);

        var sealedBytes = await node.Files.SealAsync(call, "recording/1", content);

        sealedBytes.AsSpan().IndexOf(content.AsSpan(0, 16)).ShouldBe(-1);
        (await node.Files.OpenAsync(call, "recording/1", sealedBytes)).ShouldBe(content);
        await Should.ThrowAsync<PersonalDataTamperedException>(() => node.Files.OpenAsync(call, "recording/2", sealedBytes));
        await Should.ThrowAsync<PersonalDataTamperedException>(() => node.Files.OpenAsync(Guid.NewGuid(), "recording/1", sealedBytes));
        await Should.ThrowAsync<PersonalDataTamperedException>(() => node.Files.OpenAsync(call, "recording/1", content));
        sealedBytes[^1] ^= 1;
        await Should.ThrowAsync<PersonalDataTamperedException>(() => node.Files.OpenAsync(call, "recording/1", sealedBytes));
    }

    public void Dispose() => _keys.Dispose();
}
