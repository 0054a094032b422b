using CallCenter.Domain.Holds;

namespace CallCenter.Domain.Tests.Holds;

public sealed class LegalHoldTests
{
    private static readonly Guid Id = Guid.NewGuid();
    private static readonly Guid Customer = Guid.NewGuid();
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly LegalHoldEvent OnCustomer = new LegalHoldSet(Id, "Case 17/26", At, Customer, By: "ann");
    private static readonly LegalHoldEvent Released = new LegalHoldReleased(Id, "Case closed.", At, "ann");

    [Fact]
    public void It_is_set_on_a_customer() => Decide(new SetLegalHold(Id, Customer, null, " Case 17/26 ", At, "ann")).ShouldBe(OnCustomer);

    [Fact]
    public void It_is_set_on_a_batch() => Decide(new SetLegalHold(Id, null, "bank-1999", "Case 17/26", At, "ann")).ShouldBe(new LegalHoldSet(Id, "Case 17/26", At, Batch: "bank-1999", By: "ann"));

    [Fact]
    public void It_is_released_never_before_it_was_set() =>
        Decide(new ReleaseLegalHold(Id, "Case closed.", At.AddHours(-1), "ann"), OnCustomer).ShouldBe(Released);

    [Fact]
    public void It_is_on_one_thing()
    {
        Refused(new SetLegalHold(Id, null, null, "Case 17/26", At, "ann")).ShouldBe("HOLD_SUBJECT");
        Refused(new SetLegalHold(Id, Customer, "bank-1999", "Case 17/26", At, "ann")).ShouldBe("HOLD_SUBJECT");
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Why_is_said_each_time(string reason)
    {
        Refused(new SetLegalHold(Id, Customer, null, reason, At, "ann")).ShouldBe("HOLD_REASON");
        Refused(new ReleaseLegalHold(Id, reason, At, "ann"), OnCustomer).ShouldBe("HOLD_REASON");
        Refused(new ReleaseLegalHold(Id, new string('x', 1_001), At, "ann"), OnCustomer).ShouldBe("HOLD_REASON");
    }

    [Fact]
    public void It_is_set_once_and_released_once()
    {
        var set = new SetLegalHold(Id, Customer, null, "Case 17/26", At, "ann");
        var release = new ReleaseLegalHold(Id, "Case closed.", At, "ann");
        Refused(set, OnCustomer).ShouldBe("HOLD_EXISTS");
        Refused(set, OnCustomer, Released).ShouldBe("HOLD_EXISTS");
        Refused(release).ShouldBe("HOLD_NOT_FOUND");
        Refused(release, OnCustomer, Released).ShouldBe("HOLD_RELEASED");
    }

    [Fact]
    public void One_that_is_released_leaves_the_others()
    {
        var other = new LegalHoldSet(Guid.NewGuid(), "Case 18/26", At, Customer);
        var holds = new[] { OnCustomer, other, new LegalHoldSet(Guid.NewGuid(), "Case 19/26", At, Batch: "bank-1999"), Released }.Aggregate(LegalHolds.Initial, LegalHolds.Evolve);
        holds.OnCustomer([Guid.NewGuid(), Customer])?.Id.ShouldBe(other.HoldId);
        holds.OnCustomer([Guid.NewGuid()]).ShouldBeNull();
        holds.OnBatch("bank-1999")?.Reason.ShouldBe("Case 19/26");
        holds.OnBatch("bank-2000").ShouldBeNull();
    }

    private static LegalHoldEvent Decide(LegalHoldCommand command, params IReadOnlyList<LegalHoldEvent> given)
    {
        var decision = LegalHoldDecider.Decide(command, given.Aggregate(LegalHolds.Initial, LegalHolds.Evolve));
        decision.Refusal.ShouldBeNull();
        return decision.Events.ShouldHaveSingleItem();
    }

    private static string? Refused(LegalHoldCommand command, params IReadOnlyList<LegalHoldEvent> given) =>
        LegalHoldDecider.Decide(command, given.Aggregate(LegalHolds.Initial, LegalHolds.Evolve)).Refusal?.Code;
}
