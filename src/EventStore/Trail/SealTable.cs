using Npgsql;

namespace CallCenter.EventStore;

/// <summary>The seals in the database: table <c>callcenter.seals</c>.</summary>
internal static class SealTable
{
    private const string Columns = "number, first_position, last_position, events, total_events, recorded_from, recorded_to, sealed_at, root, previous, signature";

    /// <summary>The seals above a number, at most so many, in order.</summary>
    public static async Task<List<SignedSeal>> PageAsync(NpgsqlConnection connection, long after, int limit, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from callcenter.seals where number > $1 order by number limit $2", connection)
        {
            Parameters = { new() { Value = after }, new() { Value = limit } },
        };
        return await ReadAsync(command, ct);
    }

    /// <summary>The seal with the highest number, or null.</summary>
    public static async Task<SignedSeal?> LastAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns} from callcenter.seals order by number desc limit 1", connection);
        return (await ReadAsync(command, ct)).SingleOrDefault();
    }

    /// <summary>The entries (<see cref="SealEntries"/>) of the seals from one number to another, by number.</summary>
    public static async Task<Dictionary<long, byte[]>> EntriesAsync(NpgsqlConnection connection, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select number, entries from callcenter.seals where number between $1 and $2", connection)
        {
            Parameters = { new() { Value = from }, new() { Value = to } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var entries = new Dictionary<long, byte[]>();
        while (await reader.ReadAsync(ct))
        {
            entries[reader.GetInt64(0)] = reader.GetFieldValue<byte[]>(1);
        }

        return entries;
    }

    /// <summary>The seals over these positions, each once and with its entries, in order.</summary>
    public static async Task<List<KeptSeal>> OverAsync(NpgsqlConnection connection, IReadOnlyList<long> positions, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns}, entries from callcenter.seals where number in
                (select (select s.number from callcenter.seals s where s.last_position >= p order by s.last_position limit 1) from unnest($1) p) order by number
            """,
            connection)
        {
            Parameters = { new() { Value = positions.ToArray() } },
        };
        return await ReadWithEntriesAsync(command, ct);
    }

    /// <summary>The numbers of the first and the last seal with events that were recorded between two instants, as <see cref="DatabaseTime"/> counts; null when there is none.</summary>
    public static async Task<(long First, long Last)?> WithinAsync(NpgsqlConnection connection, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select min(number), max(number) from callcenter.seals where recorded_to >= $1 and recorded_from < $2", connection)
        {
            Parameters = { new() { Value = from }, new() { Value = to } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return reader.IsDBNull(0) ? null : (reader.GetInt64(0), reader.GetInt64(1));
    }

    /// <summary>The seals from one number to another with their entries, in order.</summary>
    public static async Task<List<KeptSeal>> WithEntriesAsync(NpgsqlConnection connection, long from, long to, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"select {Columns}, entries from callcenter.seals where number between $1 and $2 order by number", connection)
        {
            Parameters = { new() { Value = from }, new() { Value = to } },
        };
        return await ReadWithEntriesAsync(command, ct);
    }

    public static async Task InsertAsync(NpgsqlConnection connection, SignedSeal signed, ReadOnlyMemory<byte> entries, CancellationToken ct)
    {
        var seal = signed.Seal;
        await using var command = new NpgsqlCommand($"insert into callcenter.seals ({Columns}, entries) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", connection)
        {
            Parameters =
            {
                new() { Value = seal.Number },
                new() { Value = seal.FirstPosition },
                new() { Value = seal.LastPosition },
                new() { Value = seal.Events },
                new() { Value = seal.TotalEvents },
                new() { Value = seal.RecordedFrom },
                new() { Value = seal.RecordedTo },
                new() { Value = seal.SealedAt.UtcDateTime },
                new() { Value = seal.Root },
                new() { Value = seal.Previous },
                new() { Value = signed.Signature },
                new() { Value = entries },
            },
        };
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<List<SignedSeal>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var seals = new List<SignedSeal>();
        while (await reader.ReadAsync(ct))
        {
            seals.Add(Read(reader));
        }

        return seals;
    }

    private static async Task<List<KeptSeal>> ReadWithEntriesAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var reader = await command.ExecuteReaderAsync(ct);
        var seals = new List<KeptSeal>();
        while (await reader.ReadAsync(ct))
        {
            seals.Add(new KeptSeal(Read(reader), reader.GetFieldValue<byte[]>(11)));
        }

        return seals;
    }

    private static SignedSeal Read(NpgsqlDataReader reader) => new(
        new Seal(
            reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
            new DateTimeOffset(reader.GetDateTime(7)), reader.GetFieldValue<byte[]>(8), reader.GetFieldValue<byte[]>(9)),
        reader.GetFieldValue<byte[]>(10));
}
