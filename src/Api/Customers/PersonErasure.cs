using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Api.Customers;

/// <summary>What is kept of persons beside the events, and goes with their keys.</summary>
/// <param name="AudioErased">Recordings and messages whose files are gone.</param>
/// <param name="AudioLeft">Those whose files are there.</param>
/// <param name="Ladders">Ladders of SIP messages that are there.</param>
internal sealed record PersonRemains(int AudioErased, int AudioLeft, int Ladders);

/// <summary>Finds and erases the files of persons' calls and messages, and the SIP messages of their calls.</summary>
internal sealed class PersonErasure(NpgsqlDataSource source, string folder)
{
    // A token begins with its key; so do the sealed bytes of a ladder, after four of another meaning.
    private const string Files = """
        with mine as (
            select c.id from calls.calls c
            where left(c.from_number, length($1[1])) = any ($1) or left(c.to_number, length($1[1])) = any ($1) or left(c.customer_number, length($1[1])) = any ($1))
        select v.file from voicemails.voicemails v where left(v.from_number, length($1[1])) = any ($1) or v.call_id in (select id from mine)
        union
        select r.file from recordings.recordings r where r.call_id in (select id from mine)
        """;

    private const string OfKeys = "from callcenter.sip_ladders where substring(entries from 5 for 16) = any ($1)";

    /// <summary>Erases all; what is gone already is no error, a folder that is gone is: a disk may not be mounted.</summary>
    /// <param name="keys">The persons', destroyed or not.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task EraseAsync(IReadOnlyCollection<Guid> keys, CancellationToken ct)
    {
        foreach (var file in await FilesAsync(keys, ct))
        {
            File.Delete(Path.Combine(folder, file));
        }

        await using var command = LadderCommand($"delete {OfKeys}", keys);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>What there is now.</summary>
    public async Task<PersonRemains> LookAsync(IReadOnlyCollection<Guid> keys, CancellationToken ct)
    {
        var files = await FilesAsync(keys, ct);
        var left = files.Count(file => File.Exists(Path.Combine(folder, file)));
        await using var command = LadderCommand($"select count(*)::int {OfKeys}", keys);
        return new PersonRemains(files.Count - left, left, (int)(await command.ExecuteScalarAsync(ct))!);
    }

    private async Task<List<string>> FilesAsync(IReadOnlyCollection<Guid> keys, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Files);
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(PersonalToken.StartOf).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var files = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            files.Add(reader.GetString(0));
        }

        return files;
    }

    private NpgsqlCommand LadderCommand(string sql, IReadOnlyCollection<Guid> keys)
    {
        var command = source.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(key => key.ToByteArray(bigEndian: true)).ToArray() });
        return command;
    }
}
