using System.CommandLine;

using CallCenter.Api.Configuration;
using CallCenter.Api.Flows;
using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Flows;
using CallCenter.Projections.Flows;

namespace CallCenter.Api.CommandLine;

/// <summary>./run flow: checks, rehearses, activates and lists IVR flows.</summary>
internal static class FlowVerb
{
    /// <param name="guard">Runs a verb; the last is its exit code.</param>
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard) =>
        new("flow", "Check, rehearse, activate and list IVR flows") { Schema(), Check(guard), FlowTestVerb.Create(guard), Activate(guard), List(guard) };

    private static Command Schema()
    {
        var schema = new Command("schema", "Print the JSON Schema of flows, for editors");
        schema.SetAction(_ => Console.Out.Write(FlowSchema.Text));
        return schema;
    }

    private static Command Check(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The flow, YAML" };
        var check = new Command("check", "Tell what is wrong with a flow, each with line and column. Exit code 0: nothing, 1: something") { file };
        check.SetAction((result, cancellationToken) => guard(
            async (_, _, ct) =>
            {
                var path = result.GetRequiredValue(file);
                var reading = FlowParser.Parse(await File.ReadAllTextAsync(path.FullName, ct));
                if (reading.Document is { } flow)
                {
                    Console.WriteLine($"Flow {flow.Name}: {flow.Steps.Count} steps, nothing is wrong. Whether what it names is there is seen when it is activated.");
                    return 0;
                }

                Tell(path, reading.Faults.Select(fault => fault.ToString()));
                return 1;
            },
            cancellationToken));
        return check;
    }

    private static Command Activate(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The flow, YAML" };
        var activate = new Command("activate", "Save a flow as its next version and have calls go through it from now on") { file };
        activate.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                var path = result.GetRequiredValue(file);
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                await center.Projections.StartAsync(ct);
                await center.CatchUpAsync(ct);
                var flows = new FlowConfiguration(center, IvrSurroundings.Read(knobs), TimeProvider.System);
                var done = await flows.SaveAsync(await File.ReadAllTextAsync(path.FullName, ct), "flow activate", ct);
                if (done.Flow is { } saved)
                {
                    done = await flows.ActivateAsync(saved.Name, saved.Versions[0].Version, "flow activate", ct);
                }

                return Answer(path, done.Flow, done.Refusal);
            },
            cancellationToken));
        return activate;
    }

    private static Command List(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task<int>>, CancellationToken, Task<int>> guard)
    {
        var list = new Command("list", "List the flows: active version, versions");
        list.SetAction((_, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                await center.Projections.StartAsync(ct);
                await center.CatchUpAsync(ct);
                foreach (var flow in await new FlowQueries(center.Source).GetAsync(ct))
                {
                    Console.WriteLine($"{flow.Name}: {(flow.Active is { } active ? $"version {active} is active" : "none is active")}, {flow.Versions.Count} saved, the latest at {flow.Versions[0].SavedAt:u}");
                }

                return 0;
            },
            cancellationToken));
        return list;
    }

    private static int Answer(FileInfo path, FlowView? flow, Refusal? refusal)
    {
        if (refusal is not null)
        {
            Tell(path, refusal.Message.Split('\n'));
            return 1;
        }

        Console.WriteLine($"Calls that enter flow {flow!.Name} go through version {flow.Active} from now on.");
        return 0;
    }

    private static void Tell(FileInfo path, IEnumerable<string> faults)
    {
        foreach (var fault in faults)
        {
            Console.Error.WriteLine($"{path.Name}:{fault}");
        }
    }
}
