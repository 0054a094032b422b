using CallCenter.Api.Configuration;
using CallCenter.Api.Hosting;
using CallCenter.Domain.Persons;
using CallCenter.EventStore;

namespace CallCenter.Api.CommandLine;

/// <summary>./run forget: destroys the keys of a caller or customer and says so in the trail, without saying who it was.</summary>
internal static class ForgetVerb
{
    private static readonly EventMetadata Metadata = new(null, null, "forget");

    /// <returns>What was destroyed, as a sentence.</returns>
    /// <exception cref="InvalidOperationException">Nobody is known by it.</exception>
    public static async Task<string> RunAsync(string kind, string identifier, Knobs knobs, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        await using var center = await Center.OpenAsync(knobs, loggers, cancellationToken);
        var forgotten = await center.Persons.ForgetAsync(kind, identifier, cancellationToken);
        if (forgotten.Keys.Count == 0)
        {
            throw new InvalidOperationException($"Nobody is known by {kind} {identifier}.");
        }

        var now = TimeProvider.System.GetUtcNow();
        var persons = forgotten.Keys.GroupBy(key => key.PersonId, key => key.KeyId).Select(person => new PersonForgotten(person.Key, [.. person], now)).ToList();
        await center.Store.AppendAsync(
            [.. persons.Select(e => new StreamAppend(Guid.CreateVersion7(), PersonEvent.StreamType, ExpectedVersion.NoStream, [EventData.Of(e)]))], Metadata, cancellationToken);
        return $"Forgotten: {Count(persons.Count, "person")}, {Count(forgotten.Keys.Count, "key")} destroyed. What was written of them reads \"{PersonVault.ForgottenText}\" from now on.";
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
