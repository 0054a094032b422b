using System.Text.Json;

using CallCenter.Api.Customers;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Retention;
using CallCenter.EventStore;

namespace CallCenter.Api.Retention;

/// <summary>
/// Once a day, at each start, and when a legal hold is released: erases SIP messages of calls and forgets callers and customers when their time is over, by an event each. Sound is <see cref="Recordings.AudioRetention"/>'s.
/// </summary>
internal sealed class DataRetention(Center center, Forgetting forgetting, TimeProvider clock) : ITimerHandler
{
    public const string By = "retention";

    /// <summary>So many persons at a time; what is left over is looked for soon after.</summary>
    private const int Most = 500;

    private static readonly Guid Timer = new("0194f000-0000-7000-8000-0000000000a2");

    public string Kind => "data_retention";

    /// <summary>A database that is away for a day ends no retention.</summary>
    public RetryPolicy Retry { get; } = new(300, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(2));

    /// <summary>Has the first look now.</summary>
    public static Task ScheduleAsync(Center center, DateTimeOffset at, CancellationToken ct) => ScheduleAsync(center, at, Guid.Empty, ct);

    public async Task FireAsync(DueTimer timer, CancellationToken ct)
    {
        var (settings, now) = (await new RetentionBook(center.Store, clock).SettingsAsync(ct), clock.GetUtcNow());
        var after = JsonSerializer.Deserialize<Cursor>(timer.Payload)!.After;
        if (settings.LadderDays > 0)
        {
            await EraseLaddersAsync(now - TimeSpan.FromDays(settings.LadderDays), now, ct);
        }

        var (last, isLeftOver) = settings.PersonDays > 0 ? await ForgetAsync(settings.PersonDays, after, now - TimeSpan.FromDays(settings.PersonDays), ct) : (null, false);
        await ScheduleAsync(center, now + (last is not null || isLeftOver ? TimeSpan.FromMinutes(1) : TimeSpan.FromDays(1)), last ?? Guid.Empty, ct);
    }

    private static Task ScheduleAsync(Center center, DateTimeOffset at, Guid after, CancellationToken ct) =>
        new DurableTimers(center.Source, TimeProvider.System).ScheduleAsync(new TimerRequest(Timer, "data_retention", at, JsonSerializer.Serialize(new Cursor(after))), ct);

    // Told before it is done: whoever is killed between the two tells it twice, and erases nothing that was not told.
    private async Task EraseLaddersAsync(DateTimeOffset before, DateTimeOffset now, CancellationToken ct)
    {
        if (await center.Ladders.CountBeforeAsync(before, ct) is > 0 and var calls)
        {
            await center.Store.AppendAsync(
                new StreamAppend(RetentionPolicy.Id, RetentionPolicy.StreamType, ExpectedVersion.Any, [EventData.Of(new LaddersErased(calls, before, now))]), new EventMetadata(null, null, By), ct);
            await center.Ladders.DeleteBeforeAsync(before, ct);
        }
    }

    /// <returns>The last customer that was looked at, null after the last of all; and whether there may be more callers.</returns>
    private async Task<(Guid? Last, bool IsLeftOver)> ForgetAsync(int days, Guid after, DateTimeOffset before, CancellationToken ct)
    {
        await center.ShowAsync(ct);
        var (silent, reason) = (new SilentPersons(center), $"No contact for {days} days.");
        var (customers, last) = await silent.CustomersAsync(before, after, Most, ct);
        foreach (var customer in customers)
        {
            // Refused where it is under legal hold: then it is looked at again.
            await forgetting.ForgetAsync(customer, reason, By, ct);
        }

        var callers = await silent.CallersAsync(before, Most, ct);
        await forgetting.ForgetAsync(callers, reason, By, ct);
        return (last, callers.Count == Most);
    }

    /// <param name="After">The last customer that was looked at.</param>
    private sealed record Cursor(Guid After);
}
