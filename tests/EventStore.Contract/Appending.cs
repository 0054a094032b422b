namespace CallCenter.EventStore.Contract;

/// <summary>What is appended is what is read.</summary>
public abstract class Appending(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private readonly Guid _stream = Guid.NewGuid();

    [Fact]
    public async Task What_was_appended_is_read_back_with_all_that_belongs_to_it()
    {
        var append = To(_stream, ExpectedVersion.NoStream, new Noted("Supp\"ört ☎"), new Counted(-7));
        var metadata = new EventMetadata("call-1", "command-1", "ada");

        var result = (await Store.AppendAsync([append], metadata, commandId: null))[0];

        (result.StreamId, result.Version, result.Duplicate).ShouldBe((_stream, 2, false));
        var stored = await FetchAsync(_stream);
        stored.Select(e => (e.Id, e.Version, e.Type, e.Data)).ShouldBe(
            [(append.Events[0].Id, 1L, "noted", new Noted("Supp\"ört ☎")), (append.Events[1].Id, 2L, "counted", new Counted(-7))]);
        stored.ShouldAllBe(e => e.StreamId == _stream && e.StreamType == "call" && e.Metadata == metadata);
        stored[^1].Position.ShouldBe(result.LastPosition);
        stored[0].Position.ShouldBeInRange(1, stored[1].Position - 1);
        stored[0].RecordedAt.ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_log_tells_of_an_event_what_its_stream_tells()
    {
        await Store.AppendAsync([To(_stream, ExpectedVersion.NoStream, new Noted("a"), new Counted(1))], new EventMetadata("call-1", "command-1", "ada"), commandId: null);

        (await ReadToEndAsync()).Select(Told).ShouldBe((await FetchAsync(_stream)).Select(Told));

        static object Told(StoredEvent e) => (e.Id, e.Position, e.StreamId, e.StreamType, e.Version, e.Type, e.Data, e.RecordedAt, e.Metadata);
    }

    [Fact]
    public async Task Versions_begin_at_1_and_follow_one_another_without_a_gap()
    {
        for (var count = 1; count <= 4; count++)
        {
            await AppendAsync(Many(_stream, ExpectedVersion.Any, count));
        }

        (await FetchAsync(_stream)).Select(e => e.Version).ShouldBe(Enumerable.Range(1, 10).Select(version => (long)version));
    }

    [Fact]
    public async Task An_events_own_metadata_goes_before_that_of_the_append()
    {
        var own = new EventMetadata("own", null, "eve");
        var all = new EventMetadata("all", "command", "ada");

        await Store.AppendAsync([new StreamAppend(_stream, "call", ExpectedVersion.NoStream, [EventData.Of(new Counted(1)) with { Metadata = own }, EventData.Of(new Counted(2))])], all, commandId: null);

        (await FetchAsync(_stream)).Select(e => e.Metadata).ShouldBe([own, all]);
    }

    [Fact]
    public async Task A_stream_keeps_the_type_of_its_first_append()
    {
        await AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));
        await AppendAsync(To(_stream, ExpectedVersion.Any, new Counted(2)) with { StreamType = "agent" });

        (await FetchAsync(_stream)).Select(e => e.StreamType).ShouldBe(["call", "call"]);
    }

    [Fact]
    public async Task What_is_malformed_is_refused_and_leaves_nothing()
    {
        var good = To(_stream, ExpectedVersion.Any, new Counted(1));
        var id = good.Events[0];
        IReadOnlyList<StreamAppend>[] malformed =
        [
            [],
            [good with { StreamId = Guid.Empty }],
            [good with { StreamType = " " }],
            [good with { Events = [] }],
            [good with { Events = [id with { Id = Guid.Empty }] }],
            [good with { Events = [id, id] }],
            [good, To(Guid.NewGuid(), ExpectedVersion.Any, new Counted(2)) with { Events = [id] }],
        ];

        foreach (var appends in malformed)
        {
            await Should.ThrowAsync<ArgumentException>(() => AppendAsync(appends));
        }

        (await ReadToEndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_of_an_unregistered_type_is_refused_by_the_types_name_and_none_beside_it_is_kept()
    {
        var refusal = await Should.ThrowAsync<UnknownEventTypeException>(() => AppendAsync(_stream, ExpectedVersion.Any, new Counted(1), new NeverRegistered("x")));

        refusal.Message.ShouldContain(nameof(NeverRegistered));
        (await FetchAsync(_stream)).ShouldBeEmpty();
    }
}
