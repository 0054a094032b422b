using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CallCenter.EventStore;

/// <summary>What forgetting came to.</summary>
/// <param name="Keys">The keys destroyed, one for each number, or stream without a number, that belonged to somebody; empty when nobody was known.</param>
public sealed record Forgotten(IReadOnlyList<ForgottenKey> Keys);

/// <summary>A destroyed key and whose it was.</summary>
public readonly record struct ForgottenKey(Guid PersonId, Guid KeyId);

/// <summary>A key and whose it is: its own person's, as long as it was given to nobody.</summary>
public readonly record struct KeyOwner(Guid PersonId, Guid KeyId);

/// <summary>How a key stands that a person has or had.</summary>
/// <param name="ForgottenAt">When it was destroyed; null for one that opens what was written.</param>
/// <param name="Identifiers">How many hashes of identifiers lead to it; none to a destroyed one.</param>
public readonly record struct KeyStanding(Guid PersonId, Guid KeyId, DateTimeOffset? ForgottenAt, int Identifiers);

/// <summary>The keys of persons: made when a number is first seen, joined when it is known whose it is, destroyed when the person is to be forgotten. Safe for concurrent use.</summary>
/// <remarks>
/// Keys are looked up in the database for every page that is read and for every append with personal texts, and never kept: what one node forgets is unreadable on all of them
/// at once, and the next call of the number is a new person's on each. An append that is under way meanwhile may end up under the destroyed key, as unreadable as the rest.
/// </remarks>
public sealed class PersonVault(NpgsqlDataSource dataSource, string keyFolder, TimeProvider time, ILogger logger)
{
    /// <summary>What a forgotten text reads as.</summary>
    public const string ForgottenText = "forgotten";

    // Of streams whose person has no identifier, the stream is it.
    private const string StreamKind = "stream";
    private const int Attempts = 5;

    private static readonly Guid IdentifierKeyName = new("6964656e-7469-6669-6572-206b65790001");

    private readonly Resend _resend = new(dataSource, time, logger);
    private MasterKey? _master;
    private byte[]? _identifierKey;

    /// <summary>Reads the master key, or makes it for a database that has no keys yet. Part of <see cref="PostgresEventStore.EnsureSchemaAsync"/>.</summary>
    /// <exception cref="MasterKeyException">The master key's file is missing, damaged or another database's.</exception>
    internal async Task OpenAsync(CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        var stored = await PersonKeyTable.IdentifierKeyAsync(connection, otherwise: null, ct);
        var master = await MasterKey.LoadAsync(keyFolder, mayMake: stored is null, ct);
        stored ??= (await PersonKeyTable.IdentifierKeyAsync(connection, master.Wrap(RandomNumberGenerator.GetBytes(PersonKey.SecretBytes), IdentifierKeyName), ct))!;
        _identifierKey = master.Unwrap(stored, IdentifierKeyName);
        _master = master;
        await PersonKeyTable.DestroyReturnedAsync(connection, ct);
    }

    /// <summary>Gives the key of an identifier to a person: what is written under it, before and from now on, is forgotten with the person.</summary>
    /// <param name="kind">The kind of identifier, as its members are declared.</param>
    /// <param name="identifier">For instance the number; it need not have been seen yet.</param>
    /// <param name="personId">For instance the customer's id.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task JoinAsync(string kind, string identifier, Guid personId, CancellationToken ct = default)
    {
        var hash = Hash(kind, identifier);
        await KeysAsync([new Subject(hash, new HashSet<Guid> { hash })], ct);
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        await PersonKeyTable.JoinAsync(connection, hash, personId, ct);
    }

    /// <summary>Destroys all keys of everybody who is known by an identifier. The next event with it begins a new person.</summary>
    public async Task<Forgotten> ForgetAsync(string kind, string identifier, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await ForgetAsync(connection, [.. await PersonKeyTable.PersonsAsync(connection, Hash(kind, identifier), ct)], ct);
    }

    /// <summary>Destroys all keys of a person.</summary>
    public Task<Forgotten> ForgetAsync(Guid personId, CancellationToken ct = default) => ForgetAsync([personId], ct);

    /// <summary>Destroys all keys of several persons, all or none.</summary>
    /// <returns>What was destroyed now: nothing of what had been destroyed before.</returns>
    public async Task<Forgotten> ForgetAsync(IReadOnlyCollection<Guid> persons, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await ForgetAsync(connection, [.. persons], ct);
    }

    /// <summary>Everybody of whom an identifier was told and who is not forgotten.</summary>
    public async Task<IReadOnlyList<Guid>> PersonsOfAsync(string kind, string identifier, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await PersonKeyTable.PersonsAsync(connection, Hash(kind, identifier), ct);
    }

    /// <summary>The keys of persons, destroyed ones included, as they lie in the database now.</summary>
    public async Task<IReadOnlyList<KeyStanding>> StandingAsync(IReadOnlyCollection<Guid> persons, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await PersonKeyTable.StandingAsync(connection, [.. persons], ct);
    }

