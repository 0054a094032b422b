using System.CommandLine;
using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.EventStore;
using CallCenter.Import;
using CallCenter.Postgres;
using CallCenter.Projections;
using CallCenter.Telephony.Media;

using Npgsql;

namespace CallCenter.Api.CommandLine;

/// <summary>The verbs of ./run. Without one, the server runs. Verbs work while it runs on the same data folder and while it does not.</summary>
internal static class Cli
{
    private static readonly string Description = $"""
        CallCenter: an event-sourced contact center. Without a command it starts the server and runs until Ctrl-C or SIGTERM.

        Environment:
        {string.Join('\n', Knobs.All.Select(k => $"  {k.Name,-29} {k.Meaning} [default: {k.Default}]"))}
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(Description) { Serve(), ImportVerb.Create(GuardAsync), Rebuild(), ProjectionsVerb.Create(GuardAsync), DeadLettersVerb.Create(OnDeadLettersAsync), VerifyVerb.Create(GuardAsync), ExportTrailVerb.Create(GuardAsync), ForgetVerb.Create(GuardAsync), Replay(), Ladder(), FlowVerb.Create(GuardAsync) };
        root.SetAction((_, cancellationToken) => GuardAsync(Server.RunAsync, cancellationToken));
        return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
    }

    private static Command Serve()
    {
        var serve = new Command("serve", "Start the server (the default)");
        serve.SetAction((_, cancellationToken) => GuardAsync(Server.RunAsync, cancellationToken));
        return serve;
    }

    private static Command Rebuild()
    {
        string[] names = [.. CenterProjections.Create().Select(projection => projection.Name)];
        var name = new Argument<string>("PROJECTION") { Description = string.Join(", ", names) };
        name.AcceptOnlyFromAmong(names);
        var rebuild = new Command("rebuild", "Build a read model anew from the events beside the present one, then swap them") { name };
        rebuild.SetAction((result, cancellationToken) => GuardAsync(
            async (knobs, loggers, ct) =>
            {
                await using var center = await Center.OpenAsync(knobs, loggers, ct);
                var progress = new Progress<RebuildProgress>(p => Console.Error.WriteLine($"{p.Position:N0} of {p.HighWaterMark:N0} events"));
                await center.Projections.RebuildAsync(result.GetRequiredValue(name), progress, ct);
                Console.WriteLine($"{result.GetRequiredValue(name)} is rebuilt.");
            },
            cancellationToken));
        return rebuild;
    }

    private static Command Replay()
    {
        var call = new Argument<string>("CALL-ID") { Description = "The call's id, or the Call-ID header of the caller's dialog" };
        var replay = new Command("replay", "Tell a call as a story: each event, what the call was after it, and where that is in its recording") { call };
        replay.SetAction((result, cancellationToken) => GuardAsync((knobs, loggers, ct) => ReplayVerb.RunAsync(result.GetRequiredValue(call), knobs, loggers, ct), cancellationToken));
        return replay;
    }

    private static Command Ladder()
    {
        var call = new Argument<string>("CALL-ID") { Description = "The call's id, or the Call-ID header of the caller's dialog" };
        var whole = new Option<bool>("--messages") { Description = "Print the whole messages" };
        var ladder = new Command("ladder", "Show the SIP messages of a call, both legs, in their order") { call, whole };
        ladder.SetAction((result, cancellationToken) =>
            GuardAsync((knobs, loggers, ct) => LadderVerb.RunAsync(result.GetRequiredValue(call), result.GetValue(whole), knobs, loggers, ct), cancellationToken));
        return ladder;
    }

    /// <summary>An option that is an instant; without a zone, UTC.</summary>
    public static Option<DateTimeOffset?> Instant(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant))
            {
                return instant;
            }

            result.AddError($"{name} must be an instant like 2026-01-31T08:00:00Z, not \"{result.Tokens[0].Value}\".");
            return null;
        },
    };

    private static Task<int> GuardAsync(Func<Knobs, ILoggerFactory, CancellationToken, Task> run, CancellationToken cancellationToken) =>
        GuardAsync(
            async (knobs, loggers, ct) =>
            {
                await run(knobs, loggers, ct);
                return 0;
            },
            cancellationToken);

    private static Task<int> OnDeadLettersAsync(Func<DeadLetters, CancellationToken, Task> work, CancellationToken cancellationToken) => GuardAsync(
        async (knobs, loggers, ct) =>
        {
            await using var center = await Center.OpenAsync(knobs, loggers, ct);
            await work(new DeadLetters(center.Source, TimeProvider.System), ct);
        },
        cancellationToken);

    /// <summary>What a person did wrong or must see to ends with one line and exit code 1; anything else is a defect and shows where.</summary>
    private static async Task<int> GuardAsync(Func<Knobs, ILoggerFactory, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging
            .AddFilter((_, level) => level >= LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            return await run(Knobs.Read(Environment.GetEnvironmentVariable), loggers, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 130;
        }
        catch (Exception e) when (e is KnobException or ImportException or EmbeddedPostgresException or EventStoreException or SpeechSynthesisException
            or InvalidOperationException or IOException or NpgsqlException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"CallCenter: {e.Message}");
            return 1;
        }
    }
}
