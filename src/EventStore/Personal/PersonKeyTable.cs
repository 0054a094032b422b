using Npgsql;

namespace CallCenter.EventStore;

/// <summary>What a text is to be sealed for: a subject, and the identifiers that are told of it.</summary>
/// <param name="Subject">Hash of the strongest identifier: whose key it is.</param>
/// <param name="Identifiers">Hashes of all, the subject's among them.</param>
internal sealed record Subject(Guid Hash, IReadOnlySet<Guid> Identifiers);

/// <summary>A key as it lies in the database.</summary>
/// <param name="Wrapped">Null when it is forgotten.</param>
internal readonly record struct KeyRow(Guid Id, Guid? Subject, byte[]? Wrapped);

/// <summary>The statements on schema <c>person_keys</c>.</summary>
internal static class PersonKeyTable
{
    // Of two writers who meet a number at the same time one inserts; the other waits for that, and its next statement sees the key that won.
    private const string InsertKeys = """
        insert into person_keys.keys (id, person, subject, wrapped)
        select n.id, n.id, n.subject, n.wrapped from unnest($1::uuid[], $2::uuid[], $3::bytea[]) as n (id, subject, wrapped) order by n.subject
        on conflict (subject) do nothing
        """;

    // The key is locked against being forgotten meanwhile: an identifier must not stay behind its key.
    private const string InsertIdentifiers = """
        with new as (
            select distinct n.hash, n.subject from unnest($1::uuid[], $2::uuid[]) as n (hash, subject)
            where not exists (select from person_keys.identifiers i join person_keys.keys k on k.id = i.key_id where i.hash = n.hash and k.subject = n.subject)),
        held as (select k.id, k.subject from person_keys.keys k where k.subject in (select subject from new) order by k.id for key share)
        insert into person_keys.identifiers (hash, key_id)
        select new.hash, held.id from new join held on held.subject = new.subject order by 1, 2 on conflict do nothing
        """;

    private const string InsertIdentifiersOfKeys = """
        with held as (select k.id from person_keys.keys k where k.id = any ($2) and k.wrapped is not null order by k.id for key share)
        insert into person_keys.identifiers (hash, key_id)
        select distinct n.hash, held.id from unnest($1, $2) as n (hash, key_id) join held on held.id = n.key_id order by 1, 2 on conflict do nothing
        """;

    private const string DestroyKeys = """
        update person_keys.keys k set wrapped = null, subject = null, forgotten_at = $2
        where k.id in (select p.id from person_keys.keys p where p.person = any ($1) and p.wrapped is not null order by p.id for update)
        returning k.person, k.id
        """;

    private const string DeleteIdentifiers =
        "delete from person_keys.identifiers i using person_keys.keys k where k.id = i.key_id and k.person = any ($1) and k.wrapped is null";

    private const string NoteDestroyed = """
        insert into callcenter.forgotten_keys (key_id, forgotten_at) select k.id, k.forgotten_at from person_keys.keys k where k.person = any ($1) and k.wrapped is null on conflict do nothing
        """;

    private const string SelectBySubject = "select k.id, k.subject, k.wrapped from person_keys.keys k where k.subject = any ($1)";

    private const string SelectById = "select k.id, k.subject, k.wrapped from person_keys.keys k where k.id = any ($1)";

    private const string SelectByIdentifier = """
        select k.id, k.subject, k.wrapped from person_keys.identifiers i join person_keys.keys k on k.id = i.key_id where i.hash = $1 and k.wrapped is not null
        """;

    private const string PersonsOfIdentifier = """
        select distinct k.person from person_keys.identifiers i join person_keys.keys k on k.id = i.key_id where i.hash = $1
        """;

