using System.Diagnostics;

using static CallCenter.Domain.Decision<CallCenter.Domain.Holds.LegalHoldEvent>;

namespace CallCenter.Domain.Holds;

/// <param name="Reason">Why, for those who look later.</param>
/// <param name="At">When, by the clock of whoever commands.</param>
/// <param name="By">User name.</param>
public abstract record LegalHoldCommand(Guid HoldId, string Reason, DateTimeOffset At, string? By);

/// <summary>A new hold, on a customer or on a batch. That there is such a one is seen by whoever sends the command.</summary>
public sealed record SetLegalHold(Guid HoldId, Guid? CustomerId, string? Batch, string Reason, DateTimeOffset At, string? By) : LegalHoldCommand(HoldId, Reason, At, By);

public sealed record ReleaseLegalHold(Guid HoldId, string Reason, DateTimeOffset At, string? By) : LegalHoldCommand(HoldId, Reason, At, By);

/// <summary>What may happen to legal holds: each is set once and released once.</summary>
public static class LegalHoldDecider
{
    private const int LongestReason = 1_000;

    public static Decision<LegalHoldEvent> Decide(LegalHoldCommand command, LegalHolds holds)
    {
        var at = command.At.NotBefore(holds.LastAt);
        var hold = holds.All.FirstOrDefault(known => known.Id == command.HoldId);
        return command switch
        {
            { Reason: var reason } when string.IsNullOrWhiteSpace(reason) || reason.Length > LongestReason => Refuse("HOLD_REASON", $"A reason has 1 to {LongestReason} characters."),
            SetLegalHold when hold is not null => Refuse("HOLD_EXISTS", "The hold has been set already."),
            SetLegalHold c when c.CustomerId is null == c.Batch is null => Refuse("HOLD_SUBJECT", "A hold is on a customer or on a batch: say one of them."),
            SetLegalHold c => Accept(new LegalHoldSet(c.HoldId, c.Reason.Trim(), at, c.CustomerId, c.Batch, c.By)),
            _ when hold is null => Refuse("HOLD_NOT_FOUND", "There is no such hold."),
            ReleaseLegalHold when hold.Release is not null => Refuse("HOLD_RELEASED", "The hold has been released already."),
            ReleaseLegalHold c => Accept(new LegalHoldReleased(hold.Id, c.Reason.Trim(), at, c.By)),
            _ => throw new UnreachableException($"LegalHolds does not decide {command.GetType().Name}."),
        };
    }
}
