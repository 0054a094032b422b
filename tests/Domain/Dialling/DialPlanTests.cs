using CallCenter.Domain.Dialling;

namespace CallCenter.Domain.Tests.Dialling;

public sealed class DialPlanTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    private static readonly DialPlan Plan = DialPlan.Decide(
        new ChangeDialPlan(
        [
            new NumberRule("112", DialClass.Internal, "city"),
            new NumberRule("0", DialClass.Local, "city", 1),
            new NumberRule("00", DialClass.National, "city", 1),
            new NumberRule("000", DialClass.International, "world", 3, "+"),
            new NumberRule("+", DialClass.International, "world"),
            new NumberRule("+49", DialClass.National, "city", 3, "0"),
        ],
        At),
        DialPlan.Initial).Events.Aggregate(DialPlan.Initial, DialPlan.Evolve);

    [Theory]
    [InlineData("112", DialClass.Internal, "city", "112")]
    [InlineData("0555123", DialClass.Local, "city", "555123")]
    [InlineData("0030555123", DialClass.National, "city", "030555123")]
    [InlineData("00044207", DialClass.International, "world", "+44207")]
    [InlineData("+44 (20) 7-1", DialClass.International, "world", "+44207" + "1")]
    [InlineData("+4930555", DialClass.National, "city", "030555")]
    public void The_longest_prefix_decides_trunk_and_number(string dialled, DialClass allowed, string trunk, string number) =>
        Plan.Route(dialled, allowed).ShouldBe((new OutsideCall(trunk, number), null));

    [Theory]
    [InlineData("0555123", DialClass.Internal, "NOT_PERMITTED")]
    [InlineData("0030555123", DialClass.Local, "NOT_PERMITTED")]
    [InlineData("+44207", DialClass.National, "NOT_PERMITTED")]
    [InlineData("555", DialClass.International, "NO_ROUTE")]
    [InlineData("0", DialClass.International, "NUMBER")]
    [InlineData("ann", DialClass.International, "NUMBER")]
    [InlineData("", DialClass.International, "NUMBER")]
    public void What_is_not_permitted_or_leads_nowhere_is_refused(string dialled, DialClass allowed, string code) => Plan.Route(dialled, allowed).Refusal!.Code.ShouldBe(code);

    public static TheoryData<NumberRule[]> BadRules() =>
    [
        [new NumberRule("0", DialClass.Local, "a"), new NumberRule("0", DialClass.National, "b")],
        [new NumberRule("0x", DialClass.Local, "a")],
        [new NumberRule("0 1", DialClass.Local, "a")],
        [new NumberRule("0", DialClass.Local, " ")],
        [new NumberRule("0", DialClass.Local, "a", 2)],
        [new NumberRule("0", DialClass.Local, "a", -1)],
        [new NumberRule("0", DialClass.Local, "a", 0, "x")],
        [new NumberRule("0", (DialClass)9, "a")],
    ];

    [Theory]
    [MemberData(nameof(BadRules))]
    public void Rules_that_make_no_sense_are_refused(NumberRule[] rules) => DialPlan.Decide(new ChangeDialPlan(rules, At), DialPlan.Initial).Refusal!.Code.ShouldBe("DIAL_PLAN");
}
