using System.Diagnostics;

using CallCenter.Domain.Tickets;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Tickets;

/// <summary>Every ticket as it stands, the contacts that it is about, and what counts of it in figures.</summary>
public sealed class TicketsProjection : IProjection
{
    public string Name => "tickets";

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(TicketOpened), typeof(TicketAssigned), typeof(TicketCommented), typeof(TicketEscalated), typeof(TicketDeescalated), typeof(TicketPended), typeof(TicketResumed), typeof(TicketResolved),
        typeof(TicketReopened), typeof(TicketClosed), typeof(TicketMerged), typeof(TicketAbsorbed), typeof(TicketContactLinked), typeof(TicketTopicChanged), typeof(TicketPriorityChanged),
        typeof(TicketCustomerSet), typeof(TicketClockChanged), typeof(TicketBreached),
    ];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.tickets (
            id uuid primary key,
            number int not null,
            subject text not null,
            description text,
            topic text,
            segment text,
            state text not null,
            tier text not null,
            priority text not null,
            channel text not null,
            owner_id uuid,
            assignee_id uuid,
            customer_id uuid,
            opened_at timestamptz not null,
            opened_by text,
            response_due_at timestamptz,
            due_at timestamptz,
            remind_at timestamptz,
            resolved_at timestamptz,
            closes_at timestamptz,
            closed_at timestamptz,
            resolution text,
            reopened int not null default 0,
            sla_met boolean,
            breached text[] not null default array[]::text[],
            merged_into uuid,
            version bigint not null);
        create index if not exists tickets_newest on {schemaName}.tickets (opened_at desc, id desc);
        create index if not exists tickets_by_number on {schemaName}.tickets (number);
        create index if not exists tickets_of_customer on {schemaName}.tickets (customer_id) where customer_id is not null;
        create index if not exists tickets_unsolved on {schemaName}.tickets (state) where state in ('Open', 'Pending');
        create table if not exists {schemaName}.contacts (
            ticket_id uuid not null,
            contact_id uuid not null,
            channel text not null,
            linked_at timestamptz not null,
            primary key (ticket_id, contact_id));
        create index if not exists contacts_by_contact on {schemaName}.contacts (contact_id, linked_at);
        create table if not exists {schemaName}.milestones (
            ticket_id uuid not null,
            version bigint not null,
            kind text not null,
            at timestamptz not null,
            agent_id uuid,
            topic text,
            segment text,
            priority text not null,
            channel text not null,
            sla_met boolean,
            open_ms bigint,
            first_line boolean,
            is_last boolean not null,
            primary key (ticket_id, version));
        create index if not exists milestones_by_time on {schemaName}.milestones (at);
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            new TicketRow(commands, batch.SchemaName, stored.StreamId, stored.Version).Apply((TicketEvent)stored.Data);
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>One ticket's rows, and one event more.</summary>
    private sealed class TicketRow(NpgsqlBatch commands, string schema, Guid id, long version)
    {
        public void Apply(TicketEvent @event)
        {
            switch (@event)
            {
                case TicketOpened e:
                    commands.Add($"""
                        insert into {schema}.tickets (id, number, subject, description, topic, segment, state, tier, priority, channel, owner_id, assignee_id, customer_id, opened_at, opened_by, response_due_at, due_at, version)
                        values ($1, $2, $3, $4, $5, $6, 'Open', 'FirstLine', $7, $8, $9, $9, $10, $11, $12, $13, $14, $15)
                        """, id, e.Number, e.Subject, e.Description, e.Topic, e.Segment, e.Priority.ToString(), e.Channel.ToString(), e.OwnerId, e.CustomerId, e.OccurredAt, e.By,
                        e.Clock.ResponseDueAt, e.Clock.DueAt, version);
                    if (e.ContactId is { } contact)
                    {
                        Link(contact, e.Channel, e.OccurredAt);
                        AnswerIf(e.Channel);
                    }

                    Count("Opened", e.OccurredAt);
                    break;
                case TicketAssigned e:
                    Set("owner_id = $3, assignee_id = $4", e.OwnerId, e.AgentId);
                    break;
                case TicketCommented { ToCustomer: true }:
                    Set("response_due_at = null");
                    break;
                case TicketCommented or TicketAbsorbed:
                    Set("number = number");
                    break;
                case TicketEscalated e:
                    Set("tier = $3", e.To.ToString());
                    break;
                case TicketDeescalated e:
                    Set("tier = $3, assignee_id = owner_id", e.To.ToString());
                    break;
                case TicketPended e:
                    Clock(e.Clock, "state = 'Pending', remind_at = $5", e.RemindAt);
                    break;
                case TicketResumed e:
                    Clock(e.Clock, "state = 'Open', remind_at = null");
                    break;
                case TicketResolved e:
                    Clock(e.Clock, "state = 'Resolved', remind_at = null, resolved_at = $5, closes_at = $6, sla_met = $7, resolution = $8", e.OccurredAt, e.ClosesAt, e.SlaMet, e.Resolution);
                    commands.Add($"update {schema}.milestones set is_last = false where ticket_id = $1 and kind = 'Resolved'", id);
                    Count("Resolved", e.OccurredAt, e.SlaMet, e.OpenMs, e.FirstLine);
                    break;
                case TicketReopened e:
                    Clock(e.Clock, "state = 'Open', resolved_at = null, closes_at = null, sla_met = null, reopened = reopened + 1");
                    Count("Reopened", e.OccurredAt);
                    break;
                case TicketClosed e:
                    Set("state = 'Closed', closes_at = null, closed_at = $3", e.OccurredAt);
                    break;
                case TicketMerged e:
                    Set("state = 'Closed', closes_at = null, remind_at = null, response_due_at = null, due_at = null, closed_at = $3, merged_into = $4", e.OccurredAt, e.IntoId);
                    commands.Add($"delete from {schema}.contacts where ticket_id = $1", id);
                    break;
                case TicketContactLinked e:
                    Set("number = number");
                    Link(e.ContactId, e.Channel, e.OccurredAt);
                    AnswerIf(e.Channel);
                    break;
                case TicketTopicChanged e:
                    Set("topic = $3", e.Topic);
                    break;
                case TicketPriorityChanged e:
                    Clock(e.Clock, "priority = $5", e.Priority.ToString());
                    break;
                case TicketCustomerSet e:
                    Clock(e.Clock, "customer_id = $5, segment = $6", e.CustomerId, e.Segment);
                    break;
                case TicketClockChanged e:
                    Clock(e.Clock, "number = number");
                    break;
                case TicketBreached e:
                    Set("breached = breached || $3", new[] { e.Promise.ToString() });
                    Count("Breached", e.OccurredAt);
                    break;
                default:
                    throw new UnreachableException($"TicketsProjection does not take {@event.GetType().Name}.");
            }
        }

        private void Set(string columns, params object?[] values) => commands.Add($"update {schema}.tickets set version = $2, {columns} where id = $1", [id, version, .. values]);

        private void Clock(SlaClock clock, string columns, params object?[] values) => Set($"response_due_at = $3, due_at = $4, {columns}", [clock.ResponseDueAt, clock.DueAt, .. values]);

        private void Link(Guid contact, ContactChannel channel, DateTimeOffset at) =>
            commands.Add($"insert into {schema}.contacts values ($1, $2, $3, $4) on conflict do nothing", id, contact, channel.ToString(), at);

        private void AnswerIf(ContactChannel channel)
        {
            if (channel is ContactChannel.Voice or ContactChannel.Chat)
            {
                Set("response_due_at = null");
            }
        }

        /// <summary>As the ticket stands at this event, for ever.</summary>
        private void Count(string kind, DateTimeOffset at, bool? slaMet = null, long? openMs = null, bool? firstLine = null) => commands.Add($"""
            insert into {schema}.milestones (ticket_id, version, kind, at, agent_id, topic, segment, priority, channel, sla_met, open_ms, first_line, is_last)
            select id, $2, $3, $4, owner_id, topic, segment, priority, channel, $5::boolean, $6::bigint, $7::boolean, true from {schema}.tickets where id = $1
            """, id, version, kind, at, slaMet, openMs, firstLine);
    }
}
