namespace CallCenter.Domain.Holds;

/// <summary>A legal hold. A customer or batch may be under several: each for a reason of its own, each released for itself.</summary>
/// <param name="CustomerId">Null for a hold on a batch.</param>
/// <param name="Batch">Null for a hold on a customer.</param>
/// <param name="Release">Null while it holds.</param>
public sealed record LegalHold(Guid Id, Guid? CustomerId, string? Batch, string Reason, DateTimeOffset SetAt, string? SetBy, LegalHoldReleased? Release = null)
{
    /// <summary>The code of whatever is refused because of a hold.</summary>
    public const string Code = "LEGAL_HOLD";

    /// <summary>Why something is not done.</summary>
    /// <param name="what">What is held, as a sentence begins with it.</param>
    public Refusal Refusal(string what) => new(Code, $"{what} is under legal hold {Id} since {SetAt:yyyy-MM-dd}: nothing of it is erased before that is released.");
}
