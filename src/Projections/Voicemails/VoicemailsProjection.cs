using System.Diagnostics;
using System.Text.Json;

using CallCenter.Domain.Calls;
using CallCenter.Domain.Voicemails;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Voicemails;

/// <summary>Every message with what became of it, those that are being spoken, and every mailbox that was configured.</summary>
public sealed class VoicemailsProjection : IProjection
{
    public string Name => "voicemails";

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(VoicemailLeft), typeof(VoicemailHeard), typeof(VoicemailAssigned), typeof(VoicemailMailed), typeof(VoicemailMailFailed), typeof(VoicemailDeleted), typeof(MailboxConfigured),
        typeof(CallVoicemailStarted), typeof(CallVoicemailDropped),
    ];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.voicemails (
            id uuid primary key,
            mailbox_id uuid not null,
            owner text not null,
            from_number text not null,
            call_id uuid not null,
            file text not null,
            sha256 text,
            seconds float8 not null,
            bytes bigint not null,
            failure text,
            left_at timestamptz not null,
            heard_at timestamptz,
            heard_by text,
            assigned_to uuid not null,
            assigned_owner text not null,
            mailed_at timestamptz,
            mail_failure text,
            deleted_at timestamptz);
        create index if not exists voicemails_by_time on {schemaName}.voicemails (left_at desc, id desc) where deleted_at is null;
        create index if not exists voicemails_by_work on {schemaName}.voicemails (assigned_to, left_at desc, id desc) where deleted_at is null;
        create table if not exists {schemaName}.spoken (id uuid primary key, call_id uuid not null, mailbox_id uuid not null, owner text not null, file text not null);
        create table if not exists {schemaName}.mailboxes (id uuid primary key, owner text not null, settings jsonb not null);
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var table = $"{batch.SchemaName}.voicemails";
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            switch (stored.Data)
            {
                case CallVoicemailStarted e:
                    commands.Add(
                        $"insert into {batch.SchemaName}.spoken (id, call_id, mailbox_id, owner, file) values ($1, $2, $3, $4, $5)",
                        e.VoicemailId, e.CallId, e.MailboxId, e.Owner.ToString(), e.File);
                    break;
                case CallVoicemailDropped e:
                    commands.Add($"delete from {batch.SchemaName}.spoken where id = $1", e.VoicemailId);
                    break;
                case VoicemailLeft e:
                    commands.Add($"delete from {batch.SchemaName}.spoken where id = $1", e.VoicemailId);
                    commands.Add($"""
                        insert into {table} (id, mailbox_id, owner, from_number, call_id, file, sha256, seconds, bytes, failure, left_at, assigned_to, assigned_owner)
                        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $2, $3)
                        """, e.VoicemailId, e.MailboxId, e.Owner.ToString(), e.From, e.CallId, e.File, e.Sha256, e.Seconds, e.Bytes, e.Failure, e.OccurredAt);
                    break;
                case VoicemailHeard e:
                    commands.Add($"update {table} set heard_at = $2, heard_by = $3 where id = $1", e.VoicemailId, e.OccurredAt, e.By);
                    break;
                case VoicemailAssigned e:
                    commands.Add($"update {table} set assigned_to = $2, assigned_owner = $3 where id = $1", e.VoicemailId, e.To, e.Owner.ToString());
                    break;
                case VoicemailMailed e:
                    commands.Add($"update {table} set mailed_at = $2, mail_failure = null where id = $1", e.VoicemailId, e.OccurredAt);
                    break;
                case VoicemailMailFailed e:
                    commands.Add($"update {table} set mail_failure = $2 where id = $1", e.VoicemailId, e.Reason);
                    break;
                case VoicemailDeleted e:
                    commands.Add($"update {table} set deleted_at = $2 where id = $1", e.VoicemailId, e.OccurredAt);
                    break;
                case MailboxConfigured e:
                    commands.Add(
                        $"insert into {batch.SchemaName}.mailboxes (id, owner, settings) values ($1, $2, $3::jsonb) on conflict (id) do update set owner = $2, settings = $3::jsonb",
                        e.MailboxId, e.Owner.ToString(), JsonSerializer.Serialize(e.Settings, EventJson.Options));
                    break;
                default:
                    throw new UnreachableException($"VoicemailsProjection does not take {stored.Data.GetType().Name}.");
            }
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
