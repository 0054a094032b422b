using System.Diagnostics;

using CallCenter.Domain.Customers;
using CallCenter.Domain.Persons;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Projections.Customers;

/// <summary>Every customer: profile, what each is known by, consents and notes.</summary>
public sealed class CustomersProjection : IProjection
{
    public string Name => "customers";

    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(CustomerCreated), typeof(CustomerChanged), typeof(CustomerIdentified), typeof(CustomerUnidentified), typeof(CustomerConsentSet), typeof(CustomerNoted), typeof(CustomerMerged),
        typeof(PersonForgotten),
    ];

    // Who was merged into one that is merged itself points to the one that is left.
    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.customers (
            id uuid primary key,
            name text,
            segment text,
            value numeric,
            created_at timestamptz not null,
            merged_into uuid,
            forgotten_at timestamptz,
            version bigint not null);
        create index if not exists customers_newest on {schemaName}.customers (created_at desc, id desc);
        create index if not exists customers_merged on {schemaName}.customers (merged_into) where merged_into is not null;
        create table if not exists {schemaName}.identifiers (
            customer_id uuid not null,
            kind text not null,
            key text not null,
            text text not null,
            version bigint not null,
            primary key (customer_id, kind, key));
        create index if not exists identifiers_by_key on {schemaName}.identifiers (key);
        create table if not exists {schemaName}.consents (
            customer_id uuid not null,
            purpose text not null,
            given boolean not null,
            source text not null,
            said_at timestamptz not null,
            said_by text,
            primary key (customer_id, purpose));
        create table if not exists {schemaName}.notes (
            customer_id uuid not null,
            version bigint not null,
            text text not null,
            noted_at timestamptz not null,
            noted_by text,
            primary key (customer_id, version));
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken cancellationToken)
    {
        var schema = batch.SchemaName;
        await using var commands = new NpgsqlBatch(batch.Connection, batch.Transaction);
        foreach (var stored in batch.Events)
        {
            var (id, version) = (stored.StreamId, stored.Version);
            switch (stored.Data)
            {
                case CustomerCreated e:
                    commands.Add(
                        $"insert into {schema}.customers (id, name, segment, value, created_at, version) values ($1, $2, $3, $4, $5, $6)", id, e.Name, e.Segment, e.Value, e.OccurredAt, version);
                    break;
                case CustomerChanged e:
                    commands.Add($"update {schema}.customers set name = $2, segment = $3, value = $4, version = $5 where id = $1", id, e.Name, e.Segment, e.Value, version);
                    break;
                case CustomerIdentified e:
                    Identify(IdentifierKind.Number, e.Number);
                    Identify(IdentifierKind.Email, e.Email);
                    Identify(IdentifierKind.Reference, e.Reference);
                    break;
                case CustomerUnidentified e:
                    commands.Add(
                        $"delete from {schema}.identifiers where customer_id = $1 and key = any($2)",
                        id, new[] { e.Number, e.Email, e.Reference }.Select(PersonalToken.SearchKey).OfType<string>().ToArray());
                    break;
                case CustomerConsentSet e:
                    commands.Add(
                        $"insert into {schema}.consents values ($1, $2, $3, $4, $5, $6) on conflict (customer_id, purpose) do update set given = $3, source = $4, said_at = $5, said_by = $6",
                        id, e.Purpose, e.Given, e.Source, e.OccurredAt, e.By);
                    break;
                case CustomerNoted e:
                    commands.Add($"insert into {schema}.notes values ($1, $2, $3, $4, $5)", id, version, e.Text, e.OccurredAt, e.By);
                    break;
                case CustomerMerged e:
                    commands.Add($"update {schema}.customers set merged_into = $2 where id = $1 or merged_into = $1", id, e.IntoId);
                    break;
                case PersonForgotten e:
                    commands.Add($"update {schema}.customers set forgotten_at = $2 where id = $1 or merged_into = $1", e.PersonId, e.OccurredAt);
                    commands.Add($"delete from {schema}.identifiers where customer_id = $1", e.PersonId);
                    break;
                default:
                    throw new UnreachableException($"CustomersProjection does not take {stored.Data.GetType().Name}.");
            }

            if (stored.Data is CustomerEvent)
            {
                commands.Add($"update {schema}.customers set version = $2 where id = $1", id, version);
            }

            void Identify(IdentifierKind kind, string? text)
            {
                if (text is not null && PersonalToken.SearchKey(text) is { } key)
                {
                    commands.Add($"insert into {schema}.identifiers values ($1, $2, $3, $4, $5) on conflict do nothing", id, kind.ToString(), key, text, version);
                }
            }
        }

        await commands.ExecuteNonQueryAsync(cancellationToken);
    }
}
