using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace CallCenter.EventStore.Crash;

/// <summary>What the writers of a round, one process after another, have told.</summary>
internal sealed class Ledger
{
    // Recovery of the server, start of a writer and the store's own waits, on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentDictionary<Guid, long> _acknowledged = [];
    private readonly ConcurrentDictionary<Guid, Guid> _commands = [];

    /// <summary>By request, the position of its last event; 0 where that was not told.</summary>
    public IReadOnlyDictionary<Guid, long> Acknowledged => _acknowledged;

    /// <summary>Commands that were sent and not answered, with their streams.</summary>
    public IEnumerable<string> Unanswered => _commands.Where(command => !_acknowledged.ContainsKey(command.Key)).SelectMany(command => (string[])[$"{command.Key}", $"{command.Value}"]);

    public void Take(string line)
    {
        switch (line.Split(' '))
        {
            case ["try", var command, var stream]:
                _commands[Guid.Parse(command)] = Guid.Parse(stream);
                break;
            case ["ack", var request, var position]:
                _acknowledged.TryAdd(Guid.Parse(request), long.Parse(position, CultureInfo.InvariantCulture)).ShouldBeTrue($"request {request} is acknowledged twice");
                break;
            default:
                throw new InvalidDataException($"A writer said '{line}'.");
        }
    }

    /// <summary>Waits until so many more requests are acknowledged.</summary>
    public async Task GrowAsync(int by, WriterProcess writer)
    {
        var (before, started) = (_acknowledged.Count, Stopwatch.GetTimestamp());
        while (_acknowledged.Count < before + by)
        {
            writer.ThrowIfEnded();
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Patience, $"{by} more appends are acknowledged");
            await Task.Delay(1);
        }
    }
}
