using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Callbacks.CallbackEvent>;

namespace CallCenter.Domain.Callbacks;

/// <summary>What may happen to a callback. One attempt at a time, and never one after it has ended, are kept here.</summary>
public static class CallbackDecider
{
    /// <summary>An appointment later than that is a matter of a calendar, not of a queue.</summary>
    public static readonly TimeSpan FarthestDue = TimeSpan.FromDays(366);

    /// <summary>Whether that can be dialled at all: a number that is withheld cannot.</summary>
    public static bool CanBeCalled(string number) => Dialable.Is(number);

    public static Decision<CallbackEvent> Decide(CallbackCommand command, Callback callback)
    {
        var at = command.At.NotBefore(callback.LastAt);
        return (command, callback.State) switch
        {
            (RequestCallback c, CallbackState.None) => Fault(c, at) is var (code, message) ? Refuse(code, message) : Accept(new CallbackRequested(
                c.CallbackId, c.QueueId, c.Number, c.Rank, c.Rules, at, c.DueAt?.NotBefore(DateTimeOffset.MinValue), c.AgentId, c.CallId, c.CustomerNumber, c.By)),
            (RequestCallback, _) => Refuse("CALLBACK_EXISTS", "The callback has been requested already."),
            (_, CallbackState.None) => Refuse("CALLBACK_NOT_FOUND", "There is no such callback."),
            (_, CallbackState.Completed or CallbackState.Cancelled or CallbackState.GivenUp) => Refuse("CALLBACK_ENDED", $"The callback is {Name(callback.State)} already."),

            (DialCallback, CallbackState.Waiting) when callback.NotBefore > at => Refuse("CALLBACK_NOT_DUE", $"The callback is not to be dialled before {callback.NotBefore:u}."),
            (DialCallback c, CallbackState.Waiting) => Accept(new CallbackDialled(callback.Id, c.CallId, callback.Attempts + 1, at)),
            (ConfirmCallback c, CallbackState.Dialling) when c.CallId == callback.CallId => Accept(new CallbackConfirmed(callback.Id, c.CallId, at)),
            (MissCallback c, CallbackState.Dialling or CallbackState.Confirmed) when c.CallId == callback.CallId => Missed(c),
            (CompleteCallback c, CallbackState.Confirmed) when c.CallId == callback.CallId => Accept(new CallbackCompleted(callback.Id, c.CallId, c.AgentId, at)),

            // Also while the phone rings: whoever carries it out hangs up.
            (CancelCallback c, _) => Accept(new CallbackCancelled(callback.Id, c.By, at)),
            (DialCallback or ConfirmCallback or MissCallback or CompleteCallback, _) =>
                Refuse("CALLBACK_STATE", $"{command.GetType().Name} is not possible while the callback is {Name(callback.State)}."),
            _ => throw new UnreachableException($"Callback does not decide {command.GetType().Name}."),
        };

        Decision<CallbackEvent> Missed(MissCallback c) =>
            c.Reason == CallbackMiss.SystemRestart ? Accept(new CallbackNotReached(callback.Id, c.CallId, c.Reason, at, at))
            : callback.Attempts < callback.Rules.Attempts ? Accept(new CallbackNotReached(callback.Id, c.CallId, c.Reason, at.AddSeconds(callback.Rules.RetrySeconds), at))
            : Accept(new CallbackNotReached(callback.Id, c.CallId, c.Reason, null, at), new CallbackGivenUp(callback.Id, at));
    }

    private static (string Code, string Message)? Fault(RequestCallback command, DateTimeOffset at) => command switch
    {
        { Number: var number } when !Dialable.Is(number) => ("CALLBACK_NUMBER", $"\"{number}\" is not a number that can be called back."),
        { QueueId: var queue } when queue == Guid.Empty => ("CALLBACK_QUEUE", "A callback belongs to a queue."),
        { DueAt: { } due } when due > at + FarthestDue => ("CALLBACK_DUE", $"A callback is at most {FarthestDue.TotalDays:0} days ahead, not at {due:u}."),
        { Rank.HeadStartSeconds: < 0 } => ("HEAD_START_NEGATIVE", $"A head start is 0 or more seconds, not {command.Rank.HeadStartSeconds}."),
        { Rules.Attempts: < 1 or > 20 } => ("CALLBACK_RULES", $"A callback is tried 1 to 20 times, not {command.Rules.Attempts}."),
        { Rules.RetrySeconds: < 10 or > 86_400 } => ("CALLBACK_RULES", $"The pause between attempts is 10 to 86400 s, not {command.Rules.RetrySeconds}."),
        { Rules.RingSeconds: < 5 or > 120 } => ("CALLBACK_RULES", $"A callback rings for 5 to 120 s, not {command.Rules.RingSeconds}."),
        { Rules.ConfirmSeconds: < 5 or > 60 } => ("CALLBACK_RULES", $"The key is waited for 5 to 60 s, not {command.Rules.ConfirmSeconds}."),
        _ => null,
    };

    private static string Name(CallbackState state) => state == CallbackState.GivenUp ? "given up" : state.ToString().ToLowerInvariant();
}
