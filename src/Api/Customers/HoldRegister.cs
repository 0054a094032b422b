using CallCenter.Api.Hosting;
using CallCenter.Api.Recordings;
using CallCenter.Api.Retention;
using CallCenter.Domain;
using CallCenter.Domain.Holds;
using CallCenter.Domain.Imports;
using CallCenter.EventStore;
using CallCenter.Projections.Customers;

namespace CallCenter.Api.Customers;

/// <summary>Sets, releases and tells legal holds. A hold and a forgetting take turns, so that neither misses the other.</summary>
/// <param name="center">Where the events are.</param>
/// <param name="clock">When commands come.</param>
internal sealed class HoldRegister(Center center, TimeProvider clock)
{
    private static readonly Aggregate<LegalHolds> Holds = new(LegalHolds.StreamType, LegalHolds.Initial, (holds, e) => LegalHolds.Evolve(holds, (LegalHoldEvent)e));
    private static readonly Aggregate<ImportBatch> Batches = new(ImportBatch.StreamType, ImportBatch.Initial, (batch, e) => ImportBatch.Evolve(batch, (ImportEvent)e));

    /// <summary>All holds, as they are stored now.</summary>
    public async Task<LegalHolds> ReadAsync(CancellationToken ct) => (await center.Store.AggregateStreamAsync(Holds, LegalHolds.StreamId, ct: ct)).State;

    /// <summary>Sets a hold on a customer or on a batch.</summary>
    /// <returns>Its id, and why not: <c>CUSTOMER_NOT_FOUND</c>, <c>CUSTOMER_FORGOTTEN</c>, <c>IMPORT_NOT_FOUND</c>, <c>HOLD_REASON</c>, <c>HOLD_SUBJECT</c>.</returns>
    public async Task<(Guid Id, Refusal? Refusal)> SetAsync(Guid? customer, string? batch, string reason, string by, CancellationToken ct)
    {
        await using var turn = await CustomerTurn.TakeAsync(center.Source, ct);
        var id = Guid.CreateVersion7();
        if (customer is { } held)
        {
            await center.ShowAsync(ct);
            switch ((await new CustomerQueries(center.Source, center.Personal).GetAsync([held], ct)).GetValueOrDefault(held))
            {
                case null:
                    return (id, new Refusal("CUSTOMER_NOT_FOUND", "There is no such customer."));
                case { ForgottenAt: not null }:
                    return (id, new Refusal("CUSTOMER_FORGOTTEN", "The customer was forgotten."));
            }
        }

        if (batch is not null && (await center.Store.AggregateStreamAsync(Batches, ImportBatch.IdOf(batch), ct: ct)).State.Phase == ImportPhase.None)
        {
            return (id, new Refusal("IMPORT_NOT_FOUND", $"There is no batch {batch}."));
        }

        return (id, await HandleAsync(new SetLegalHold(id, customer, batch, reason, clock.GetUtcNow(), by), by, ct));
    }

    /// <summary>Releases a hold.</summary>
    /// <returns>Why not: <c>HOLD_NOT_FOUND</c>, <c>HOLD_RELEASED</c>, <c>HOLD_REASON</c>.</returns>
    public async Task<Refusal?> ReleaseAsync(Guid id, string reason, string by, CancellationToken ct)
    {
        var refusal = await HandleAsync(new ReleaseLegalHold(id, reason, clock.GetUtcNow(), by), by, ct);
        if (refusal is null)
        {
            // What was held back is taken up now; without this it would be within the hour, or the day.
            await new AudioRetention(center, clock).ScheduleAsync(ct);
            await DataRetention.ScheduleAsync(center, clock.GetUtcNow(), ct);
        }

        return refusal;
    }

    private async Task<Refusal?> HandleAsync(LegalHoldCommand command, string by, CancellationToken ct)
    {
        Refusal? refusal = null;
        await new CommandHandler(center.Store).HandleAsync(
            Holds,
            LegalHolds.StreamId,
            holds =>
            {
                var decision = LegalHoldDecider.Decide(command, holds);
                refusal = decision.Refusal;
                return [.. decision.Events.Select(e => EventData.Of(e))];
            },
            new EventMetadata(null, null, by),
            ct: ct);
        return refusal;
    }
}
