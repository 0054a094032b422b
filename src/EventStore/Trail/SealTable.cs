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
            seals.Add(new SignedSeal(
                new Seal(
                    reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt32(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6),
                    new DateTimeOffset(reader.GetDateTime(7)), reader.GetFieldValue<byte[]>(8), reader.GetFieldValue<byte[]>(9)),
                reader.GetFieldValue<byte[]>(10)));
        }

        return seals;
    }
}
