using CallCenter.Domain;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Queues;
using CallCenter.Projections.Kpi;
using CallCenter.Projections.Tests.Calls;
using CallCenter.Testing;

namespace CallCenter.Projections.Tests.Kpi;

/// <summary>What is added up beforehand says what the contacts say.</summary>
[Collection(PostgresCollection.Name)]
public sealed class KpiQuartersTests(PostgresFixture postgres)
{
    private static readonly DateTimeOffset Nine = new(2026, 3, 28, 9, 0, 0, TimeSpan.Zero);
    private static readonly KpiFilter Days = new(Nine.AddDays(-1), Nine.AddDays(3), KpiInterval.HalfHour, "Europe/Berlin");

    private static readonly KpiDimension[][] Divisions =
        [[], [KpiDimension.Interval, KpiDimension.Queue], [KpiDimension.HourOfDay], [KpiDimension.Weekday, KpiDimension.Channel], [KpiDimension.Queue]];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_quarter_hours_give_what_the_contacts_give_however_late_their_events_come_and_whatever_is_withdrawn(int seed)
    {
        var random = new Random(seed);
        await using var center = await CenterHarness.CreateAsync(postgres);
        var queues = Enumerable.Range(0, 3).Select(i => new Queue(Guid.CreateVersion7(), new QueueSettings($"Queue {i}", null) { ShortAbandonSeconds = 5 * i }, Nine)).ToList();
        foreach (var queue in queues)
        {
            await center.AppendAsync(queue.Id, Queue.StreamType, new QueueCreated(queue.Id, queue.Settings, Nine));
        }

        var rest = Enumerable.Range(0, 120).Select(_ => Random(random, queues)).ToDictionary(story => story.Id, story => new Queue<CallEvent>(story.Events));
        while (rest.Count > 0)
        {
            foreach (var (id, events) in rest.OrderBy(_ => random.Next()).Take(40).ToList())
            {
                await center.AppendAsync(id, Call.StreamType, [.. Enumerable.Range(0, Math.Min(events.Count, random.Next(1, 7))).Select(_ => (DomainEvent)events.Dequeue())]);
                if (events.Count == 0)
                {
                    rest.Remove(id);
                }
            }

            await ShouldAgreeAsync(center, queues);
        }

        await center.Runtime.RebuildAsync("calls");
        await ShouldAgreeAsync(center, queues);
        await center.Runtime.RebuildAllAsync();
        await ShouldAgreeAsync(center, queues);
    }

    private static async Task ShouldAgreeAsync(CenterHarness center, IReadOnlyList<Queue> queues)
    {
        await center.CatchUpAsync();
        foreach (var filter in (KpiFilter[])[Days, Days with { Queues = [queues[1].Id, queues[2].Id] }, Days with { Interval = KpiInterval.Day, TimeZone = "Asia/Kathmandu" }])
        {
            foreach (var dimensions in Divisions)
            {
                // Nothing happened in the microsecond by which the second period is longer, but it begins on no quarter hour: it is counted from the contacts.
                var added = await center.Kpis.ReportAsync(new KpiQuery(filter, dimensions), default);
                var query = new KpiQuery(filter with { From = filter.From.AddMicroseconds(-1) }, dimensions);
                var counted = await center.Kpis.ReportAsync(query, default);
                added.Rows.Select(row => row with { Query = query }).ShouldBe(counted.Rows);
                (added.Total with { Query = counted.Total.Query }).ShouldBe(counted.Total);
                added.Provisional.ShouldBe(counted.Provisional);
            }
        }
    }

    // Over the night in which the clocks go forward.
    private static Story Random(Random random, IReadOnlyList<Queue> queues)
    {
        var (agent, other) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var story = new Story(Nine.AddSeconds(random.Next(2 * 86_400))).Received(0, $"t{random.Next(2)}");
        if (random.Next(3) > 0)
        {
            story.Ivr(0);
            if (random.Next(6) == 0)
            {
                return story.Ended(20, random.Next(2) == 0 ? CallOutcome.LeftInIvr : CallOutcome.SelfServed);
            }
        }

        var (queue, at) = (queues[random.Next(queues.Count)], (double)random.Next(1, 30));
        story.Queued(at, queue.Id);
        if (random.Next(3) == 0)
        {
            story.Offered(at + 1, other).Missed(at + 4, other, random.Next(2) == 0 ? NonResponse.Refused : NonResponse.TimedOut);
        }

        at += random.Next(5, 1_500);
        switch (random.Next(6))
        {
            case 0:
                story.Abandoned(at);
                break;
            case 1:
                story.Abandoned(story.Events[^1].OccurredAt.Subtract(story.Events[0].OccurredAt).TotalSeconds + random.Next(8));
                break;
            case 2:
                story.Ended(at, CallOutcome.Unknown);
                break;
            case 3:
                story.Answered(at, agent).Held(at + 2).Retrieved(at + 5).Transferred(at + 9, agent, toQueue: queues[0].Id).Queued(at + 9, queues[0].Id).Answered(at + 40, other).Ended(at + 60, CallOutcome.Handled);
                break;
            default:
                story.Answered(at, agent).Ended(at + random.Next(300), CallOutcome.Handled).WrappedUp(at + 300, at + 330, agent);
                break;
        }

        return random.Next(8) == 0 ? story.Withdrawn(at + 400) : story;
    }
}
