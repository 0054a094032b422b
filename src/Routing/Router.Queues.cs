using CallCenter.Domain.Calendars;
using CallCenter.Domain.Flows;
using CallCenter.Domain.Numbers;
using CallCenter.Domain.Queues;
using CallCenter.EventStore;

using Microsoft.Extensions.Logging;

namespace CallCenter.Routing;

/// <summary>The queues as they are configured, whoever changes them and whenever: callers keep their places.</summary>
public sealed partial class Router
{
    private readonly Dictionary<Guid, Calendar> _calendars = [];

    /// <summary>The events that tell of configuration, as the log has them.</summary>
    private static readonly IReadOnlyList<Type> Configuration =
    [
        typeof(QueueCreated), typeof(QueueChanged), typeof(FlowActivated), typeof(NumberConfigured), typeof(NumberRemoved), typeof(CalendarConfigured), typeof(Domain.Dialling.DialPlanChanged),
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
            case Domain.Dialling.DialPlanEvent:
                ConfigureDialling(stored);
                break;
            case FlowActivated e:
                SetFlow(e);
                break;
            case NumberEvent e:
                SetDialled(e);
                break;
            case CalendarEvent e:
                SetCalendar(Calendar.Evolve(_calendars.GetValueOrDefault(e.CalendarId, Calendar.Initial), e));
                break;
        }

        Dispatch();
    }

    private void SetQueue(Queue queue)
    {
        var before = _queues.GetValueOrDefault(queue.Id)?.Settings;
        if (_queues.TryGetValue(queue.Id, out var live))
        {
            live.State = queue;
        }
        else
        {
            _queues.Add(queue.Id, new LiveQueue(queue));
        }

        var changed = _queues[queue.Id];
        changed.Calendar = CalendarOf(changed);
        Show(changed);
        _looksAtAll = true;

        // All anew: a number that one queue gives up may be the one that another waits for.
        _numbers.Clear();
        foreach (var configured in _queues.Values)
        {
            if (configured.Settings.Number is { } number && !_numbers.TryAdd(number, configured))
            {
                LogNumberTaken(_logger, number, configured.Settings.Name, _numbers[number].Settings.Name);
            }
        }

        // By the new settings from now on, as if the waits so far had been spent under them.
        foreach (var call in _waiting.Where(call => call.Queue == changed).ToList())
        {
            Watch(call);
            Reconsider(call);
        }

        if (before is not null && (before.Announcements != queue.Settings.Announcements || before.Language != queue.Settings.Language))
        {
            foreach (var call in _waiting.Concat(_offered).Where(call => call.Queue == changed && call.Announced is not null).ToList())
            {
                Announce(call);
            }
        }
    }

    private void SetCalendar(Calendar calendar)
    {
        _calendars[calendar.Id] = calendar;
        foreach (var queue in _queues.Values.Where(queue => queue.Settings.CalendarId == calendar.Id))
        {
            queue.Calendar = calendar;
            Show(queue);
        }
    }

    /// <summary>A calendar that is named but not there is closed, which would send every caller away by a slip: the queue is open then.</summary>
    private Calendar? CalendarOf(LiveQueue queue) => queue.Settings.CalendarId is { } id ? _calendars.GetValueOrDefault(id) : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Number {Number} of queue {Queue} is not used: it is {Other}'s already")]
    private static partial void LogNumberTaken(ILogger logger, string number, string queue, string other);
}
