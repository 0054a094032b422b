using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CallCenter.EventStore.Crash;

/// <summary>The process that is killed: concurrent writers of every kind, and the projections beside them, until its input ends.</summary>
/// <remarks>Its output is what it knows: <c>try COMMAND STREAM</c> before a command is sent, <c>ack REQUEST POSITION</c> before anything else is done (position 0: not told), <c>end</c> when all was carried to its end.</remarks>
internal sealed class Writer(PostgresEventStore store, Random random)
{
    /// <summary>How many write side by side.</summary>
    public const int Count = 8;

    /// <summary>The most requests that one writer has under way at a time: the streams of a bulk append.</summary>
    public const int BulkStreams = 20;

    // A parent that is gone ends the input, and must not wait for a database that is gone too.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(40);

    private static readonly Guid[] Shared = [.. Enumerable.Range(1, 4).Select(number => new Guid(number, 0, 0, new byte[8]))];

    private readonly Guid _own = Guid.NewGuid();
    private long _version;

    public static async Task RunAsync(string connectionString, int seed, string[] unanswered)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var store = new PostgresEventStore(dataSource, Written.Types, TimeProvider.System, NullLogger.Instance);
        await WaitForServerAsync(dataSource);
        await using var projections = await CrashProjections.StartAsync(store, dataSource);
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, Count).Select(i => Task.Run(async () =>
        {
            var writer = new Writer(store, new Random(seed + i));
            foreach (var pair in unanswered.Chunk(2).Where((_, place) => place % Count == i))
            {
                await writer.RepeatAsync(Guid.Parse(pair[0]), Guid.Parse(pair[1]));
            }

            while (!stop.IsCancellationRequested)
            {
                await writer.AppendAsync();
            }
        })).ToList();

        // A writer ends before the input does only when it found a promise broken: then the others stop too.
        await Task.WhenAny([.. writers, Console.In.ReadToEndAsync()]);
        await stop.CancelAsync();
        await Task.WhenAll(writers).WaitAsync(EndLimit);
        Console.WriteLine("end");
    }

    // It may have been killed together with the writer before this one.
    private static async Task WaitForServerAsync(NpgsqlDataSource dataSource)
    {
        while (true)
        {
            try
            {
                await using var connection = await dataSource.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20);
            }
        }
    }

    private Task AppendAsync() => random.Next(20) switch
    {
        < 7 => OwnStreamAsync(),
        < 10 => SharedStreamAsync(),
        < 13 => NewStreamAsync(),
        < 16 => TwoStreamsAsync(),
        < 19 => CommandAsync(),
        _ => BulkAsync(),
    };

    private async Task OwnStreamAsync()
    {
        var request = Guid.NewGuid();
        var result = await SendAsync(request, [To(_own, ExpectedVersion.Exact(_version), request, of: 1, events: 1)]);
        Require(result[0].Version == ++_version, $"own stream {_own} at {result[0].Version}, not {_version}");
    }

    private async Task SharedStreamAsync()
    {
        var (request, events) = (Guid.NewGuid(), random.Next(1, 4));
        await SendAsync(request, [To(OneOfAll(), ExpectedVersion.Any, request, events, events)]);
    }

    private async Task NewStreamAsync()
    {
        var (request, events) = (Guid.NewGuid(), random.Next(1, 6));
        var result = await SendAsync(request, [To(Guid.NewGuid(), ExpectedVersion.NoStream, request, events, events)]);
        Require(result[0].Version == events, $"new stream at {result[0].Version}, not {events}");
    }

    private async Task TwoStreamsAsync()
    {
        var (request, events) = (Guid.NewGuid(), random.Next(1, 4));
        var result = await SendAsync(request, [To(_own, ExpectedVersion.Exact(_version), request, events + 1, events), To(OneOfAll(), ExpectedVersion.Any, request, events + 1, 1)]);
        _version += events;
        Require(result[0].Version == _version, $"own stream {_own} at {result[0].Version}, not {_version}");
    }

    private async Task CommandAsync()
    {
        var (command, stream) = (Guid.NewGuid(), OneOfAll());
        Console.WriteLine($"try {command} {stream}");
        var results = await SendAsync(command, [To(stream, ExpectedVersion.Any, command, of: 2, events: 2)], command);
        if (random.Next(4) == 0)
        {
            var repeated = await store.AppendAsync([To(OneOfAll(), ExpectedVersion.Any, command, of: 2, events: 2)], EventMetadata.None, command);
            Require(repeated.SequenceEqual(results.Select(result => result with { Duplicate = true })), $"command {command} was answered differently the second time");
        }
    }

    /// <summary>Sends a command again whose answer died with another process.</summary>
    private Task RepeatAsync(Guid command, Guid stream) => SendAsync(command, [To(stream, ExpectedVersion.Any, command, of: 2, events: 2)], command);

    private async Task BulkAsync()
    {
        var appends = Enumerable.Range(0, BulkStreams).Select(_ => (Request: Guid.NewGuid(), Events: random.Next(1, 4))).ToList();
        var result = await store.BulkAppendAsync(
            appends.ConvertAll(append => To(Guid.NewGuid(), ExpectedVersion.NoStream, append.Request, append.Events, append.Events)), EventMetadata.None);
        Require(result.Streams == BulkStreams && result.Existing.Count == 0, $"bulk: {result.Streams} streams written, {result.Existing.Count} there before");
        appends.ForEach(append => Acknowledge(append.Request, 0));
    }

    private async Task<IReadOnlyList<AppendResult>> SendAsync(Guid request, IReadOnlyList<StreamAppend> appends, Guid? command = null)
    {
        var results = command is { } id ? await store.AppendAsync(appends, EventMetadata.None, id) : await store.AppendAsync(appends, EventMetadata.None);
        Acknowledge(request, results.Max(result => result.LastPosition));
        return results;
    }

    private Guid OneOfAll() => Shared[random.Next(Shared.Length)];

    private StreamAppend To(Guid stream, ExpectedVersion expected, Guid request, int of, int events) =>
        new(stream, "crash", expected, [.. Enumerable.Range(0, events).Select(_ => EventData.Of(new Written(request, of, random.Next(1_000))))]);

    private static void Acknowledge(Guid request, long position) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ack {request} {position}"));

    private static void Require(bool promise, string broken)
    {
        if (!promise)
        {
            throw new InvalidOperationException($"The store broke its word: {broken}");
        }
    }
}
