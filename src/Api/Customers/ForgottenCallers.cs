using CallCenter.Domain;
using CallCenter.Domain.Callbacks;
using CallCenter.Domain.Persons;
using CallCenter.EventStore;
using CallCenter.Routing;

using Npgsql;

namespace CallCenter.Api.Customers;

/// <summary>What the running server still does about the forgotten: it brings interrupted forgettings to their end, calls nobody back, and no longer knows who served whom.</summary>
internal sealed class ForgottenCallers(PostgresEventStore store, NpgsqlDataSource source, Router router, Forgetting forgetting, Func<long, CancellationToken, Task> readModelsShow, TimeProvider clock) : ISubscription
{
    private const string By = "forgetting";

    private static readonly Aggregate<Callback> Callbacks = new(Callback.StreamType, Callback.Initial, (callback, e) => Callback.Evolve(callback, (CallbackEvent)e));

    public string Name => By;

    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ForgettingStarted), typeof(PersonForgotten)];

    public SubscriptionStart Start => SubscriptionStart.FromBeginning;

    public async Task HandleAsync(StoredEvent stored, CancellationToken ct)
    {
        if (stored.Data is PersonForgotten { Keys: { Count: > 0 } keys })
        {
            await readModelsShow(stored.Position, ct);
            foreach (var callback in await OpenCallbacksAsync(keys, ct))
            {
                await CancelAsync(callback, ct);
            }

            await router.ForgetCallersAsync(ct);
        }
        else if (stored.Data is ForgettingStarted)
        {
            await forgetting.CompleteAsync(stored.StreamId, by: null, ct);
        }
    }

    // One that routing does not know any more was asked for before the last start by somebody who was forgotten then.
    private async Task CancelAsync(Guid callback, CancellationToken ct)
    {
        if (await router.CancelCallbackAsync(callback, By) is { Code: "CALLBACK_NOT_FOUND" })
        {
            await new CommandHandler(store).HandleAsync(
                Callbacks, callback, state => [.. CallbackDecider.Decide(new CancelCallback(By, clock.GetUtcNow()), state).Events.Select(e => EventData.Of(e))], new EventMetadata(null, null, By), ct: ct);
        }
    }

    private async Task<List<Guid>> OpenCallbacksAsync(IReadOnlyList<Guid> keys, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select id from callbacks.callbacks where ended_at is null and left(number, length($1[1])) = any ($1)");
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(PersonalToken.StartOf).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var open = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            open.Add(reader.GetGuid(0));
        }

        return open;
    }
}
