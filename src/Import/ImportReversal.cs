using CallCenter.Domain;
using CallCenter.Domain.Agents;
using CallCenter.Domain.Calls;
using CallCenter.Domain.Holds;
using CallCenter.Domain.Imports;
using CallCenter.EventStore;

using Npgsql;

namespace CallCenter.Import;

/// <summary>How a reversal went.</summary>
/// <param name="Calls">Calls that were withdrawn, those of an interrupted reversal included.</param>
/// <param name="Shifts">The same of agents' shifts.</param>
/// <param name="LastPosition">Global position of the reversal's last event.</param>
public sealed record ReversalReport(int Generation, int Calls, int Shifts, long LastPosition);

/// <summary>
/// Takes back what a batch brought: each stream gets a last event that withdraws it, and is archived. Nothing is deleted, and the trail tells of coming and going. What is withdrawn may come again.
/// </summary>
public sealed class ImportReversal(PostgresEventStore store, NpgsqlDataSource source, TimeProvider clock)
{
    private const int StreamsAtOnce = 500;
    private const string User = "import:revert";

    private static readonly Aggregate<LegalHolds> Holds = new(LegalHolds.StreamType, LegalHolds.Initial, (holds, e) => LegalHolds.Evolve(holds, (LegalHoldEvent)e));

    /// <param name="progress">Told of the streams that are withdrawn.</param>
    /// <exception cref="ImportException">There is no such batch, it is reverted already or under legal hold, or another process is at it.</exception>
    public async Task<ReversalReport> RunAsync(string name, IProgress<int>? progress, CancellationToken cancellationToken)
    {
        var origins = new StreamOrigins(source);
        var stream = new BatchStream(store, origins, name, clock);
        await using var hold = await stream.HoldAsync(source, cancellationToken);
        if ((await store.AggregateStreamAsync(Holds, LegalHolds.StreamId, ct: cancellationToken)).State.OnBatch(name) is { } held)
        {
            throw new ImportException(held.Refusal($"Batch {name}").Message);
        }

        var (batch, _) = await stream.DoAsync(at => new StartReversal(at), User, cancellationToken);
        var metadata = new EventMetadata($"{stream.Correlation(batch.Generation)}:reverted", null, User);
        var (after, done) = (await stream.BeginningAsync(batch.Generation, cancellationToken), 0);
        while (await origins.BegunByAsync(stream.Correlation(batch.Generation), BatchStream.Brought, after, StreamsAtOnce, cancellationToken) is { Count: > 0 } page)
        {
            var agents = await AgentsAsync(page, cancellationToken);

            // Each for itself, so that what an interrupted reversal has written already is found there; the store lets them share commits.
            await Task.WhenAll(page.Select(origin => store.AppendAsync(
                new StreamAppend(origin.StreamId, origin.StreamType, ExpectedVersion.Any, [new EventData(HistoryId.OfWithdrawal(origin.StreamId), Withdrawal(origin.StreamId, agents, batch))]),
                metadata, cancellationToken)));
            await store.ArchiveStreamsAsync([.. page.Select(origin => origin.StreamId)], cancellationToken);
            (after, done) = (page[^1].Position, done + page.Count);
            progress?.Report(done);
        }

        var (calls, shifts) = await stream.CountAsync(batch.Generation, withdrawn: true, cancellationToken);
        var (_, position) = await stream.DoAsync(now => new CompleteReversal(calls, shifts, now), User, cancellationToken);
        return new ReversalReport(batch.Generation, calls, shifts, position);
    }

    // All at the instant at which the reversal began, so that going on with it says the same again.
    private static DomainEvent Withdrawal(Guid id, Dictionary<Guid, Guid> agents, ImportBatch batch) =>
        agents.TryGetValue(id, out var agent) ? new AgentShiftWithdrawn(agent, batch.Id, batch.LastAt) : new CallWithdrawn(id, batch.Id, batch.LastAt);

    /// <summary>Whose shifts those of the streams are that are shifts.</summary>
    private async Task<Dictionary<Guid, Guid>> AgentsAsync(IReadOnlyList<StreamOrigin> page, CancellationToken cancellationToken)
    {
        var shifts = page.Where(origin => origin.StreamType == Agent.ShiftStreamType).Select(origin => origin.StreamId).ToList();
        return shifts.Count == 0 ? []
            : (await new EventTrail(source, store.Types).StreamsAsync(shifts, cancellationToken)).Where(e => e.Version == 1).ToDictionary(e => e.StreamId, e => ((AgentEvent)e.Data).AgentId);
    }
}
