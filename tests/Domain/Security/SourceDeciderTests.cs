using CallCenter.Domain.Security;

namespace CallCenter.Domain.Tests.Security;

public sealed class SourceDeciderTests
{
    private const string Address = "198.51.100.7";
    private static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = Now.AddMinutes(5);
    private static readonly Source Blocked = Source.Evolve(Source.Initial, new SourceBlocked(Address, "wrong passwords", Until, Now.AddSeconds(-1)));
    private static readonly Source Free = Source.Evolve(Blocked, new SourceUnblocked(Address, "ann", Now));

    [Fact]
    public void A_source_is_blocked_by_the_telephony_or_by_a_person()
    {
        Events(new BlockSource(Address, "friendly-scanner", Until, null, Now), Source.Initial).ShouldBe([new SourceBlocked(Address, "friendly-scanner", Until, Now)]);
        Events(new BlockSource(Address, "nuisance", Until, "ann", Now), Free).ShouldBe([new SourceBlocked(Address, "nuisance", Until, Now, "ann")]);
    }

    [Fact]
    public void A_block_can_be_made_longer_or_shorter()
    {
        var longer = Events(new BlockSource(Address, "again", Until.AddDays(1), "ann", Now), Blocked).ShouldHaveSingleItem();
        Source.Evolve(Blocked, longer).Block.ShouldBe(new SourceBlock("again", Now, Until.AddDays(1), "ann"));
    }

    [Theory]
    [InlineData("", 5, "REASON_EMPTY")]
    [InlineData("why", 0, "BLOCK_LENGTH")]
    [InlineData("why", -1, "BLOCK_LENGTH")]
    [InlineData("why", (30 * 24 * 60) + 1, "BLOCK_LENGTH")]
    public void A_block_needs_a_reason_and_an_end(string reason, int minutes, string code) =>
        SourceDecider.Decide(new BlockSource(Address, reason, Now.AddMinutes(minutes), "ann", Now), Source.Initial).Refusal!.Code.ShouldBe(code);

    [Fact]
    public void A_block_is_lifted_once()
    {
        Events(new UnblockSource("ann", Now), Blocked).ShouldBe([new SourceUnblocked(Address, "ann", Now)]);
        SourceDecider.Decide(new UnblockSource("ann", Now), Free).Refusal!.Code.ShouldBe("SOURCE_NOT_BLOCKED");
        SourceDecider.Decide(new UnblockSource("ann", Now), Source.Initial).Refusal!.Code.ShouldBe("SOURCE_NOT_BLOCKED");
    }

    [Fact]
    public void A_block_expires_when_its_time_is_over_and_not_when_it_was_lifted_or_made_longer()
    {
        Events(new ExpireSourceBlock(Until), Blocked).ShouldBe([new SourceBlockExpired(Address, Until)]);
        Events(new ExpireSourceBlock(Until.AddMilliseconds(-1)), Blocked).ShouldBeEmpty();
        Events(new ExpireSourceBlock(Until), Free).ShouldBeEmpty();
        Events(new ExpireSourceBlock(Until), Source.Initial).ShouldBeEmpty();
    }

    [Fact]
    public void An_address_leads_to_one_stream_for_ever() => Source.IdOf(Address).ShouldBe(new Guid("c1a09edb-de8e-5ffd-9526-24818e123c20"));

    private static IReadOnlyList<SourceEvent> Events(SourceCommand command, Source source)
    {
        var decision = SourceDecider.Decide(command, source);
        decision.Refusal.ShouldBeNull();
        return decision.Events;
    }
}
