namespace CallCenter.EventStore.Contract;

/// <summary>Every state of a stream against every expectation.</summary>
public abstract class ExpectedVersions(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    private static readonly ExpectedVersion[] Expectations =
        [ExpectedVersion.Any, ExpectedVersion.NoStream, ExpectedVersion.StreamExists, .. Enumerable.Range(0, 5).Select(version => ExpectedVersion.Exact(version))];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_stream_takes_what_expects_it_as_it_is_and_refuses_all_else(int there)
    {
        ExpectedVersion[] fitting = [ExpectedVersion.Any, ExpectedVersion.Exact(there), there == 0 ? ExpectedVersion.NoStream : ExpectedVersion.StreamExists];
        foreach (var expected in Expectations)
        {
            var stream = await StreamAsync(there);
            var cell = $"{there} events there, expected {expected}";
            if (fitting.Contains(expected))
            {
                (await AppendAsync(stream, expected, new Counted(8), new Counted(9))).Version.ShouldBe(there + 2, cell);
                (await FetchAsync(stream)).Count.ShouldBe(there + 2, cell);
                continue;
            }

            var refusal = await Should.ThrowAsync<WrongExpectedVersionException>(() => AppendAsync(stream, expected, new Counted(9)), cell);
            (refusal.StreamId, refusal.Expected, refusal.Actual).ShouldBe((stream, expected, there), cell);
            (await FetchAsync(stream)).Count.ShouldBe(there, cell);
        }
    }

    [Fact]
    public async Task An_archived_stream_refuses_every_expectation()
    {
        foreach (var expected in Expectations)
        {
            var stream = await StreamAsync(3);
            await Store.ArchiveStreamAsync(stream);

            (await Should.ThrowAsync<StreamArchivedException>(() => AppendAsync(stream, expected, new Counted(9)), $"expected {expected}")).StreamId.ShouldBe(stream);
            (await FetchAsync(stream)).Count.ShouldBe(3);
        }
    }

    [Fact]
    public async Task A_refused_append_leaves_no_trace_in_the_log_and_may_be_repeated_with_a_better_expectation()
    {
        var stream = await StreamAsync(1);
        var mark = await Store.HighWaterMarkAsync();
        var append = To(stream, ExpectedVersion.Exact(7), new Counted(2));

        await Should.ThrowAsync<WrongExpectedVersionException>(() => AppendAsync(append));

        (await ReadToEndAsync(mark)).ShouldBeEmpty();
        (await Store.HighWaterMarkAsync()).ShouldBe(mark);
        (await AppendAsync(append with { Expected = ExpectedVersion.Exact(1) })).Duplicate.ShouldBeFalse();
        (await ReadToEndAsync(mark)).Select(e => e.Id).ShouldBe([append.Events[0].Id]);
    }

    private async Task<Guid> StreamAsync(int events)
    {
        var stream = Guid.NewGuid();
        if (events > 0)
        {
            await AppendAsync(Many(stream, ExpectedVersion.NoStream, events));
        }

        return stream;
    }
}
