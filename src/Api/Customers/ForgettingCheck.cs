using CallCenter.Api.Hosting;
using CallCenter.Domain.Persons;
using CallCenter.EventStore;

namespace CallCenter.Api.Customers;

/// <summary>How a forgetting stands, as it was found by looking: nothing of it is taken from what was said of it but who, when and why.</summary>
/// <param name="Id">The stream that tells of it.</param>
/// <param name="CustomerId">Null where somebody was forgotten by a number who was no customer.</param>
/// <param name="ForgottenAt">When the keys were told to be destroyed; null while that has not happened.</param>
/// <param name="KeysDestroyed">Ids of keys without a secret.</param>
/// <param name="KeysLeft">Keys that still open what was written.</param>
/// <param name="SearchKeysLeft">Hashes of identifiers that lead to one of them.</param>
/// <param name="EventsUnreadable">Events that hold texts under destroyed keys.</param>
/// <param name="EventsReadable">Events that hold texts under the keys that are left.</param>
internal sealed record ForgettingReport(
    Guid Id, Guid? CustomerId, DateTimeOffset StartedAt, string? By, string Reason, DateTimeOffset? ForgottenAt, IReadOnlyList<Guid> KeysDestroyed, int KeysLeft, int SearchKeysLeft,
    long EventsUnreadable, long EventsReadable, PersonRemains Remains)
{
    /// <summary>Nothing is left to be done.</summary>
    public bool IsComplete => ForgottenAt is not null && KeysLeft == 0 && SearchKeysLeft == 0 && EventsReadable == 0 && Remains is { AudioLeft: 0, Ladders: 0 };
}

/// <summary>Shows a second person that somebody was forgotten, by reading keys, events and files anew.</summary>
internal sealed class ForgettingCheck(Center center, PersonErasure erasure)
{
    private readonly PersonalTextCensus _census = new(center.Source, center.Store.Types);

    /// <returns>Null when no such forgetting has begun.</returns>
    public async Task<ForgettingReport?> RunAsync(Guid stream, CancellationToken ct)
    {
        var events = (await center.Store.FetchStreamAsync(stream, ct: ct)).Select(e => e.Data).ToList();
        if (events is not [ForgettingStarted started, ..])
        {
            return null;
        }

        var standing = await center.Persons.StandingAsync(started.Persons, ct);
        var (destroyed, left) = (standing.Where(key => key.ForgottenAt is not null).Select(key => key.KeyId).ToList(), standing.Where(key => key.ForgottenAt is null).Select(key => key.KeyId).ToList());
        return new ForgettingReport(
            stream, started.CustomerId, started.OccurredAt, started.By, started.Reason, events.OfType<PersonForgotten>().FirstOrDefault()?.OccurredAt, destroyed, left.Count,
            standing.Sum(key => key.Identifiers), await _census.CountEventsAsync(destroyed, ct), await _census.CountEventsAsync(left, ct), await erasure.LookAsync([.. destroyed, .. left], ct));
    }
}
