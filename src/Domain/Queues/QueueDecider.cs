using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

using static CallCenter.Domain.Decision<CallCenter.Domain.Queues.QueueEvent>;

namespace CallCenter.Domain.Queues;

public static class QueueDecider
{
    public static Decision<QueueEvent> Decide(QueueCommand command, Queue queue)
    {
        var at = command.At.NotBefore(queue.LastAt);
        return command switch
        {
            CreateQueue when queue.Exists => Refuse("QUEUE_EXISTS", $"Queue {queue.Settings.Name} exists already."),
            CreateQueue { Settings: var s } c when QueueSettingsFaults.Of(c.QueueId, s) is { } fault => Refuse("QUEUE_SETTINGS", fault),
            CreateQueue c => Accept(new QueueCreated(c.QueueId, c.Settings, at)),
            ChangeQueue when !queue.Exists => Refuse("QUEUE_NOT_FOUND", "There is no such queue."),
            ChangeQueue { Settings: var s } when QueueSettingsFaults.Of(queue.Id, s) is { } fault => Refuse("QUEUE_SETTINGS", fault),
            ChangeQueue { Settings: var s } when IsSame(s, queue.Settings) => Accept(),
            ChangeQueue c => Accept(new QueueChanged(queue.Id, c.Settings, at)),
            _ => throw new UnreachableException($"Queue does not decide {command.GetType().Name}."),
        };
    }

    // Lists in settings are compared by what they hold, as they are written.
    private static bool IsSame(QueueSettings one, QueueSettings other) =>
        JsonNode.DeepEquals(JsonSerializer.SerializeToNode(one), JsonSerializer.SerializeToNode(other));
}
