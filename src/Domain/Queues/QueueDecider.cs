using System.Diagnostics;

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
            CreateQueue { Settings: var s } when Fault(s) is { } fault => Refuse("QUEUE_SETTINGS", fault),
            CreateQueue c => Accept(new QueueCreated(c.QueueId, c.Settings, at)),
            ChangeQueue when !queue.Exists => Refuse("QUEUE_NOT_FOUND", "There is no such queue."),
            ChangeQueue { Settings: var s } when Fault(s) is { } fault => Refuse("QUEUE_SETTINGS", fault),
            ChangeQueue { Settings: var s } when s == queue.Settings => Accept(),
            ChangeQueue c => Accept(new QueueChanged(queue.Id, c.Settings, at)),
            _ => throw new UnreachableException($"Queue does not decide {command.GetType().Name}."),
        };
    }

    private static string? Fault(QueueSettings settings) => settings switch
    {
        { Name: var name } when string.IsNullOrWhiteSpace(name) => "A queue needs a name.",
        { Number: { } number } when number.Length is 0 or > 32 || !number.All(IsDialable) => $"\"{number}\" is not a number that can be dialled.",
        { RingSeconds: < 1 or > 300 } => $"Ring time is 1 to 300 s, not {settings.RingSeconds}.",
        { WrapUpSeconds: < 0 or > 3600 } => $"Wrap-up is 0 to 3600 s, not {settings.WrapUpSeconds}.",
        { ShortAbandonSeconds: < 0 or > 300 } => $"The short-abandon threshold is 0 to 300 s, not {settings.ShortAbandonSeconds}.",
        { CallbackKey: { } key } when !IsKey(key) => $"The key for a callback is one of 0 to 9, * and #, not \"{key}\".",
        { VoicemailKey: { } key } when !IsKey(key) => $"The key for a message is one of 0 to 9, * and #, not \"{key}\".",
        { CallbackKey: { } key, VoicemailKey: { } other } when key == other => $"Key {key} cannot be for a callback and for a message.",
        _ => null,
    };

    private static bool IsKey(string text) => text is [>= '0' and <= '9' or '*' or '#'];

    private static bool IsDialable(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '*' or '#' or '-' or '.' or '_';
}
