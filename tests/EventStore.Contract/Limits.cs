namespace CallCenter.EventStore.Contract;

/// <summary>What is at a limit is taken, and what is over it is refused with its size.</summary>
public abstract class Limits(Func<Task<IStoreUnderTest>> open) : StoreContract(open)
{
    // What a Noted's JSON takes beside its text, and some more: how a store writes JSON is its own affair.
    private const int Frame = 64;

    private readonly Guid _stream = Guid.NewGuid();

    [Fact]
    public async Task An_event_may_be_as_large_as_the_limit_and_no_larger()
    {
        await AppendAsync(_stream, ExpectedVersion.Any, new Noted(new string('x', AppendLimits.EventBytes - Frame)));
        var tooLarge = To(_stream, ExpectedVersion.Any, new Counted(1), new Noted(new string('x', AppendLimits.EventBytes)));

        var refusal = await Should.ThrowAsync<EventTooLargeException>(() => AppendAsync(tooLarge));

        refusal.EventId.ShouldBe(tooLarge.Events[1].Id);
        (await FetchAsync(_stream)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_append_may_have_as_many_events_as_the_limit_and_no_more()
    {
        await AppendAsync([Many(_stream, ExpectedVersion.Any, AppendLimits.Events - 1), Many(Guid.NewGuid(), ExpectedVersion.Any, 1)]);

        await Should.ThrowAsync<AppendTooLargeException>(() => AppendAsync([Many(_stream, ExpectedVersion.Any, AppendLimits.Events), Many(Guid.NewGuid(), ExpectedVersion.Any, 1)]));

        (await ReadToEndAsync(limit: AppendLimits.Events)).Count.ShouldBe(AppendLimits.Events);
    }

    [Fact]
    public async Task An_append_of_too_many_bytes_is_refused()
    {
        var largest = new Noted(new string('x', AppendLimits.EventBytes - Frame));

        await Should.ThrowAsync<AppendTooLargeException>(() => AppendAsync(_stream, ExpectedVersion.Any, [.. Enumerable.Repeat(largest, AppendLimits.AppendBytes / AppendLimits.EventBytes + 1)]));

        (await FetchAsync(_stream)).ShouldBeEmpty();
    }
}
