using System.Collections.Frozen;
using System.Reflection;

using CallCenter.Domain;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.EventStore;

namespace CallCenter.Api.Hosting;

/// <summary>The sample center's flow, with its number and its opening hours.</summary>
internal static class WelcomeFlow
{
    public static readonly SampleFlow Sample = new("welcome", "1002");

    /// <summary>What makes the flow; nothing where somebody has a flow of that name, or has configured that number, before.</summary>
    /// <param name="center">Where it is to be.</param>
    /// <param name="queues">Names of the queues that there are; each takes messages.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<IReadOnlyList<StreamAppend>> CreateAsync(Center center, IEnumerable<string> queues, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (flow, number) = (Flow.IdOf(Sample.Name), DialledNumber.IdOf(Sample.Number));
        if ((await center.Trail.StreamsAsync([flow, number], cancellationToken)).Count > 0)
        {
            return [];
        }

        OpenHours hours = new(new TimeOnly(8, 0), new TimeOnly(18, 0));
        var settings = new CalendarSettings("Office hours", "Europe/Berlin", [.. Enumerable.Range((int)DayOfWeek.Monday, 5).Select(day => new WeekdayHours((DayOfWeek)day, hours))], []);
        var open = new ConfigureCalendar(Guid.CreateVersion7(), settings, now);
        var names = queues.ToFrozenSet(StringComparer.Ordinal);
        var there = new FlowSurroundings(names, FrozenSet<string>.Empty, new[] { settings.Name }.ToFrozenSet(StringComparer.Ordinal), FrozenSet<string>.Empty, names, FrozenSet<string>.Empty);
        var saved = FlowDecider.Decide(new SaveFlow(await SourceAsync(cancellationToken), now), Flow.Initial).Events;
        var activated = FlowDecider.Decide(new ActivateFlow(1, there, now), saved.Aggregate(Flow.Initial, Flow.Evolve)).Events;
        var to = new ConfigureNumber(Sample.Number, new NumberSettings(new Destination(DestinationKind.Flow, Sample.Name)), now);
        return
        [
            SampleCenter.Append(open.CalendarId, Calendar.StreamType, CalendarDecider.Decide(open, Calendar.Initial).Events),
            SampleCenter.Append(flow, Flow.StreamType, [.. saved, .. activated]),
            SampleCenter.Append(number, DialledNumber.StreamType, NumberDecider.Decide(to, DialledNumber.Initial).Events),
        ];
    }

    private static async Task<string> SourceAsync(CancellationToken cancellationToken)
    {
        using var source = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Sample.Name}.yaml")!);
        return await source.ReadToEndAsync(cancellationToken);
    }
}
