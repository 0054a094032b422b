using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>The queues as they are configured, whoever changes them and whenever: callers keep their places.</summary>
public sealed partial class Router
{
    /// <summary>The events that tell of configuration, as the log has them.</summary>
    private static readonly IReadOnlyList<Type> Configuration =
    [
        typeof(QueueCreated), typeof(QueueChanged), typeof(Domain.Dialling.DialPlanChanged), typeof(FlowActivated), typeof(NumberConfigured), typeof(NumberRemoved),
    ];

    /// <summary>Returns when every change of configuration that was committed before is taken up.</summary>
    public Task ConfigureAsync() => _feed.CatchUpAsync();

    private void Configure(StoredEvent stored)
    {
        switch (stored.Data)
        {
            case QueueEvent e:
                SetQueue(Queue.Evolve(_queues.TryGetValue(e.QueueId, out var known) ? known.State : Queue.Initial, e));
                break;
            case FlowActivated e:
                SetFlow(e);
                break;
            case NumberEvent e:
                SetDialled(e);
                break;
            case Domain.Dialling.DialPlanEvent:
                ConfigureDialling(stored);
                break;
        }

        Dispatch();
    }

    private void SetQueue(Queue queue)
    {
        if (_queues.TryGetValue(queue.Id, out var live))
        {
            live.State = queue;
        }
        else
        {
            _queues.Add(queue.Id, new LiveQueue(queue));
        }

        // All anew: a number that one queue gives up may be the one that another waits for.
        _numbers.Clear();
        foreach (var configured in _queues.Values)
        {
            if (configured.Settings.Number is { } number && !_numbers.TryAdd(number, configured))
            {
                LogNumberTaken(_logger, number, configured.Settings.Name, _numbers[number].Settings.Name);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Number {Number} of queue {Queue} is not used: it is {Other}'s already")]
    private static partial void LogNumberTaken(ILogger logger, string number, string queue, string other);
}