    /// <summary>Whose keys these are; destroyed ones are left out.</summary>
    public async Task<IReadOnlyList<KeyOwner>> PersonsOfKeysAsync(IReadOnlyCollection<Guid> keys, CancellationToken ct = default)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return await PersonKeyTable.PersonsOfKeysAsync(connection, [.. keys], ct);
    }

    internal Guid StreamHash(Guid streamId) => Hash(StreamKind, streamId.ToString("N"));

    internal Guid Hash(string kind, string identifier) => new(
        HMACSHA256.HashData(Opened(_identifierKey), Encoding.UTF8.GetBytes($"{kind}\0{IdentifierForm.Of(identifier)}")).AsSpan(0, 16), bigEndian: true);

    /// <summary>The keys of these subjects, by the subjects' hashes; new ones where they have none. One round trip.</summary>
    internal async ValueTask<IReadOnlyDictionary<Guid, PersonKey>> KeysAsync(IReadOnlyCollection<Subject> subjects, CancellationToken ct)
    {
        var keys = new Dictionary<Guid, PersonKey>(subjects.Count);
        var missing = subjects.ToList();
        for (var attempt = 1; missing.Count > 0; attempt++)
        {
            var fresh = missing.ConvertAll(NewKey);
            foreach (var row in await _resend.RunAsync((connection, _) => PersonKeyTable.GetOrMakeAsync(connection, fresh, ct), sent: false, ct))
            {
                keys[row.Subject!.Value] = Unwrap(row)!;
            }

            // A key that is missing now was forgotten between two statements: the next round makes the new person's.
            missing = missing.FindAll(subject => !keys.ContainsKey(subject.Hash));
            if (missing.Count > 0 && attempt == Attempts)
            {
                throw new InvalidOperationException("A person was forgotten again and again while something was written of them.");
            }
        }

        return keys;
    }

    /// <summary>The keys with these ids; null for a forgotten one.</summary>
    /// <exception cref="PersonKeyMissingException">One is not there at all.</exception>
    internal async Task<IReadOnlyDictionary<Guid, PersonKey?>> KeysByIdAsync(IReadOnlyCollection<Guid> ids, CancellationToken ct)
    {
        if (ids.Count == 0)
        {
            return new Dictionary<Guid, PersonKey?>();
        }

        var rows = await _resend.RunAsync((connection, _) => PersonKeyTable.ByIdAsync(connection, [.. ids], ct), sent: false, ct);
        var keys = rows.ToDictionary(row => row.Id, Unwrap);
        foreach (var id in ids)
        {
            if (!keys.ContainsKey(id))
            {
                throw new PersonKeyMissingException(id);
            }
        }

        return keys;
    }

    /// <summary>Every key under which an identifier was written and may be found.</summary>
    internal async Task<IReadOnlyList<PersonKey>> KeysOfIdentifierAsync(string kind, string identifier, CancellationToken ct)
    {
        await using var connection = await dataSource.OpenConnectionAsync(ct);
        return [.. (await PersonKeyTable.ByIdentifierAsync(connection, Hash(kind, identifier), ct)).Select(row => Unwrap(row)!)];
    }

    internal async Task NoteIdentifiersAsync(IReadOnlyCollection<(Guid Hash, Guid KeyId)> pairs, CancellationToken ct)
    {
        if (pairs.Count > 0)
        {
            await _resend.RunAsync(
                async (connection, _) =>
                {
                    await PersonKeyTable.NoteIdentifiersAsync(connection, pairs, ct);
                    return true;
                },
                sent: false,
                ct);
        }
    }

    /// <summary>Reads with the patience of an append: a database that is away is waited for.</summary>
    internal Task<T> ReadAsync<T>(Func<NpgsqlConnection, Task<T>> read, CancellationToken ct) => _resend.RunAsync((connection, _) => read(connection), sent: false, ct);

    private async Task<Forgotten> ForgetAsync(NpgsqlConnection connection, Guid[] persons, CancellationToken ct) =>
        new(await PersonKeyTable.DestroyAsync(connection, persons, time.GetUtcNow(), ct));

    private PersonKey? Unwrap(KeyRow row) => row.Wrapped is null ? null : new PersonKey(row.Id, Opened(_master).Unwrap(row.Wrapped, row.Id));

    private (Subject Subject, Guid Id, byte[] Wrapped) NewKey(Subject subject)
    {
        var id = Guid.NewGuid();
        return (subject, id, Opened(_master).Wrap(RandomNumberGenerator.GetBytes(PersonKey.SecretBytes), id));
    }

    private static T Opened<T>(T? opened)
        where T : class => opened ?? throw new InvalidOperationException("The persons' keys are not open yet: EnsureSchemaAsync comes before their first use.");
}
