using System.IO.Compression;
using System.Text.Json;

using CallCenter.EventStore;
using CallCenter.Telephony.Sip;

using Npgsql;

namespace CallCenter.Api.Ladders;

/// <summary>The SIP messages of calls, compressed, under the key of the caller: who forgets the caller forgets them.</summary>
/// <param name="source">The database.</param>
/// <param name="files">Seals and opens them.</param>
/// <param name="held">Search keys of callers whose ladders are deleted by nobody who only looks at their age.</param>
internal sealed class LadderTable(NpgsqlDataSource source, PersonalFiles files, Func<CancellationToken, Task<string[]>> held)
{
    private const string Part = "sip-ladder";

    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            create table if not exists callcenter.sip_ladders (
                call_id uuid not null,
                ended_at timestamptz not null,
                entries bytea not null);
            create index if not exists sip_ladders_by_call on callcenter.sip_ladders (call_id);
            create index if not exists sip_ladders_by_end on callcenter.sip_ladders using brin (ended_at);
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Keeps ladders of calls, those that are recorded already: a call's first event says whose key it is.</summary>
    /// <returns>The ladders of calls that are not recorded yet.</returns>
    public async Task<IReadOnlyList<SipLadder>> KeepAsync(IReadOnlyList<SipLadder> ladders, CancellationToken cancellationToken)
    {
        var recorded = await RecordedAsync([.. ladders.Select(ladder => ladder.Subject)], cancellationToken);
        var kept = ladders.Where(ladder => recorded.Contains(ladder.Subject) && ladder.Entries.Count > 0).ToList();
        if (kept.Count > 0)
        {
            var sealedEntries = await files.SealAsync([.. kept.Select(ladder => (ladder.Subject, (ReadOnlyMemory<byte>)Pack(ladder)))], Part, cancellationToken);
            await using var command = source.CreateCommand("insert into callcenter.sip_ladders (call_id, ended_at, entries) select * from unnest($1::uuid[], $2::timestamptz[], $3::bytea[])");
            command.Parameters.Add(new NpgsqlParameter { Value = kept.Select(ladder => ladder.Subject).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = kept.Select(ladder => ladder.Entries[^1].At.UtcDateTime).ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = sealedEntries.ToArray() });
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return [.. ladders.Where(ladder => !recorded.Contains(ladder.Subject))];
    }

    /// <summary>The messages of a call, in order; null when none are kept, or the caller is forgotten.</summary>
    public async Task<IReadOnlyList<StoredLadderEntry>?> FindAsync(Guid callId, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select entries from callcenter.sip_ladders where call_id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = callId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<byte[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(reader.GetFieldValue<byte[]>(0));
        }

        var entries = new List<StoredLadderEntry>();
        foreach (var row in rows)
        {
            if (await files.OpenAsync(callId, Part, row, cancellationToken) is { } packed)
            {
                entries.AddRange(Unpack(packed));
            }
        }

        return entries.Count == 0 ? null : [.. entries.OrderBy(entry => entry.At)];
    }

    /// <summary>Deletes the ladders of calls that ended before an instant.</summary>
    public async Task<int> DeleteBeforeAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        await using var command = await BeforeAsync("delete", instant, cancellationToken);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>How many <see cref="DeleteBeforeAsync"/> would delete.</summary>
    public async Task<int> CountBeforeAsync(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        await using var command = await BeforeAsync("select count(*)::int", instant, cancellationToken);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<NpgsqlCommand> BeforeAsync(string what, DateTimeOffset instant, CancellationToken cancellationToken)
    {
        // Nobody is held, mostly: then the read model of calls is not looked at, which may not be there yet.
        var keys = await held(cancellationToken);
        var notHeld = keys.Length == 0 ? "" : " and not exists (select from calls.calls c join unnest($2) k (key) on k.key in (c.from_key, c.to_key, c.customer_key) where c.id = l.call_id)";
        var command = source.CreateCommand($"{what} from callcenter.sip_ladders l where l.ended_at < $1{notHeld}");
        command.Parameters.Add(new NpgsqlParameter { Value = instant.UtcDateTime });
        if (keys.Length > 0)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = keys });
        }

        return command;
    }

    private static byte[] Pack(SipLadder ladder)
    {
        using var packed = new MemoryStream();
        using (var zip = new DeflateStream(packed, CompressionLevel.Fastest))
        {
            JsonSerializer.Serialize(zip, ladder.Entries.Select(StoredLadderEntry.Of));
        }

        return packed.ToArray();
    }

    private static List<StoredLadderEntry> Unpack(byte[] packed)
    {
        using var zip = new DeflateStream(new MemoryStream(packed), CompressionMode.Decompress);
        return JsonSerializer.Deserialize<List<StoredLadderEntry>>(zip)!;
    }

    private async Task<HashSet<Guid>> RecordedAsync(Guid[] calls, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id from public.mt_streams where id = any ($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = calls });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var recorded = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            recorded.Add(reader.GetGuid(0));
        }

        return recorded;
    }
}
