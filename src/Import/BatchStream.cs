using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Imports;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Import;

/// <summary>A batch's own stream, and what it brought.</summary>
internal sealed class BatchStream(PostgresEventStore store, StreamOrigins origins, string name, TimeProvider clock)
{
    /// <summary>What batches bring and take away. Queues and agents that were made for one stay: others may have come to use them.</summary>
    public static readonly IReadOnlyList<string> Brought = [Call.StreamType, Agent.ShiftStreamType];

    private static readonly Aggregate<ImportBatch> Batches = new(ImportBatch.StreamType, ImportBatch.Initial, (batch, e) => ImportBatch.Evolve(batch, (ImportEvent)e));

    public Guid Id { get; } = ImportBatch.IdOf(name);

    /// <summary>Keeps a second import or a reversal of the batch away until it is given back.</summary>
    /// <exception cref="ImportException">There is one.</exception>
    public async Task<ExclusiveWork> HoldAsync(NpgsqlDataSource source, CancellationToken cancellationToken) =>
        await ExclusiveWork.TryTakeAsync(source, $"callcenter.import.{name}", cancellationToken)
        ?? throw new ImportException($"Batch {name} is being imported or reverted by another process; wait for it.");

    /// <returns>The batch after it, and the position of the command's last event, 0 when it led to none.</returns>
    /// <exception cref="ImportException">The command was refused.</exception>
    public async Task<(ImportBatch Batch, long Position)> DoAsync(Func<DateTimeOffset, ImportCommand> command, string? user, CancellationToken cancellationToken)
    {
        var result = await new CommandHandler(store).HandleAsync(Batches, Id, batch => Decide(command(clock.GetUtcNow()), batch), new EventMetadata(null, null, user), ct: cancellationToken);
        return (result.State, result.LastPosition);
    }

    /// <summary>What all that a generation brings begins with.</summary>
    public string Correlation(int generation) => $"import:{name}:{generation}";

    /// <summary>The position of the event by which a generation began: all that it brought lies above.</summary>
    public async Task<long> BeginningAsync(int generation, CancellationToken cancellationToken) =>
        (await store.FetchStreamAsync(Id, ct: cancellationToken)).First(e => e.Data is ImportStarted started && started.Generation == generation).Position;

    /// <summary>How many calls and shifts of a generation there are, or were and are withdrawn.</summary>
    public async Task<(int Calls, int Shifts)> CountAsync(int generation, bool withdrawn, CancellationToken cancellationToken)
    {
        var counts = await origins.CountAsync(Correlation(generation), withdrawn, await BeginningAsync(generation, cancellationToken), cancellationToken);
        return (counts.GetValueOrDefault(Call.StreamType), counts.GetValueOrDefault(Agent.ShiftStreamType));
    }

    private List<EventData> Decide(ImportCommand command, ImportBatch batch)
    {
        var decision = ImportDecider.Decide(command, batch);
        return decision.Refusal is { } refusal
            ? throw new ImportException(batch.Phase == ImportPhase.None && command is StartReversal ? $"There is no batch {name}; ./run import list names those that there are." : refusal.Message)
            : [.. decision.Events.Select(EventData.Of)];
    }
}
