using System.CommandLine;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.EventStore;

namespace CallCenter.Api.CommandLine;

/// <summary>The verb <c>projections</c>: how far the read models are, and what becomes of an event at which one stopped.</summary>
internal static class ProjectionsVerb
{
    public static Command Create(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task>, CancellationToken, Task<int>> guard)
    {
        var projections = new Command("projections", "Show how far every read model is, and where one has stopped") { Skip(guard), Retry(guard) };
        projections.SetAction((_, cancellationToken) => guard(ListAsync, cancellationToken));
        return projections;
    }

    private static Command Skip(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task>, CancellationToken, Task<int>> guard)
    {
        var name = new Argument<string>("NAME") { Description = "The projection" };
        var position = new Argument<long>("POSITION") { Description = "Where it has stopped" };
        var skip = new Command("skip", "Have a stopped read model pass over the event at which it stands, now and in every rebuild") { name, position };
        skip.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                await new ProjectionControl(center.Source).SkipAsync(result.GetRequiredValue(name), result.GetRequiredValue(position), ct);
                Console.WriteLine($"{result.GetRequiredValue(name)} passes over position {result.GetRequiredValue(position)}.");
            },
            cancellationToken));
        return skip;
    }

    private static Command Retry(Func<Func<Knobs, ILoggerFactory, CancellationToken, Task>, CancellationToken, Task<int>> guard)
    {
        var name = new Argument<string>("NAME") { Description = "The projection" };
        var retry = new Command("retry", "Have a stopped read model try again; what it was told to skip comes in with its next rebuild") { name };
        retry.SetAction((result, cancellationToken) => guard(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                await new ProjectionControl(center.Source).RetryAsync(result.GetRequiredValue(name), ct);
                Console.WriteLine($"{result.GetRequiredValue(name)} tries again.");
            },
            cancellationToken));
        return retry;
    }

    private static async Task ListAsync(Knobs knobs, ILoggerFactory loggers, CancellationToken ct)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, ct);
        Console.WriteLine($"{"projection",-24} {"shard",-10} {"state",-10} {"checkpoint",14} {"lag",12}");
        foreach (var shard in await new ProjectionControl(center.Source).ListAsync(ct))
        {
            var name = shard.Version == 1 ? shard.Name : $"{shard.Name} (version {shard.Version})";
            Console.WriteLine($"{name,-24} {shard.Shard,-10} {shard.State,-10} {shard.Checkpoint,14:N0} {shard.Lag,12:N0}");
            if (shard.Poison is { } poison)
            {
                Console.WriteLine($"  stopped at position {poison.Position} ({poison.EventType} {poison.EventId}) at {poison.StoppedAt:u}: {poison.Error}");
            }

            if (shard.Skipped.Count > 0)
            {
                Console.WriteLine($"  skips {string.Join(", ", shard.Skipped)}");
            }
        }
    }
}
