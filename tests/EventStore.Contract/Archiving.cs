namespace CallCenter.EventStore.Contract;

/// <summary>An archived stream is closed, and stays where it is.</summary>
public abstract class Archiving(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private readonly Guid _stream = Guid.NewGuid();

    [Fact]
    public async Task An_archived_stream_takes_no_more_events_and_keeps_those_it_has()
    {
        await AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));

        await Store.ArchiveStreamAsync(_stream);

        (await Should.ThrowAsync<StreamArchivedException>(() => AppendAsync(_stream, ExpectedVersion.Any, new Counted(2)))).StreamId.ShouldBe(_stream);
        (await FetchAsync(_stream)).Select(e => e.Data).ShouldBe([new Counted(1)]);
        (await ReadToEndAsync()).Select(e => e.Data).ShouldBe([new Counted(1)]);
    }

    [Fact]
    public async Task Archiving_again_changes_nothing_and_other_streams_go_on()
    {
        var other = Guid.NewGuid();
        await AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1));
        await AppendAsync(other, ExpectedVersion.NoStream, new Counted(1));

        await Store.ArchiveStreamAsync(_stream);
        await Store.ArchiveStreamAsync(_stream);

        (await AppendAsync(other, ExpectedVersion.Exact(1), new Counted(2))).Version.ShouldBe(2);
        await Should.ThrowAsync<StreamArchivedException>(() => AppendAsync(_stream, ExpectedVersion.Exact(1), new Counted(2)));
    }

    [Fact]
    public async Task A_stream_that_is_not_there_cannot_be_archived()
    {
        (await Should.ThrowAsync<StreamNotFoundException>(() => Store.ArchiveStreamAsync(_stream))).StreamId.ShouldBe(_stream);

        (await AppendAsync(_stream, ExpectedVersion.NoStream, new Counted(1))).Version.ShouldBe(1);
    }
}
