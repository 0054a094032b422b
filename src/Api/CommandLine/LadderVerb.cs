using System.Globalization;

using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Api.Ladders;
using CallCenter.Projections.Calls;

namespace CallCenter.Api.CommandLine;

/// <summary>./run ladder: the SIP messages of a call as arrows between each peer and us.</summary>
internal static class LadderVerb
{
    /// <param name="call">The call's id, or the Call-ID of the caller's dialog.</param>
    /// <param name="whole">Print the messages, not only their first lines.</param>
    /// <param name="knobs">Which database.</param>
    /// <param name="loggers">For what opens it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">There is no such call, or nothing of it is kept.</exception>
    public static async Task RunAsync(string call, bool whole, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        var id = await new CallQueries(center.Source, center.Personal).FindAsync(call, cancellationToken) ?? throw new InvalidOperationException($"There is no call {call}.");
        var entries = await center.Ladders.FindAsync(id, cancellationToken)
            ?? throw new InvalidOperationException($"No SIP messages of call {call} are kept, or its caller is forgotten.");
        foreach (var line in Lines(entries, whole))
        {
            Console.WriteLine(line);
        }
    }

    /// <summary>One line a message, and the message itself below it if wanted.</summary>
    internal static IEnumerable<string> Lines(IReadOnlyList<StoredLadderEntry> entries, bool whole)
    {
        var width = entries.Max(entry => entry.Peer.Length + entry.Transport.Length + 1);
        foreach (var entry in entries)
        {
            var peer = $"{entry.Transport} {entry.Peer}".PadRight(width);
            var arrow = string.Equals(entry.Direction, "IN", StringComparison.Ordinal) ? "---->" : "<----";
            yield return string.Create(CultureInfo.InvariantCulture, $"{entry.At:HH:mm:ss.fff}  {peer}  {arrow}  {entry.StartLine}");
            if (whole)
            {
                yield return string.Join('\n', entry.Message.Split("\r\n").Select(line => $"    {line}"));
            }
        }
    }
}
