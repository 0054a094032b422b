using System.CommandLine;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.EventStore;
using CallCenter.Import;
using CallCenter.Postgres;
using CallCenter.Telephony.Media;

using Npgsql;

namespace CallCenter.Api.CommandLine;

/// <summary>The verbs of ./run. Without one, the server runs. Verbs work while it runs on the same data folder and while it does not.</summary>
internal static class Cli
{
    private static readonly string Description = $"""
        CallCenter: an event-sourced contact center. Without a command it starts the server and runs until Ctrl-C or SIGTERM.

        Environment:
        {string.Join('\n', Knobs.All.Select(k => $"  {k.Name,-27} {k.Meaning} [default: {k.Default}]"))}
        """;

    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand(Description) { Serve(), Import(), Rebuild(), DeadLettersVerb.Create(OnDeadLettersAsync) };
        root.SetAction((_, cancellationToken) => GuardAsync(Server.RunAsync, cancellationToken));
        return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
    }

    private static Command Serve()
    {
        var serve = new Command("serve", "Start the server (the default)");
        serve.SetAction((_, cancellationToken) => GuardAsync(Server.RunAsync, cancellationToken));
        return serve;
    }

    private static Command Import()
    {
        var format = new Option<string>("--format") { Description = "Format of the file", Required = true };
        format.AcceptOnlyFromAmong("anonymous-bank");
        var file = new Argument<FileInfo>("FILE") { Description = "The file, plain or .gz" };
        var import = new Command("import", "Append the calls of another system's records as historical events. A second import of the same file adds nothing") { format, file };
        import.SetAction((result, cancellationToken) =>
            GuardAsync((knobs, loggers, ct) => ImportVerb.RunAsync(result.GetRequiredValue(file).FullName, knobs, loggers, ct), cancellationToken));
        return import;
    }

    private static Command Rebuild()
    {
        var name = new Argument<string>("PROJECTION") { Description = "calls, agents or queues" };
        name.AcceptOnlyFromAmong("calls", "agents", "queues");
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

    private static Task<int> OnDeadLettersAsync(Func<DeadLetters, CancellationToken, Task> work, CancellationToken cancellationToken) => GuardAsync(
        async (knobs, loggers, ct) =>
        {
            await using var center = await Center.OpenAsync(knobs, loggers, ct);
            await work(new DeadLetters(center.Source, TimeProvider.System), ct);
        },
        cancellationToken);

    /// <summary>What a person did wrong or must see to ends with one line and exit code 1; anything else is a defect and shows where.</summary>
    private static async Task<int> GuardAsync(Func<Knobs, ILoggerFactory, CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging
            .AddFilter((_, level) => level >= LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "))
            .Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            await run(Knobs.Read(Environment.GetEnvironmentVariable), loggers, cancellationToken);
            return 0;
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
