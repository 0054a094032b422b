using System.Text.Json;

using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Voicemails;

/// <summary>Which messages, of those that have not been deleted. Everything that is set must hold.</summary>
/// <param name="Mailbox">Id of the queue or agent for whom it was left.</param>
/// <param name="AssignedTo">Id of the queue or agent whose work it is.</param>
public sealed record VoicemailFilter(Guid? Mailbox = null, Guid? AssignedTo = null, bool? Heard = null);

/// <summary>A message as it stands.</summary>
/// <param name="From">As it is stored: a token, revealed only where it is shown.</param>
/// <param name="MailFailure">What the mail server said when it would not have it; null when it took it, or was not asked yet.</param>
public sealed record VoicemailView(
    Guid Id, Guid MailboxId, MailboxOwner Owner, string From, Guid CallId, string File, string? Sha256, double Seconds, long Bytes, string? Failure, DateTimeOffset LeftAt,
    DateTimeOffset? HeardAt, string? HeardBy, Guid AssignedTo, MailboxOwner AssignedOwner, DateTimeOffset? MailedAt, string? MailFailure, DateTimeOffset? DeletedAt);

/// <summary>A message that is being spoken; or was, when a restart cut it.</summary>
/// <param name="File">Path below the folder of recordings.</param>
public sealed record SpokenVoicemail(Guid Id, Guid CallId, Guid MailboxId, MailboxOwner Owner, string File);

/// <summary>Reads messages, newest first, and mailboxes.</summary>
public sealed class VoicemailQueries(NpgsqlDataSource source)
{
    private const string Columns = "v.id, v.mailbox_id, v.owner, v.from_number, v.call_id, v.file, v.sha256, v.seconds, v.bytes, v.failure, v.left_at, v.heard_at, v.heard_by, "
        + "v.assigned_to, v.assigned_owner, v.mailed_at, v.mail_failure, v.deleted_at";

    /// <summary>A message, also a deleted one.</summary>
    public async Task<VoicemailView?> FindAsync(Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync(new Where().And<Guid>(id, p => $"v.id = {p}"), "", cancellationToken)).SingleOrDefault();

    /// <exception cref="BadCursorException"><paramref name="after"/> is no cursor of this list.</exception>
    public async Task<Page<VoicemailView>> PageAsync(VoicemailFilter filter, int first, string? after, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        if (after is not null)
        {
            var cursor = Cursor.TryParse(after, out var parsed) ? parsed : throw new BadCursorException(after);
            where.And($"(v.left_at, v.id) < ({where.Parameter(cursor.Instant)}, {where.Parameter(cursor.Id)})");
        }

        var found = await ReadAsync(where, $" limit {where.Parameter(first + 1)}", cancellationToken);
        var shown = found.Take(first).ToList();
        return new Page<VoicemailView>(shown, shown.ConvertAll(v => Cursor.Of(v.LeftAt, v.Id).ToString()), found.Count > first, after is not null);
    }

    public async Task<int> CountAsync(VoicemailFilter filter, CancellationToken cancellationToken)
    {
        var where = Conditions(filter);
        await using var command = where.Command(source, $"select count(*)::int from voicemails.voicemails v{where}");
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>The oldest messages of a mailbox that have not been deleted.</summary>
    /// <param name="mailbox">Id of its queue or agent; null for all.</param>
    /// <param name="before">When they were left, at the latest.</param>
    /// <param name="most">How many.</param>
    /// <param name="held">Keys of callers whose messages are left out.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<Guid>> KeptAsync(Guid? mailbox, DateTimeOffset before, int most, string[] held, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("""
            select v.id from voicemails.voicemails v left join calls.calls c on c.id = v.call_id
            where ($1::uuid is null or v.mailbox_id = $1) and v.deleted_at is null and v.left_at < $2
                and not exists (select from unnest($4) k (key) where k.key in (c.from_key, c.to_key, c.customer_key))
            order by v.left_at limit $3
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = mailbox ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter { Value = before });
        command.Parameters.Add(new NpgsqlParameter { Value = most });
        command.Parameters.Add(new NpgsqlParameter { Value = held });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var kept = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            kept.Add(reader.GetGuid(0));
        }

        return kept;
    }

    /// <summary>Messages of which nobody has told yet what came of them.</summary>
    public async Task<IReadOnlyList<SpokenVoicemail>> SpokenAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, call_id, mailbox_id, owner, file from voicemails.spoken order by id");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var spoken = new List<SpokenVoicemail>();
        while (await reader.ReadAsync(cancellationToken))
        {
            spoken.Add(new SpokenVoicemail(reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), Enum.Parse<MailboxOwner>(reader.GetString(3)), reader.GetString(4)));
        }

        return spoken;
    }

    /// <summary>The mailboxes that were configured, by the id of the queue or agent.</summary>
    public async Task<IReadOnlyDictionary<Guid, (MailboxOwner Owner, MailboxSettings Settings)>> MailboxesAsync(CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("select id, owner, settings from voicemails.mailboxes");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var mailboxes = new Dictionary<Guid, (MailboxOwner, MailboxSettings)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            mailboxes.Add(reader.GetGuid(0), (Enum.Parse<MailboxOwner>(reader.GetString(1)), JsonSerializer.Deserialize<MailboxSettings>(reader.GetString(2), EventJson.Options)!));
        }

        return mailboxes;
    }

    private static Where Conditions(VoicemailFilter filter) => new Where()
        .And("v.deleted_at is null")
        .And(filter.Mailbox, p => $"v.mailbox_id = {p}")
        .And(filter.AssignedTo, p => $"v.assigned_to = {p}")
        .And(filter.Heard, p => $"(v.heard_at is not null) = {p}");

    private async Task<List<VoicemailView>> ReadAsync(Where where, string limit, CancellationToken cancellationToken)
    {
        await using var command = where.Command(source, $"select {Columns} from voicemails.voicemails v{where} order by v.left_at desc, v.id desc{limit}");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<VoicemailView>();
        while (await reader.ReadAsync(cancellationToken))
        {
            found.Add(new VoicemailView(
                reader.GetGuid(0), reader.GetGuid(1), Enum.Parse<MailboxOwner>(reader.GetString(2)), reader.GetString(3), reader.GetGuid(4), reader.GetString(5), reader.Get<string>(6),
                reader.GetDouble(7), reader.GetInt64(8), reader.Get<string>(9), reader.GetFieldValue<DateTimeOffset>(10), reader.GetOrNull<DateTimeOffset>(11), reader.Get<string>(12),
                reader.GetGuid(13), Enum.Parse<MailboxOwner>(reader.GetString(14)), reader.GetOrNull<DateTimeOffset>(15), reader.Get<string>(16), reader.GetOrNull<DateTimeOffset>(17)));
        }

        return found;
    }
}
