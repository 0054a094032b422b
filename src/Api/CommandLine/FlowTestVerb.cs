using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;

using CallCenter.Api.Configuration;
using CallCenter.Api.Flows;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Flows;
using CallCenter.Projections.Calendars;
using CallCenter.Routing.Ivr;

namespace CallCenter.Api.CommandLine;

/// <summary>./run flow test: goes through a flow with a caller who is made up, and prints the way.</summary>
internal static class FlowTestVerb
{
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The flow, YAML; flows within it are looked for beside it, as NAME.yaml" };
        var keys = new Option<string>("--keys") { Description = "What is keyed in each time the flow listens, with spaces between; - for silence", DefaultValueFactory = _ => "" };
        var answers = new Option<string[]>("--answer") { Description = "STEP=JSON: what a lookup is answered; STEP=missing or STEP=failed for none. Without one a lookup fails" };
        var live = new Option<bool>("--live") { Description = "Ask the other systems really" };
        var open = new Option<string[]>("--open") { Description = "CALENDAR=yes or CALENDAR=no" };
        var given = new Option<string[]>("--with") { Description = "NAME=VALUE: what the call brings along, e.g. caller=5551234, language=de" };
        var at = new Option<DateTimeOffset?>("--at") { Description = "Look the center's calendars up at this instant, as 2026-01-31T08:00:00Z" };
        var test = new Command("test", "Go through a flow without a phone and print the way") { file, keys, answers, live, open, at, given };
        test.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                var path = result.GetRequiredValue(file);
                var library = await LibraryAsync(path, ct);
                var brought = Pairs(result.GetValue(given), "--with").ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
                var calendars = Pairs(result.GetValue(open), "--open").ToDictionary(pair => pair.Name, pair => pair.Value == "yes", StringComparer.Ordinal);
                foreach (var calendar in result.GetValue(at) is { } instant ? await CalendarsAsync(knobs, loggers, instant, ct) : [])
                {
                    calendars.TryAdd(calendar.Name, calendar.IsOpen);
                }

                var told = Pairs(result.GetValue(answers), "--answer").ToDictionary(pair => pair.Name, pair => Answer(pair.Name, pair.Value), StringComparer.Ordinal);
                var ivr = IvrSurroundings.Read(knobs);
                await using var lookups = new Lookups(ivr.Connections, TimeProvider.System, services: ivr.WebServices);
                var pressed = (result.GetValue(keys) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(group => group == "-" ? "" : group).ToList();
                var rehearsal = new FlowRehearsal(
                    pressed,
                    ask => told.TryGetValue(ask.Step, out var answer) ? Task.FromResult(answer)
                        : result.GetValue(live) ? lookups.AskAsync(ask.Question)
                        : Task.FromResult<FlowAnswer>(new FlowAnswer.Failed("not asked: neither --answer nor --live")),
                    calendar => calendars.TryGetValue(calendar, out var isOpen) ? isOpen : null);
                Print(await FlowSimulator.RunAsync(FlowState.Of(library.Name, library.Flows, brought)!, rehearsal));
                return 0;
            },
            cancellationToken));
        return test;
    }

    /// <exception cref="InvalidOperationException">A flow has faults; the message names them all.</exception>
    private static async Task<(string Name, ImmutableDictionary<string, FlowVersion> Flows)> LibraryAsync(FileInfo path, CancellationToken cancellationToken)
    {
        var flows = ImmutableDictionary.CreateBuilder<string, FlowVersion>(StringComparer.Ordinal);
        var (open, first) = (new Queue<string>([path.FullName]), "");
        while (open.TryDequeue(out var file))
        {
            var reading = FlowParser.Parse(await File.ReadAllTextAsync(file, cancellationToken));
            if (reading.Document is not { } flow)
            {
                throw new InvalidOperationException(string.Join('\n', reading.Faults.Select(fault => $"{Path.GetFileName(file)}:{fault}")));
            }

            first = first.Length == 0 ? flow.Name : first;
            flows[flow.Name] = new FlowVersion(flow.Name, 1, flow);
            foreach (var below in flow.Steps.Values.OfType<SubFlowStep>().Where(step => !flows.ContainsKey(step.Flow)))
            {
                open.Enqueue(Path.Combine(path.DirectoryName!, $"{below.Flow}.yaml"));
            }
        }

        return (first, flows.ToImmutable());
    }

    private static async Task<IReadOnlyList<(string Name, bool IsOpen)>> CalendarsAsync(Knobs knobs, ILoggerFactory loggers, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        await center.Projections.StartAsync(cancellationToken);
        await center.CatchUpAsync(cancellationToken);
        return [.. (await new CalendarQueries(center.Source).GetAsync(cancellationToken)).Select(c => (c.Settings.Name, new Calendar(c.Id, c.Settings, DateTimeOffset.MinValue).IsOpen(at)))];
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string[]? given, string option) => (given ?? []).Select(pair =>
        pair.IndexOf('=', StringComparison.Ordinal) is var at and > 0 ? (pair[..at], pair[(at + 1)..]) : throw new InvalidOperationException($"{option} is NAME=VALUE, not \"{pair}\"."));

    private static FlowAnswer Answer(string step, string value)
    {
        try
        {
            return value switch
            {
                "missing" => new FlowAnswer.Missing(),
                "failed" => new FlowAnswer.Failed("as told"),
                _ => new FlowAnswer.Found(JsonElement.Parse(value)),
            };
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"--answer {step}= takes JSON, missing or failed, not \"{value}\": {e.Message}", e);
        }
    }

    private static void Print(IReadOnlyList<FlowLine> lines)
    {
        var width = lines.Max(line => line.Step.Length);
        foreach (var line in lines)
        {
            Console.WriteLine($"{line.Step.PadRight(width)}  {line.What}");
        }
    }
}