    /// <summary>The keys of these subjects, made where they are missing, with their identifiers noted: one round trip, whatever their number.</summary>
    /// <param name="fresh">A new key for each subject, wrapped, for the case that it has none.</param>
    public static async Task<List<KeyRow>> GetOrMakeAsync(NpgsqlConnection connection, IReadOnlyList<(Subject Subject, Guid Id, byte[] Wrapped)> fresh, CancellationToken ct)
    {
        var pairs = fresh.SelectMany(key => key.Subject.Identifiers, (key, hash) => (Hash: hash, Subject: key.Subject.Hash)).ToList();
        var subjects = fresh.Select(key => key.Subject.Hash).ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                Command(InsertKeys, fresh.Select(key => key.Id).ToArray(), subjects, fresh.Select(key => key.Wrapped).ToArray()),
                Command(InsertIdentifiers, pairs.Select(pair => pair.Hash).ToArray(), pairs.Select(pair => pair.Subject).ToArray()),
                Command(SelectBySubject, subjects),
            },
        };

        // A round trip only on a connection's first use; from then on the server keeps the plans.
        await batch.PrepareAsync(ct);
        await using var reader = await batch.ExecuteReaderAsync(ct);
        return await ReadAsync(reader, ct);
    }

    /// <summary>The keys with these ids.</summary>
    public static Task<List<KeyRow>> ByIdAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken ct) => SelectAsync(connection, SelectById, ids, ct);

    /// <summary>The keys under which an identifier was written, without those that are forgotten.</summary>
    public static Task<List<KeyRow>> ByIdentifierAsync(NpgsqlConnection connection, Guid hash, CancellationToken ct) => SelectAsync(connection, SelectByIdentifier, hash, ct);

    /// <summary>Notes identifiers that a later event tells of somebody who has a key already.</summary>
    public static async Task NoteIdentifiersAsync(NpgsqlConnection connection, IReadOnlyCollection<(Guid Hash, Guid KeyId)> pairs, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(InsertIdentifiersOfKeys, connection)
        {
            Parameters = { new() { Value = pairs.Select(pair => pair.Hash).ToArray() }, new() { Value = pairs.Select(pair => pair.KeyId).ToArray() } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Of whom an identifier was told.</summary>
    public static async Task<List<Guid>> PersonsAsync(NpgsqlConnection connection, Guid hash, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(PersonsOfIdentifier, connection) { Parameters = { new() { Value = hash } } };
        return await command.ColumnAsync<Guid>(ct);
    }

    /// <summary>Gives the key of a subject to a person.</summary>
    public static async Task JoinAsync(NpgsqlConnection connection, Guid subject, Guid person, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("update person_keys.keys set person = $2 where subject = $1", connection)
        {
            Parameters = { new() { Value = subject }, new() { Value = person } },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Destroys all keys of some persons, and what leads to them.</summary>
    public static async Task<List<ForgottenKey>> DestroyAsync(NpgsqlConnection connection, Guid[] persons, DateTimeOffset at, CancellationToken ct)
    {
        // One transaction. What another writer noted of these keys before they were locked is seen by the second statement, and nothing is noted after.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command(DestroyKeys, persons, at.UtcDateTime), Command(DeleteIdentifiers, persons), Command(NoteDestroyed, persons) } };
        await using var reader = await batch.ExecuteReaderAsync(ct);
        var keys = new List<ForgottenKey>();
        while (await reader.ReadAsync(ct))
        {
            keys.Add(new ForgottenKey(reader.GetGuid(0), reader.GetGuid(1)));
        }

        // An error of a later statement would come to light only here.
        while (await reader.NextResultAsync(ct))
        {
        }

        return keys;
    }

    /// <summary>All keys that some persons have or had.</summary>
    public static async Task<List<KeyStanding>> StandingAsync(NpgsqlConnection connection, Guid[] persons, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select k.person, k.id, k.forgotten_at, (select count(*)::int from person_keys.identifiers i where i.key_id = k.id)
            from person_keys.keys k where k.person = any ($1) order by k.person, k.made_at, k.id
            """,
            connection) { Parameters = { new() { Value = persons } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var keys = new List<KeyStanding>();
        while (await reader.ReadAsync(ct))
        {
            keys.Add(new KeyStanding(reader.GetGuid(0), reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3)));
        }

        return keys;
    }

    /// <summary>Whose these keys are; destroyed ones are left out.</summary>
    public static async Task<List<KeyOwner>> PersonsOfKeysAsync(NpgsqlConnection connection, Guid[] keys, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select k.person, k.id from person_keys.keys k where k.id = any ($1) and k.wrapped is not null", connection) { Parameters = { new() { Value = keys } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<KeyOwner>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(new KeyOwner(reader.GetGuid(0), reader.GetGuid(1)));
        }

        return found;
    }

    /// <summary>Destroys again what an older backup of the keys has brought back.</summary>
    public static async Task<int> DestroyReturnedAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with returned as (select k.id, f.forgotten_at from callcenter.forgotten_keys f join person_keys.keys k on k.id = f.key_id where k.wrapped is not null),
            unnamed as (delete from person_keys.identifiers i using returned r where i.key_id = r.id)
            update person_keys.keys k set wrapped = null, subject = null, forgotten_at = r.forgotten_at from returned r where k.id = r.id
            """,
            connection);
        return await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The wrapped key of identifiers: the stored one, else this one from now on; null when there is none and none is given.</summary>
    public static async Task<byte[]?> IdentifierKeyAsync(NpgsqlConnection connection, byte[]? otherwise, CancellationToken ct)
    {
        if (otherwise is not null)
        {
            await using var insert = new NpgsqlCommand("insert into person_keys.identifier_key (wrapped) values ($1) on conflict do nothing", connection) { Parameters = { new() { Value = otherwise } } };
            await insert.ExecuteNonQueryAsync(ct);
        }

        await using var select = new NpgsqlCommand("select wrapped from person_keys.identifier_key", connection);
        return await select.ExecuteScalarAsync(ct) as byte[];
    }

    private static async Task<List<KeyRow>> SelectAsync(NpgsqlConnection connection, string sql, object value, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = value } } };
        await command.PrepareAsync(ct);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await ReadAsync(reader, ct);
    }

    private static async Task<List<KeyRow>> ReadAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        var rows = new List<KeyRow>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(new KeyRow(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2)));
        }

        return rows;
    }

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
