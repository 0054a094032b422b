using System.Collections.Concurrent;

using CallCenter.Api.Accounts;
using CallCenter.Domain.Reading;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Api.Reading;

/// <summary>
/// Tells in the trail who has read or heard what is personal, before it is answered: what cannot be told is not shown. The same is told again to the same user after five minutes at the earliest, so that
/// lists that are looked at again and again do not flood the trail. Of who is an agent and no more, only customers' data is told: its own calls say by their events who had them.
/// </summary>
internal sealed class ReadLog(PostgresEventStore store, NpgsqlDataSource source, TimeProvider clock)
{
    private const int MostSubjects = 100;
    private const int MostKnown = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string User, Guid Subject), DateTimeOffset> _told = new();

    /// <summary>Tells that personal texts are about to be shown.</summary>
    /// <param name="user">To whom.</param>
    /// <param name="kinds">Which kinds of texts.</param>
    /// <param name="subjects">Whose: streams.</param>
    /// <param name="reason">Why, when the reader said so.</param>
    /// <param name="ct">Gives up; then nothing is to be shown.</param>
    public async Task NoteAsync(User user, IEnumerable<string> kinds, IEnumerable<Guid> subjects, string? reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var fresh = subjects.Distinct().Where(subject => IsFresh(user, subject, now)).ToList();
        if (fresh.Count == 0)
        {
            return;
        }

        var told = user.Roles.All(role => role == Role.Agent) ? await CustomersAsync(fresh, ct) : fresh;
        if (told.Count > 0)
        {
            await AppendAsync(new PersonalDataRead(user.UserName, [.. kinds.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], [.. told.Take(MostSubjects)], told.Count, now, reason), now, ct);
        }

        Remember(user, fresh, now);
    }

    /// <summary>Reveals texts that are about to be shown, and tells so first.</summary>
    /// <inheritdoc cref="NoteAsync"/>
    public async Task<IReadOnlyDictionary<PersonalText, string>> RevealAsync(PersonalReader personal, IReadOnlyCollection<PersonalText> texts, User user, string? reason, CancellationToken ct)
    {
        var revealed = await personal.RevealAsync(texts, ct);
        var shown = revealed.Keys.Where(text => PersonalReader.IsShown(text, revealed)).ToList();
        await NoteAsync(user, shown.Select(text => text.Kind), shown.Select(text => text.StreamId), reason, ct);
        return revealed;
    }

    /// <summary>Tells that sound is about to be sent.</summary>
    /// <inheritdoc cref="NoteAsync"/>
    public async Task NoteAsync(User user, AudioKind kind, Guid audio, Guid call, string? reason, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (IsFresh(user, audio, now))
        {
            await AppendAsync(new AudioPlayed(user.UserName, kind, audio, call, now, reason), now, ct);
            Remember(user, [audio], now);
        }
    }

    private bool IsFresh(User user, Guid subject, DateTimeOffset now) => !_told.TryGetValue((user.UserName, subject), out var at) || now - at >= Window;

    private void Remember(User user, IReadOnlyList<Guid> subjects, DateTimeOffset now)
    {
        if (_told.Count + subjects.Count > MostKnown)
        {
            // Beyond it some things are told twice.
            _told.Clear();
        }

        foreach (var subject in subjects)
        {
            _told[(user.UserName, subject)] = now;
        }
    }

    private Task AppendAsync(ReadEvent e, DateTimeOffset now, CancellationToken ct) => store.AppendAsync(
        new StreamAppend(ReadEvent.StreamOf(e.UserName, now), ReadEvent.StreamType, ExpectedVersion.Any, [EventData.Of(e)]), new EventMetadata(null, null, e.UserName), ct);

    private async Task<List<Guid>> CustomersAsync(List<Guid> subjects, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select id from customers.customers where id = any ($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = subjects.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var customers = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            customers.Add(reader.GetGuid(0));
        }

        return customers;
    }
}
