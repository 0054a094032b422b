using CallCenter.Domain;
using CallCenter.Domain.Retention;
using CallCenter.EventStore;

namespace CallCenter.Api.Retention;

/// <summary>What the center keeps for how long, read from its stream at every use.</summary>
internal sealed class RetentionBook(PostgresEventStore store, TimeProvider clock)
{
    private static readonly Aggregate<RetentionPolicy> Policies = new(RetentionPolicy.StreamType, RetentionPolicy.Initial, (policy, e) => RetentionPolicy.Evolve(policy, (RetentionEvent)e));

    public async Task<RetentionSettings> SettingsAsync(CancellationToken ct) => (await store.AggregateStreamAsync(Policies, RetentionPolicy.Id, ct: ct)).State.Settings;

    /// <summary>Has this hold from now on.</summary>
    /// <returns>Why not: <c>RETENTION_DAYS</c>.</returns>
    public async Task<Refusal?> ConfigureAsync(RetentionSettings settings, string by, CancellationToken ct)
    {
        Refusal? refusal = null;
        await new CommandHandler(store).HandleAsync(Policies, RetentionPolicy.Id, policy =>
        {
            var decision = RetentionPolicy.Decide(new ConfigureRetention(settings, clock.GetUtcNow(), by), policy);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, by), ct: ct);
        return refusal;
    }
}
