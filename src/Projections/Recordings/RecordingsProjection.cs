using System.Diagnostics;

using CallCenter.Domain.Calls;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Recordings;

/// <summary>Every recording of a call; one without an end is still being made, or was cut by a restart.</summary>
public sealed class RecordingsProjection : IProjection
{
    public string Name => "recordings";

    public int Version => 2;

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(CallRecordingStarted), typeof(CallRecordingPaused), typeof(CallRecordingResumed), typeof(CallRecorded), typeof(CallRecordingDeleted)];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.recordings (
            id uuid primary key,
            call_id uuid not null,
            started_at timestamptz not null,
            paused boolean not null,
            file text not null,
            ended boolean not null default false,
            sha256 text,
            seconds float8,
            bytes bigint,
            failure text,
            deleted_at timestamptz);
        create index if not exists recordings_by_call on {schemaName}.recordings (call_id);
        create index if not exists recordings_kept on {schemaName}.recordings (started_at) where ended and deleted_at is null;
        create index if not exists recordings_open on {schemaName}.recordings (id) where not ended;
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var table = $"{batch.SchemaName}.recordings";
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            switch (stored.Data)
            {
                case CallRecordingStarted e:
                    commands.Add($"insert into {table} (id, call_id, started_at, paused, file) values ($1, $2, $3, false, $4)", e.RecordingId, e.CallId, e.OccurredAt, e.File);
                    break;
                case CallRecordingPaused e:
                    commands.Add($"update {table} set paused = true where id = $1", e.RecordingId);
                    break;
                case CallRecordingResumed e:
                    commands.Add($"update {table} set paused = false where id = $1", e.RecordingId);
                    break;
                case CallRecorded e:
                    commands.Add(
                        $"update {table} set paused = false, ended = true, sha256 = $2, seconds = $3, bytes = $4, failure = $5 where id = $1",
                        e.RecordingId, e.Sha256, e.Seconds, e.Bytes, e.Failure);
                    break;
                case CallRecordingDeleted e:
                    commands.Add($"update {table} set deleted_at = $2 where id = $1", e.RecordingId, e.OccurredAt);
                    break;
                default:
                    throw new UnreachableException($"RecordingsProjection does not take {stored.Data.GetType().Name}.");
            }
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
