using System.Diagnostics;

namespace CallCenter.Domain.Callbacks;

public enum CallbackState { None, Waiting, Dialling, Confirmed, Completed, Cancelled, GivenUp }

/// <summary>State of one callback, folded from its events.</summary>
/// <param name="Number">Whom to call; a token in a state that is read from the store.</param>
/// <param name="NotBefore">When it may be dialled at the earliest; null: as soon as it is its turn.</param>
/// <param name="Attempts">How often it was dialled, those aside that the system itself cut short.</param>
/// <param name="CallId">The call of the present or last attempt; before the first, the call in which it was asked for.</param>
public sealed record Callback(
    Guid Id, CallbackState State, Guid QueueId, string Number, CallbackRank Rank, CallbackRules Rules, DateTimeOffset? NotBefore, Guid? AgentId, int Attempts, Guid? CallId,
    DateTimeOffset LastAt)
{
    public const string StreamType = "callback";

    public static readonly Callback Initial = new(
        Guid.Empty, CallbackState.None, Guid.Empty, "", new CallbackRank(DateTimeOffset.MinValue), new CallbackRules(), null, null, 0, null, DateTimeOffset.MinValue);

    /// <summary>Whether something is still to be done about it.</summary>
    public bool IsOpen => State is CallbackState.Waiting or CallbackState.Dialling or CallbackState.Confirmed;

    /// <summary>Total over the events of a callback.</summary>
    public static Callback Evolve(Callback callback, CallbackEvent @event)
    {
        var next = callback with { LastAt = @event.OccurredAt };
        return @event switch
        {
            CallbackRequested e => new Callback(e.CallbackId, CallbackState.Waiting, e.QueueId, e.Number, e.Rank, e.Rules, e.DueAt, e.AgentId, 0, e.CallId, e.OccurredAt),
            CallbackDialled e => next with { State = CallbackState.Dialling, Attempts = e.Attempt, CallId = e.CallId },
            CallbackNotReached e => next with { State = CallbackState.Waiting, NotBefore = e.RetryAt, Attempts = callback.Attempts - (e.Reason == CallbackMiss.SystemRestart ? 1 : 0) },
            CallbackConfirmed => next with { State = CallbackState.Confirmed },
            CallbackCompleted e => next with { State = CallbackState.Completed, AgentId = e.AgentId },
            CallbackCancelled => next with { State = CallbackState.Cancelled },
            CallbackGivenUp => next with { State = CallbackState.GivenUp },
            _ => throw new UnreachableException($"Callback does not evolve {@event.GetType().Name}."),
        };
    }
}
