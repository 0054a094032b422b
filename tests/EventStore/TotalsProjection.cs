using Npgsql;

namespace CallCenter.EventStore.Tests;

/// <summary>Adds up amounts, and keeps each position under a primary key: an event applied twice cannot go unseen.</summary>
internal sealed class TotalsProjection(string name = "totals") : IProjection
{
    /// <summary>An event with this amount cannot be applied while it is set.</summary>
    public int? Poison { get; set; }

    public string Name => name;

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(Counted)];

    public string Schema(string schemaName) => $"""
        create table if not exists {schemaName}.seen (position bigint primary key, ordinal bigint generated always as identity, amount bigint not null);
        create table if not exists {schemaName}.total (amount bigint not null);
        insert into {schemaName}.total select 0 where not exists (select from {schemaName}.total)
        """;

    public async Task ApplyAsync(ProjectionBatch batch, CancellationToken ct)
    {
        foreach (var stored in batch.Events)
        {
            var amount = ((Counted)stored.Data).Amount;
            if (amount == Poison)
            {
                throw new InvalidDataException($"{amount} is poison");
            }

            await using var command = new NpgsqlCommand(
                $"insert into {batch.SchemaName}.seen (position, amount) values ({stored.Position}, {amount}); update {batch.SchemaName}.total set amount = amount + {amount}",
                batch.Connection,
                batch.Transaction);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}
