namespace CallCenter.EventStore.Contract;

/// <summary>A repeat is harmless, whether it is known by its events or by its command.</summary>
public abstract class Idempotency(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private readonly Guid _stream = Guid.NewGuid();

    [Fact]
    public async Task Repeating_an_append_changes_nothing_and_gives_the_first_answer_as_a_duplicate()
    {
        StreamAppend[] appends = [To(_stream, ExpectedVersion.NoStream, new Counted(1), new Noted("2")), To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(3))];
        var first = await AppendAsync(appends);
        first.ShouldAllBe(result => !result.Duplicate);
        await AppendAsync(_stream, ExpectedVersion.Any, new Counted(4));

        var repeated = await AppendAsync(appends);

        repeated.ShouldBe(first.Select(result => result with { Duplicate = true }));
        (await ReadToEndAsync()).Count.ShouldBe(4);
        (await FetchAsync(_stream)).Select(e => e.Data).ShouldBe([new Counted(1), new Noted("2"), new Counted(4)]);
    }

    [Theory]
    [InlineData("any")]
    [InlineData("exact")]
    [InlineData("archived")]
    public async Task A_repeat_is_known_whatever_has_become_of_the_stream(string state)
    {
        await AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));
        var append = To(_stream, state == "exact" ? ExpectedVersion.Exact(1) : ExpectedVersion.Any, new Counted(2));
        await AppendAsync(append);
        if (state == "archived")
        {
            await Store.ArchiveStreamAsync(_stream);
        }

        (await AppendAsync(append)).ShouldSatisfyAllConditions(result => result.Duplicate.ShouldBeTrue(), result => result.Version.ShouldBe(2));
        (await FetchAsync(_stream)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Event_ids_that_are_taken_by_anything_else_are_refused_by_name()
    {
        var append = To(_stream, ExpectedVersion.NoStream, new Counted(1));
        await AppendAsync(append);
        var taken = append.Events[0];
        (string How, StreamAppend Append)[] wrong =
        [
            ("other contents", append with { Events = [taken with { Data = new Counted(2) }] }),
            ("another type", append with { Events = [taken with { Data = new Noted("1") }] }),
            ("another stream", append with { StreamId = Guid.NewGuid() }),
            ("a new event behind it", append with { Expected = ExpectedVersion.Any, Events = [taken, EventData.Of(new Counted(2))] }),
            ("the version that the stream has", append with { StreamId = _stream, Expected = ExpectedVersion.Exact(1), Events = [taken with { Data = new Counted(2) }] }),
        ];
        foreach (var (how, attempt) in wrong)
        {
            (await Should.ThrowAsync<EventIdConflictException>(() => AppendAsync(attempt), how)).EventId.ShouldBe(taken.Id, how);
        }

        (await ReadToEndAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_command_that_is_repeated_is_answered_with_what_the_first_came_to()
    {
        var (command, other) = (Guid.NewGuid(), Guid.NewGuid());
        (await Store.FindCommandAsync(command)).ShouldBeNull();
        var first = await AppendAsync([To(_stream, ExpectedVersion.NoStream, new Counted(1)), To(other, ExpectedVersion.NoStream, new Counted(2), new Counted(3))], command);
        first.ShouldAllBe(result => !result.Duplicate);
        await AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(4));

        // Decided anew on another state, with other events: still the same command.
        var repeated = await AppendAsync([To(Guid.NewGuid(), ExpectedVersion.NoStream, new Counted(9))], command);

        repeated.ShouldBe(first.Select(result => result with { Duplicate = true }));
        (await Store.FindCommandAsync(command)).ShouldBe(repeated);
        (await ReadToEndAsync()).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_command_that_was_refused_may_be_tried_again()
    {
        var command = Guid.NewGuid();
        await Should.ThrowAsync<WrongExpectedVersionException>(() => AppendAsync([To(_stream, ExpectedVersion.Exact(1), new Counted(1))], command));
        (await Store.FindCommandAsync(command)).ShouldBeNull();

        (await AppendAsync([To(_stream, ExpectedVersion.NoStream, new Counted(1))], command))[0].Duplicate.ShouldBeFalse();
    }

    [Fact]
    public async Task Commands_of_different_ids_do_not_meet_and_an_empty_id_is_refused()
    {
        await AppendAsync([To(_stream, ExpectedVersion.Any, new Counted(1))], Guid.NewGuid());
        (await AppendAsync([To(_stream, ExpectedVersion.Any, new Counted(1))], Guid.NewGuid()))[0].Version.ShouldBe(2);

        await Should.ThrowAsync<ArgumentException>(() => AppendAsync([To(_stream, ExpectedVersion.Any, new Counted(6))], Guid.Empty));
        (await FetchAsync(_stream)).Count.ShouldBe(2);
    }
}
