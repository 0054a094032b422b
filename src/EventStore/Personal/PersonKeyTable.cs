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

    private const string InsertIdentifiers = """
        insert into person_keys.identifiers (hash, key_id)
        select distinct n.hash, k.id from unnest($1::uuid[], $2::uuid[]) as n (hash, subject) join person_keys.keys k on k.subject = n.subject order by 1, 2
        on conflict do nothing
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
        await using var command = new NpgsqlCommand(
            "insert into person_keys.identifiers (hash, key_id) select n.hash, n.key_id from unnest($1::uuid[], $2::uuid[]) as n (hash, key_id) order by 1, 2 on conflict do nothing", connection)
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

    /// <summary>Destroys all keys of some persons, and what leads to them, and gives their ids.</summary>
    public static async Task<List<Guid>> DestroyAsync(NpgsqlConnection connection, Guid[] persons, DateTimeOffset at, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            with destroyed as (
                update person_keys.keys set wrapped = null, subject = null, forgotten_at = $2 where person = any ($1) and wrapped is not null returning id),
            unnamed as (delete from person_keys.identifiers i using destroyed d where i.key_id = d.id),
            noted as (insert into callcenter.forgotten_keys (key_id, forgotten_at) select d.id, $2 from destroyed d on conflict do nothing)
            select id from destroyed
            """,
            connection)
        {
            Parameters = { new() { Value = persons }, new() { Value = at.UtcDateTime } },
        };
        return await command.ColumnAsync<Guid>(ct);
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
