using CallCenter.Api.Hosting;
using CallCenter.Domain;
using CallCenter.Domain.Calendars;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;
using CallCenter.Projections.Agents;
using CallCenter.Projections.Calendars;
using CallCenter.Projections.Flows;
using CallCenter.Projections.Queues;
using CallCenter.Routing;

namespace CallCenter.Api.Queues;

/// <summary>Configures queues and calendars: writes what was decided, and returns when routing goes by it.</summary>
internal sealed class QueueConfiguration(Center center, Router router, TimeProvider clock) : IDisposable
{
    private static readonly Aggregate<Queue> Queues = new(Queue.StreamType, Queue.Initial, (queue, e) => Queue.Evolve(queue, (QueueEvent)e));
    private static readonly Aggregate<Calendar> Calendars = new(Calendar.StreamType, Calendar.Initial, (calendar, e) => Calendar.Evolve(calendar, (CalendarEvent)e));

    private readonly QueueQueries _queues = new(center.Source, clock);
    private readonly CalendarQueries _calendars = new(center.Source);

    // One change at a time: names and numbers are unique over streams.
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>Makes a queue, or gives one these settings, all of them. Who waits in it keeps the place.</summary>
    /// <param name="id">Null for a new one.</param>
    /// <param name="settings">All of its settings.</param>
    /// <param name="user">Who does so.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why not: <c>QUEUE_NOT_FOUND</c>, <c>QUEUE_EXISTS</c>, <c>NUMBER_IN_USE</c>, <c>QUEUE_SETTINGS</c>, <c>DESTINATION_NOT_FOUND</c>, <c>CALENDAR_NOT_FOUND</c>.</returns>
    public Task<(Guid Id, Refusal? Refusal)> ConfigureQueueAsync(Guid? id, QueueSettings settings, string user, CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        var queues = await _queues.SettingsAsync(cancellationToken);
        var queue = id ?? Guid.CreateVersion7();
        var others = queues.Where(other => other.Id != queue).Select(other => other.Settings).ToList();
        if (others.Find(other => other.Name == settings.Name) is not null)
        {
            return (queue, new Refusal("QUEUE_EXISTS", $"There is a queue {settings.Name} already."));
        }

        if (settings.Number is { } number && others.Find(other => other.Number == number) is { } taken)
        {
            return (queue, new Refusal("NUMBER_IN_USE", $"Number {number} is queue {taken.Name}'s."));
        }

        if (await MissingAsync(settings, queues, cancellationToken) is { } missing)
        {
            return (queue, missing);
        }

        QueueCommand command = id is null ? new CreateQueue(queue, settings, clock.GetUtcNow()) : new ChangeQueue(settings, clock.GetUtcNow());
        return (queue, await DecideAsync(Queues, queue, state => QueueDecider.Decide(command, state), user, cancellationToken));
    }, cancellationToken);

    /// <summary>Makes a calendar, or changes one.</summary>
    /// <returns>Why not: <c>CALENDAR_NOT_FOUND</c>, <c>CALENDAR_EXISTS</c>, <c>CALENDAR_SETTINGS</c>.</returns>
    /// <inheritdoc cref="ConfigureQueueAsync"/>
    public Task<(Guid Id, Refusal? Refusal)> ConfigureCalendarAsync(Guid? id, CalendarSettings settings, string user, CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        var known = await _calendars.GetAsync(cancellationToken);
        var calendar = id ?? Guid.CreateVersion7();
        if (id is not null && known.All(existing => existing.Id != id))
        {
            return (calendar, new Refusal("CALENDAR_NOT_FOUND", "There is no such calendar."));
        }

        if (known.Any(existing => existing.Id != calendar && existing.Settings.Name == settings.Name))
        {
            return (calendar, new Refusal("CALENDAR_EXISTS", $"There is a calendar {settings.Name} already."));
        }

        var command = new ConfigureCalendar(calendar, settings, clock.GetUtcNow());
        return (calendar, await DecideAsync(Calendars, calendar, state => CalendarDecider.Decide(command, state), user, cancellationToken));
    }, cancellationToken);

    public void Dispose() => _turn.Dispose();

    private async Task<Refusal?> MissingAsync(QueueSettings settings, IReadOnlyList<(Guid Id, QueueSettings Settings)> queues, CancellationToken cancellationToken)
    {
        if (settings.CalendarId is { } calendar && (await _calendars.GetAsync(cancellationToken)).All(known => known.Id != calendar))
        {
            return new Refusal("CALENDAR_NOT_FOUND", $"There is no calendar {calendar}.");
        }

        foreach (var to in settings.Overflow.Select(rule => rule.To))
        {
            var isThere = to.Kind switch
            {
                DestinationKind.Queue => queues.Any(queue => queue.Settings.Name == to.Target || queue.Id.ToString() == to.Target),
                DestinationKind.Agent => Guid.TryParse(to.Target, out var id) && (await new AgentQueries(center.Source).GetAsync([id], cancellationToken)).Count == 1,
                DestinationKind.Flow => (await new FlowQueries(center.Source).ActiveAsync(cancellationToken)).Any(flow => flow.Name == to.Target),
                _ => true,
            };
            if (!isThere)
            {
                return new Refusal("DESTINATION_NOT_FOUND", $"There is no {to} that calls could go to.");
            }
        }

        return null;
    }

    private async Task<Refusal?> DecideAsync<TState, TEvent>(Aggregate<TState> aggregate, Guid id, Func<TState, Decision<TEvent>> decide, string user, CancellationToken cancellationToken)
        where TEvent : DomainEvent
    {
        Refusal? refusal = null;
        var result = await new CommandHandler(center.Store).HandleAsync(aggregate, id, state =>
        {
            var decision = decide(state);
            refusal = decision.Refusal;
            return [.. decision.Events.Select(e => EventData.Of(e))];
        }, new EventMetadata(null, null, user), ct: cancellationToken);
        if (result.LastPosition > 0)
        {
            await center.Projections.WaitForAsync(result.LastPosition, cancellationToken);
            await router.ConfigureAsync();
        }

        return refusal;
    }

    private async Task<T> InTurnAsync<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            return await action();
        }
        finally
        {
            _turn.Release();
        }
    }
}
