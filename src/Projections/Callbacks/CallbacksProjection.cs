using System.Diagnostics;

using CallCenter.Domain.Callbacks;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Callbacks;

/// <summary>Every callback as it stands.</summary>
public sealed class CallbacksProjection : IProjection
{
    public string Name => "callbacks";

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(CallbackRequested), typeof(CallbackDialled), typeof(CallbackNotReached), typeof(CallbackConfirmed), typeof(CallbackCompleted), typeof(CallbackCancelled), typeof(CallbackGivenUp),
    ];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.callbacks (
            id uuid primary key,
            state text not null,
            queue_id uuid not null,
            agent_id uuid,
            number text not null,
            queued_at timestamptz not null,
            head_start_seconds int not null,
            priority int not null,
            requested_at timestamptz not null,
            requested_by text,
            due_at timestamptz,
            attempts int not null,
            asked_in uuid,
            last_call_id uuid,
            last_reason text,
            ended_at timestamptz);
        create index if not exists callbacks_by_time on {schemaName}.callbacks (requested_at desc, id desc);
        create index if not exists callbacks_open on {schemaName}.callbacks (queue_id) where ended_at is null;
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var table = $"{batch.SchemaName}.callbacks";
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            switch (stored.Data)
            {
                case CallbackRequested e:
                    commands.Add($"""
                        insert into {table} (id, state, queue_id, agent_id, number, queued_at, head_start_seconds, priority, requested_at, requested_by, due_at, attempts, asked_in)
                        values ($1, 'Waiting', $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)
                        """, e.CallbackId, e.QueueId, e.AgentId, e.Number, e.Rank.QueuedAt, e.Rank.HeadStartSeconds, e.Rank.Priority, e.OccurredAt, e.By, e.DueAt, e.CallId);
                    break;
                case CallbackDialled e:
                    commands.Add($"update {table} set state = 'Dialling', attempts = $2, last_call_id = $3 where id = $1", e.CallbackId, e.Attempt, e.CallId);
                    break;
                case CallbackNotReached e:
                    commands.Add(
                        $"update {table} set state = 'Waiting', due_at = $2, last_reason = $3, attempts = attempts - $4 where id = $1",
                        e.CallbackId, e.RetryAt, e.Reason.ToString(), e.Reason == CallbackMiss.SystemRestart ? 1 : 0);
                    break;
                case CallbackConfirmed e:
                    commands.Add($"update {table} set state = 'Confirmed' where id = $1", e.CallbackId);
                    break;
                case CallbackCompleted e:
                    commands.Add($"update {table} set state = 'Completed', agent_id = $2, ended_at = $3 where id = $1", e.CallbackId, e.AgentId, e.OccurredAt);
                    break;
                case CallbackCancelled e:
                    commands.Add($"update {table} set state = 'Cancelled', ended_at = $2 where id = $1", e.CallbackId, e.OccurredAt);
                    break;
                case CallbackGivenUp e:
                    commands.Add($"update {table} set state = 'GivenUp', ended_at = $2 where id = $1", e.CallbackId, e.OccurredAt);
                    break;
                default:
                    throw new UnreachableException($"CallbacksProjection does not take {stored.Data.GetType().Name}.");
            }
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
